"""Prepared statements with parameters, transactions, savepoints, sessions and cancelling, hand-packed."""

import struct
import threading

import pyarrow as pa
import pyarrow.flight as flight
from adbc_connection import log_on as adbc_log_on
from cases import Cases, Target, expect, expect_error
from flight_sql import (
    Session,
    begin_savepoint,
    begin_transaction,
    cancel_flight_info,
    close_prepared,
    create_prepared,
    end_savepoint,
    end_transaction,
    message,
    packed,
    packed_result,
    prepared_query,
    prepared_result,
    prepared_update,
    statement_query,
    statement_update,
    unpacked,
)
from long_statement import LONG_STATEMENT, expect_ended, wait_for_statement

cases = Cases()
case = cases.case

CANCELLED = 1


def log_on(target: Target) -> Session:
    return Session(target.uri, target.user, target.password)


def begin(session: Session) -> bytes:
    body = session.action(begin_transaction())[0]
    return packed_result(body, "ActionBeginTransactionResult")[1]


def savepoint(session: Session, transaction: bytes, name: str) -> bytes:
    body = session.action(begin_savepoint(transaction, name))[0]
    return packed_result(body, "ActionBeginSavepointResult")[1]


def ids(session: Session, table: str, transaction: bytes = b"") -> list[int]:
    command = statement_query(f"SELECT ID FROM {table} ORDER BY ID", transaction)
    return session.table(command).column("ID").to_pylist()


@case("ListActions names the actions of Flight SQL and of Flight")
def list_actions(target: Target) -> None:
    session = log_on(target)
    found = {action.type for action in session.client.list_actions(session.options)}
    for expected in (
        "CreatePreparedStatement",
        "ClosePreparedStatement",
        "BeginTransaction",
        "EndTransaction",
        "BeginSavepoint",
        "EndSavepoint",
        "CancelFlightInfo",
        "SetSessionOptions",
        "GetSessionOptions",
        "CloseSession",
    ):
        if expected not in found:
            raise AssertionError(f"expected {expected} among {sorted(found)}")
    if "CreatePreparedSubstraitPlan" in found:
        raise AssertionError("CreatePreparedSubstraitPlan is listed, but not offered")


@case("ListFlights is empty")
def list_flights(target: Target) -> None:
    session = log_on(target)
    expect("flights", list(session.client.list_flights(b"", session.options)), [])


class OlderLogOn(flight.ClientAuthHandler):
    """User and password in the payload of the handshake, the token in that of the answer."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__()
        self._basic = flight.BasicAuth(user, password)
        self._token = b""

    def authenticate(self, outgoing: object, incoming: object) -> None:
        outgoing.write(self._basic.serialize())
        self._token = incoming.read()

    def get_token(self) -> bytes:
        return self._token


@case("the older way to log on, by the payload of the handshake")
def older_log_on(target: Target) -> None:
    client = flight.FlightClient(target.uri)
    client.authenticate(OlderLogOn(target.user, target.password))
    descriptor = flight.FlightDescriptor.for_command(statement_query("SELECT CURRENT_USER AS U FROM DUMMY"))
    info = client.get_flight_info(descriptor)
    rows = client.do_get(info.endpoints[0].ticket).read_all().to_pylist()
    expect("rows", rows, [{"U": target.user}])
    other = flight.FlightClient(target.uri)
    refused = lambda: other.authenticate(OlderLogOn(target.user, "wrong"))
    expect_error(flight.FlightUnauthenticatedError, refused)


@case("a prepared statement tells its parameters: typed, nullable, one for each marker")
def parameter_schema(target: Target) -> None:
    session = log_on(target)
    session.put(statement_update("CREATE COLUMN TABLE FLIGHT_PARAMETERS (ID BIGINT, T NVARCHAR(10), D DECIMAL(9,2))"))
    insert = "INSERT INTO FLIGHT_PARAMETERS VALUES (?, ?, ?)"
    handle, dataset, parameters = prepared_result(session.action(create_prepared(insert))[0])
    expect("types", [str(kind) for kind in parameters.types], ["int64", "string", "decimal128(9, 2)"])
    expect("nullable", [field.nullable for field in parameters], [True, True, True])
    expect("result", len(dataset), 0)
    fields = packed_result(session.action(create_prepared(insert))[0], "ActionCreatePreparedStatementResult")
    expect("is_update", fields[4], 1)
    session.action(close_prepared(handle))
    query = "SELECT ID FROM FLIGHT_PARAMETERS WHERE ID > ? AND T = ?"
    fields = packed_result(session.action(create_prepared(query))[0], "ActionCreatePreparedStatementResult")
    expect("is_update of a query", fields.get(4, 0), 0)
    session.put(statement_update("DROP TABLE FLIGHT_PARAMETERS"))


@case("a prepared update runs in one phase and in two, with a handle that never changes")
def prepared_updates(target: Target) -> None:
    session = log_on(target)
    session.put(statement_update("CREATE COLUMN TABLE FLIGHT_UPDATES (ID BIGINT)"))
    insert = "INSERT INTO FLIGHT_UPDATES VALUES (?)"
    handle = prepared_result(session.action(create_prepared(insert))[0])[0]
    one_phase = session.put_rows(prepared_update(handle), pa.record_batch({"1": [1, 2]}))
    expect("rows of one phase", one_phase[1], 2)
    bound = session.put_rows(prepared_query(handle), pa.record_batch({"1": [3, 4, 5]}))
    expect("handle", bound.get(1, handle), handle)
    expect("rows of two phases", session.put(prepared_update(handle)), 3)
    expect("rows", ids(session, "FLIGHT_UPDATES"), [1, 2, 3, 4, 5])
    nulls = pa.record_batch({"1": pa.nulls(2)})
    expect("rows of NULL", session.put_rows(prepared_update(handle), nulls)[1], 2)
    session.action(close_prepared(handle))
    expect("NULLs", ids(session, "FLIGHT_UPDATES"), [None, None, 1, 2, 3, 4, 5])
    session.put(statement_update("DROP TABLE FLIGHT_UPDATES"))


@case("a prepared query answers for each row that was bound, and again for other rows")
def prepared_queries(target: Target) -> None:
    session = log_on(target)
    query = "SELECT TRANSACTION_ID AS ID FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID = ?"
    handle = prepared_result(session.action(create_prepared(query))[0])[0]
    for values in ([3], [7, 5, 7], [9]):
        session.put_rows(prepared_query(handle), pa.record_batch({"1": values}))
        info = session.info(prepared_query(handle))
        found = session.client.do_get(info.endpoints[0].ticket, session.options).read_all()
        expect("rows", found.column("ID").to_pylist(), values)
    session.action(close_prepared(handle))


@case("statements of a transaction see their own changes; commit keeps them, rollback does not")
def transactions(target: Target) -> None:
    session = log_on(target)
    session.put(statement_update("CREATE COLUMN TABLE FLIGHT_TX (ID BIGINT)"))
    for commit, expected in ((True, [1]), (False, [1])):
        transaction = begin(session)
        insert = statement_update(f"INSERT INTO FLIGHT_TX VALUES ({1 if commit else 2})", transaction)
        expect("rows inserted", session.put(insert), 1)
        inside = ids(session, "FLIGHT_TX", transaction)
        expect("inside", inside, [1] if commit else [1, 2])
        expect("outside", ids(session, "FLIGHT_TX"), [] if commit else [1])
        expect("answers", session.action(end_transaction(transaction, commit=commit)), [])
        expect("afterwards", ids(session, "FLIGHT_TX"), expected)
        expect_error(pa.ArrowException, lambda t=transaction: ids(session, "FLIGHT_TX", t))
    session.put(statement_update("DROP TABLE FLIGHT_TX"))


@case("savepoints: rolled back to and released")
def savepoints(target: Target) -> None:
    session = log_on(target)
    session.put(statement_update("CREATE COLUMN TABLE FLIGHT_SP (ID BIGINT)"))
    transaction = begin(session)
    insert = lambda number: session.put(statement_update(f"INSERT INTO FLIGHT_SP VALUES ({number})", transaction))
    insert(1)
    first = savepoint(session, transaction, "first")
    insert(2)
    second = savepoint(session, transaction, 'of "any" name')
    insert(3)
    session.action(end_savepoint(second, release=False))
    expect("back to the second", ids(session, "FLIGHT_SP", transaction), [1, 2])
    session.action(end_savepoint(second, release=True))
    session.action(end_savepoint(first, release=False))
    expect("back to the first", ids(session, "FLIGHT_SP", transaction), [1])
    session.action(end_transaction(transaction, commit=True))
    expect("committed", ids(session, "FLIGHT_SP"), [1])
    session.put(statement_update("DROP TABLE FLIGHT_SP"))


@case("session options: set, told, taken back, and refused one by one")
def session_options(target: Target) -> None:
    session = log_on(target)

    def set_option(name: str, value: list[tuple[int, int | bytes | str]]) -> bytes:
        entry = message([(1, name), (2, message(value))])
        return session.action(flight.Action("SetSessionOptions", message([(1, entry)])))[0]

    expect("errors", set_option("schema", [(1, "SALES")]), b"")
    current = "SELECT CURRENT_SCHEMA AS S FROM DUMMY"
    expect("schema", session.query(current).to_pylist(), [{"S": "SALES"}])
    options = session.action(flight.Action("GetSessionOptions", b""))[0]
    if b"SALES" not in options:
        raise AssertionError(f"expected the schema among the options, found {options!r}")
    error = unpacked(unpacked(set_option("no_such_option", [(1, "x")]))[1])
    expect("name in error", error[1], b"no_such_option")
    expect("error of an unknown name", unpacked(error[2])[1], 1)
    expect_error(KeyError, lambda: set_option("schema", [(1, "NO_SUCH_SCHEMA")]))
    # No value takes the option away.
    expect("errors", set_option("schema", []), b"")
    expect("schema", session.query(current).to_pylist(), [{"S": target.user}])


@case("CloseSession rolls back what is open")
def close_session(target: Target) -> None:
    session = log_on(target)
    session.put(statement_update("CREATE COLUMN TABLE FLIGHT_CLOSE (ID BIGINT)"))
    transaction = begin(session)
    session.put(statement_update("INSERT INTO FLIGHT_CLOSE VALUES (1)", transaction))
    closed = session.action(flight.Action("CloseSession", b""))[0]
    expect("status", unpacked(closed)[1], 1)
    other = log_on(target)
    expect("rows", ids(other, "FLIGHT_CLOSE"), [])
    other.put(statement_update("DROP TABLE FLIGHT_CLOSE"))


@case("CancelFlightInfo ends a running query inside HANA")
def cancel_info(target: Target) -> None:
    cancel_running(target, cancel_flight_info)


@case("CancelQuery, which came before it, does as well")
def cancel_query(target: Target) -> None:
    def action(info: flight.FlightInfo) -> flight.Action:
        return flight.Action("CancelQuery", packed("ActionCancelQueryRequest", [(1, info.serialize())]))

    cancel_running(target, action)


def cancel_running(target: Target, action: object) -> None:
    session = log_on(target)
    info = session.info(statement_query(LONG_STATEMENT))
    ended: list[BaseException | None] = []

    def read() -> None:
        try:
            session.client.do_get(info.endpoints[0].ticket, session.options).read_all()
            ended.append(None)
        except BaseException as error:  # kept for the main thread to judge
            ended.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    with adbc_log_on(target) as observer:
        wait_for_statement(observer)
        body = session.action(action(info))[0]
        status = unpacked(unpacked(body).get(2, b"") if b"Cancel" in body else body)
        expect("status", status[1], CANCELLED)
        expect_ended(observer)
    reader.join()
    if not isinstance(ended[0], flight.FlightCancelledError):
        raise AssertionError(f"expected the stream to be CANCELLED, found {ended[0]!r}")
    expect("rows afterwards", session.query("SELECT 1 AS N FROM DUMMY").to_pylist(), [{"N": 1}])
    again = lambda: session.client.do_get(info.endpoints[0].ticket, session.options).read_all()
    expect_error(pa.ArrowException, again)


@case("a deadline that passes before the first row ends the query inside HANA")
def deadline(target: Target) -> None:
    session = log_on(target)
    info = session.info(statement_query(LONG_STATEMENT))
    options = flight.FlightCallOptions(headers=[session.header], timeout=1)
    read = lambda: session.client.do_get(info.endpoints[0].ticket, options).read_all()
    expect_error(flight.FlightTimedOutError, read)
    with adbc_log_on(target) as observer:
        expect_ended(observer)
    expect("rows afterwards", session.query("SELECT 1 AS N FROM DUMMY").to_pylist(), [{"N": 1}])


@case("SetSessionOptions takes every kind of value and refuses the wrong ones as such")
def option_values(target: Target) -> None:
    session = log_on(target)
    entry = message([(1, "schema"), (2, struct.pack("<Bd", 4 << 3 | 1, 1.5))])
    body = session.action(flight.Action("SetSessionOptions", message([(1, entry)])))[0]
    error = unpacked(unpacked(body)[1])
    expect("error", unpacked(error[2])[1], 2)


if __name__ == "__main__":
    cases.main()
