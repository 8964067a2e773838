"""pyarrow.flight with hand-packed Flight SQL commands."""

import base64
import time

import pyarrow as pa
import pyarrow.compute as compute
import pyarrow.flight as flight
from canonical import columns_of
from cases import Cases, Target, expect, expect_error
from flight_sql import (
    Session,
    close_prepared,
    create_prepared,
    packed,
    prepared_query,
    prepared_result,
    prepared_update,
    sql_info,
    statement_query,
    statement_update,
)

cases = Cases()
case = cases.case

ALL_TYPES = "SELECT * FROM SALES.ALL_TYPES ORDER BY ID"
TRANSACTIONS = "SELECT * FROM SALES.TRANSACTIONS"
MAX_MESSAGE_BYTES = 4 * 1024 * 1024


def log_on(target: Target) -> Session:
    return Session(target.uri, target.user, target.password)


def with_header(target: Target, value: str) -> tuple[flight.FlightClient, flight.FlightCallOptions]:
    options = flight.FlightCallOptions(headers=[(b"authorization", value.encode())])
    return flight.FlightClient(target.uri), options


def one_row(client: flight.FlightClient, options: flight.FlightCallOptions) -> list[dict]:
    descriptor = flight.FlightDescriptor.for_command(statement_query("SELECT 1 AS N FROM DUMMY"))
    info = client.get_flight_info(descriptor, options)
    return client.do_get(info.endpoints[0].ticket, options).read_all().to_pylist()


@case("a handshake with Basic answers a Bearer token")
def handshake(target: Target) -> None:
    session = log_on(target)
    name, value = session.header
    expect("header", name, b"authorization")
    expect("scheme", value[:7], b"Bearer ")
    expect("rows", session.query("SELECT 1 AS N FROM DUMMY").to_pylist(), [{"N": 1}])


@case("Basic on each call needs no handshake, padded or not")
def basic_per_call(target: Target) -> None:
    encoded = base64.b64encode(f"{target.user}:{target.password}".encode()).decode()
    for value in (encoded, encoded.rstrip("=")):
        expect("rows", one_row(*with_header(target, f"Basic {value}")), [{"N": 1}])


@case("no credentials, wrong ones and a made-up token are UNAUTHENTICATED")
def unauthenticated(target: Target) -> None:
    wrong = base64.b64encode(b"DEMO:wrong").decode()
    refused = flight.FlightUnauthenticatedError
    expect_error(refused, lambda: one_row(flight.FlightClient(target.uri), flight.FlightCallOptions()))
    expect_error(refused, lambda: one_row(*with_header(target, f"Basic {wrong}")))
    expect_error(refused, lambda: one_row(*with_header(target, "Bearer made.up.token")))
    expect_error(refused, lambda: one_row(*with_header(target, "Negotiate YIIB")))
    client = flight.FlightClient(target.uri)
    expect_error(refused, lambda: client.authenticate_basic_token(target.user, "wrong"))
    expect_error(refused, lambda: client.authenticate_basic_token("NO_SUCH_USER", "wrong"))


@case("reads ALL_TYPES")
def all_types(target: Target) -> list[dict]:
    return columns_of(log_on(target).query(ALL_TYPES))


@case("FlightInfo, GetSchema, prepared statement and stream have one schema, all of it nullable")
def one_schema(target: Target) -> None:
    session = log_on(target)
    for sql in (ALL_TYPES, TRANSACTIONS, "SELECT COUNT(*), 'x' AS X, CURRENT_DATE FROM DUMMY"):
        command = statement_query(sql)
        streamed = session.reader(command).schema
        handle, dataset, parameters = prepared_result(session.action(create_prepared(sql))[0])
        schemas = {
            "FlightInfo": session.info(command).schema,
            "GetSchema": session.schema(command),
            "dataset_schema": dataset,
            "FlightInfo of the prepared statement": session.info(prepared_query(handle)).schema,
            "GetSchema of the prepared statement": session.schema(prepared_query(handle)),
            "stream of the prepared statement": session.reader(prepared_query(handle)).schema,
        }
        for name, schema in schemas.items():
            if not schema.equals(streamed, check_metadata=True):
                raise AssertionError(f"{name} of {sql}:\n{schema}\nbut the stream has\n{streamed}")
        expect("parameters", len(parameters), 0)
        expect("not nullable", [field.name for field in streamed if not field.nullable], [])
        session.action(close_prepared(handle))


@case("a prepared statement runs as often as asked, and is unknown once closed")
def prepared(target: Target) -> None:
    session = log_on(target)
    sql = "SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS"
    handle, _, _ = prepared_result(session.action(create_prepared(sql))[0])
    first = session.table(prepared_query(handle)).to_pylist()
    expect("second run", session.table(prepared_query(handle)).to_pylist(), first)
    expect("like the plain statement", session.query(sql).to_pylist(), first)
    expect("answers of the close", session.action(close_prepared(handle)), [])


@case("GetSqlInfo decodes, whole and by id")
def get_sql_info(target: Target) -> None:
    session = log_on(target)
    table = session.table(sql_info())
    table.validate(full=True)
    expect("columns", table.column_names, ["info_name", "value"])
    expect("info_name", str(table.schema.field("info_name").type), "uint32")
    expect("nullable", [field.nullable for field in table.schema], [False, False])
    members = [table.schema.field("value").type.field(index) for index in range(6)]
    expect(
        "members of the union",
        [(member.name, str(member.type)) for member in members[:5]],
        [
            ("string_value", "string"),
            ("bool_value", "bool"),
            ("bigint_value", "int64"),
            ("int32_bitmask", "int32"),
            ("string_list", "list<item: string>"),
        ],
    )
    expect("last member", members[5].name, "int32_to_int32_list_map")
    infos = {row["info_name"]: row["value"] for row in table.to_pylist()}
    for name in (0, 1, 2):
        if not isinstance(infos[name], str) or infos[name] == "":
            raise AssertionError(f"info {name}: expected a text, found {infos[name]!r}")
    expect("FLIGHT_SQL_SERVER_READ_ONLY", type(infos[3]), bool)
    expect("FLIGHT_SQL_SERVER_SQL", infos[4], True)
    expect("FLIGHT_SQL_SERVER_TRANSACTION", type(infos[8]), int)
    expect("SQL_IDENTIFIER_QUOTE_CHAR", infos[504], '"')
    expect("SQL_KEYWORDS", all(isinstance(word, str) for word in infos[508]), True)
    asked = session.table(sql_info(8, 504)).to_pylist()
    expect("ids asked for", sorted(row["info_name"] for row in asked), [8, 504])
    expect("schemas", session.info(sql_info()).schema.equals(table.schema), True)
    expect("GetSchema", session.schema(sql_info()).equals(table.schema), True)


@case("an empty result keeps its schema")
def empty(target: Target) -> None:
    session = log_on(target)
    table = session.query(f"{TRANSACTIONS} WHERE 1 = 0")
    expect("rows", table.num_rows, 0)
    expect("schema", table.schema.equals(session.schema(statement_query(TRANSACTIONS))), True)


@case("every row of a large table arrives, in batches below 4 MiB")
def large(target: Target) -> None:
    session = log_on(target)
    totals = session.query(
        "SELECT COUNT(*) AS N, SUM(NET_AMOUNT) AS S, SUM(TRANSACTION_ID) AS I FROM SALES.TRANSACTIONS"
    ).to_pylist()[0]
    rows, amount, ids = 0, 0, 0
    for chunk in session.reader(statement_query(TRANSACTIONS)):
        if chunk.data.nbytes > MAX_MESSAGE_BYTES:
            raise AssertionError(f"a batch of {chunk.data.nbytes} bytes")
        chunk.data.validate(full=True)
        rows += chunk.data.num_rows
        amount += compute.sum(chunk.data.column("NET_AMOUNT")).as_py() or 0
        ids += compute.sum(chunk.data.column("TRANSACTION_ID")).as_py() or 0
    expect("rows", rows, totals["N"])
    expect("SUM(NET_AMOUNT)", amount, totals["S"])
    expect("SUM(TRANSACTION_ID)", ids, int(totals["I"]))


@case("bodies compressed by LZ4 and by ZSTD hold the same rows, and an unknown way is refused")
def compressed(target: Target) -> None:
    session = log_on(target)
    asking = {name: with_compression(target, name) for name in ("none", "lz4", "zstd", "brotli")}
    for sql in (ALL_TYPES, TRANSACTIONS + " LIMIT 100000"):
        plain = session.query(sql)
        for name in ("none", "lz4", "zstd"):
            table = asking[name].query(sql)
            table.validate(full=True)
            if not table.equals(plain):
                raise AssertionError(f"{sql} differs with {name}")
    expect_error(pa.ArrowInvalid, lambda: asking["brotli"].query(ALL_TYPES), "none, lz4, zstd")


def with_compression(target: Target, name: str) -> Session:
    session = log_on(target)
    headers = [session.header, (b"x-flight-compression", name.encode())]
    session.options = flight.FlightCallOptions(headers=headers)
    return session


@case("an unknown table is NOT_FOUND with HANA's 259")
def unknown_table(target: Target) -> None:
    session = log_on(target)
    # pyarrow turns NOT_FOUND into KeyError.
    expect_error(KeyError, lambda: session.query("SELECT * FROM SALES.NO_SUCH_TABLE"), "259")


@case("a syntax error is INVALID_ARGUMENT with HANA's 257 and the position")
def syntax_error(target: Target) -> None:
    session = log_on(target)
    expect_error(pa.ArrowInvalid, lambda: session.query("SELECT * FORM DUMMY"), "257", "pos 10")


@case("a missing privilege is PERMISSION_DENIED with HANA's 258")
def missing_privilege(target: Target) -> None:
    session = log_on(target)
    expect_error(
        flight.FlightUnauthorizedError,
        lambda: session.query("SELECT * FROM SALES.PAYROLL"),
        "258",
    )


@case("garbage in place of a command or a ticket gets a status, and the server goes on")
def garbage(target: Target) -> None:
    session = log_on(target)
    invalid = pa.ArrowInvalid
    for command in (b"", b"\xff\xff\xff", statement_query("x")[:-3], b"\x00" * 9):
        expect_error(invalid, lambda command=command: session.info(command))
    # A readable Any of a type that nobody knows, and one that breaks off inside its type's name.
    for command in (packed("CommandOfNobody", []), b"\x0a\x0bexample.com", b"\x0a\x0bexam"):
        expect_error((invalid, NotImplementedError), lambda command=command: session.info(command))
    ticket = session.info(statement_query("SELECT 1 FROM DUMMY")).endpoints[0].ticket.ticket
    altered = ticket[:-5] + bytes([ticket[-5] ^ 1]) + ticket[-4:]
    for raw in (b"", b"\x01\x02", ticket[: len(ticket) // 2], altered):
        read = lambda raw=raw: session.client.do_get(flight.Ticket(raw), session.options).read_all()
        expect_error((invalid, flight.FlightUnauthenticatedError), read)
    path = flight.FlightDescriptor.for_path("SALES", "TRANSACTIONS")
    expect_error(
        (invalid, NotImplementedError), lambda: session.client.get_flight_info(path, session.options)
    )
    unknown = flight.Action("NoSuchAction", b"")
    expect_error((invalid, NotImplementedError), lambda: session.action(unknown))
    expect("rows", session.query("SELECT 1 AS N FROM DUMMY").to_pylist(), [{"N": 1}])


@case("an SQL text of 10 MB gets a status, and the server goes on")
def long_text(target: Target) -> None:
    session = log_on(target)
    sql = f"SELECT '{'x' * 10_000_000}' AS T FROM DUMMY"
    try:
        found = session.query(sql).column("T")[0].as_py()
        expect("length", len(found), 10_000_000)
    except (pa.ArrowInvalid, flight.FlightError):
        pass  # too long is a fair answer; silence or a dead server is not
    expect("rows", session.query("SELECT 1 AS N FROM DUMMY").to_pylist(), [{"N": 1}])


@case("a client that cancels in mid-stream leaves the server and HANA free")
def cancel(target: Target) -> None:
    session = log_on(target)
    for _ in range(10):
        reader = session.reader(statement_query(TRANSACTIONS))
        reader.read_chunk()
        reader.cancel()
    expect_nothing_running(session)


@case("a client that vanishes in mid-stream leaves the server and HANA free")
def vanish(target: Target) -> None:
    for _ in range(5):
        session = log_on(target)
        reader = session.reader(statement_query(TRANSACTIONS))
        reader.read_chunk()
        session.client.close()
        del reader, session
    expect_nothing_running(log_on(target))


@case("a deadline that passes in mid-stream is DEADLINE_EXCEEDED")
def deadline(target: Target) -> None:
    session = log_on(target)
    info = session.info(statement_query(TRANSACTIONS))
    options = flight.FlightCallOptions(headers=[session.header], timeout=0.5)
    reader = session.client.do_get(info.endpoints[0].ticket, options)
    reader.read_chunk()
    time.sleep(1)
    expect_error(flight.FlightTimedOutError, reader.read_all)
    expect_nothing_running(session)


@case("two streams of one connection do not wait for each other")
def two_streams(target: Target) -> None:
    session = log_on(target)
    slow = session.reader(statement_query(TRANSACTIONS))
    slow.read_chunk()
    expect("rows", session.query("SELECT 1 AS N FROM DUMMY").to_pylist(), [{"N": 1}])
    count = session.query("SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS").to_pylist()[0]["N"]
    expect("rows", session.query(TRANSACTIONS).num_rows, count)
    slow.cancel()


@case("a statement that changes data runs once, at GetFlightInfo")
def update_once(target: Target) -> None:
    session = log_on(target)
    session.query("CREATE COLUMN TABLE PYARROW_ONCE (ID INTEGER)")
    info = session.info(statement_query("INSERT INTO PYARROW_ONCE VALUES (1)"))
    expect("total_records", info.total_records, 1)
    for endpoint in info.endpoints:
        session.client.do_get(endpoint.ticket, session.options).read_all()
    session.schema(statement_query("INSERT INTO PYARROW_ONCE VALUES (2)"))
    rows = session.query("SELECT ID FROM PYARROW_ONCE").to_pylist()
    expect("rows", rows, [{"ID": 1}])


@case("an update by DoPut runs once and is answered before the client half-closes")
def put_once(target: Target) -> None:
    session = log_on(target)
    session.query("CREATE COLUMN TABLE PYARROW_PUT (ID INTEGER)")
    insert = "INSERT INTO PYARROW_PUT VALUES (1)"
    expect("rows inserted", session.put(statement_update(insert)), 1)
    handle = prepared_result(session.action(create_prepared(insert))[0])[0]
    expect("rows inserted", session.put(prepared_update(handle)), 1)
    expect("rows changed", session.put(statement_update("UPDATE PYARROW_PUT SET ID = 2")), 2)
    rows = session.query("SELECT ID FROM PYARROW_PUT").to_pylist()
    expect("rows", rows, [{"ID": 2}, {"ID": 2}])
    select = statement_update("SELECT ID FROM PYARROW_PUT")
    expect_error(pa.ArrowInvalid, lambda: session.put(select), "returns rows")
    expect("rows dropped", session.put(statement_update("DROP TABLE PYARROW_PUT")), 0)


def expect_nothing_running(session: Session) -> None:
    """Asks HANA itself. The end of a statement may take a moment to get there."""
    query = (
        "SELECT STATEMENT_STRING FROM SYS.M_ACTIVE_STATEMENTS"
        " WHERE STATEMENT_STRING LIKE '%FROM SALES.TRANSACTIONS%' AND STATEMENT_STATUS = 'ACTIVE'"
        " AND CONNECTION_ID <> CURRENT_CONNECTION"
    )
    running: list = []
    for _ in range(100):
        running = session.query(query).to_pylist()
        if not running:
            return
        time.sleep(0.1)
    raise AssertionError(f"still running in HANA: {running}")


if __name__ == "__main__":
    cases.main()
