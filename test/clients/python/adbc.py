"""The ADBC Flight SQL driver through its Python DB-API."""

import base64
import datetime
import decimal
import threading

import adbc_driver_flightsql.dbapi as dbapi
import adbc_driver_manager
from adbc_driver_flightsql import DatabaseOptions
from adbc_connection import log_on, rows_of
from adbc_driver_manager import AdbcStatusCode, StatementOptions
from canonical import columns_of
from cases import Cases, Target, expect, expect_error

cases = Cases()
case = cases.case

ALL_TYPES = "SELECT * FROM SALES.ALL_TYPES ORDER BY ID"
REGIONS = (
    "SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N"
    " FROM SALES.TRANSACTIONS GROUP BY SALES_REGION ORDER BY 1"
)
ONE_TRANSACTION = (
    "SELECT TRANSACTION_ID, POSTED_AT, NET_AMOUNT, QUANTITY, CUSTOMER FROM SALES.TRANSACTIONS"
    " WHERE TRANSACTION_ID = (SELECT MAX(TRANSACTION_ID) FROM SALES.TRANSACTIONS)"
)


def authorized(target: Target, header: str) -> dbapi.Connection:
    options = {DatabaseOptions.AUTHORIZATION_HEADER.value: header}
    return dbapi.connect(target.uri, db_kwargs=options, autocommit=True)


@case("logs on with user and password")
def user_password(target: Target) -> None:
    with log_on(target) as connection:
        expect("rows", rows_of(connection, "SELECT CURRENT_USER FROM DUMMY"), [("DEMO",)])


@case("logs on with an authorization header, without a handshake")
def authorization_header(target: Target) -> None:
    encoded = base64.b64encode(f"{target.user}:{target.password}".encode()).decode()
    with authorized(target, f"Basic {encoded}") as connection:
        expect("rows", rows_of(connection, "SELECT CURRENT_USER FROM DUMMY"), [("DEMO",)])


@case("accepts the flightsql:// form of the address")
def flightsql_uri(target: Target) -> None:
    uri = f"flightsql://{target.host_port}?transport=tcp"
    credentials = {"username": target.user, "password": target.password}
    with dbapi.connect(uri, db_kwargs=credentials, autocommit=True) as connection:
        expect("rows", rows_of(connection, "SELECT 1 FROM DUMMY"), [(1,)])


@case("a wrong password is UNAUTHENTICATED")
def wrong_password(target: Target) -> None:
    error = expect_error(dbapi.ProgrammingError, lambda: log_on(target, password="wrong"))
    expect("status", error.status_code, AdbcStatusCode.UNAUTHENTICATED)


@case("fetch_arrow_table reads ALL_TYPES")
def all_types(target: Target) -> list[dict]:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(ALL_TYPES)
        return columns_of(cursor.fetch_arrow_table())


@case("fetchall gives Python values")
def fetchall(target: Target) -> None:
    with log_on(target) as connection:
        rows = rows_of(connection, ONE_TRANSACTION)
        expect("rows", len(rows), 1)
        kinds = [int, datetime.datetime, decimal.Decimal, float, str]
        for value, kind in zip(rows[0], kinds, strict=True):
            if value is not None and type(value) is not kind:
                raise AssertionError(f"expected {kind}, found {value!r}")
        regions = rows_of(connection, REGIONS)
        total = rows_of(connection, "SELECT SUM(NET_AMOUNT), COUNT(*) FROM SALES.TRANSACTIONS")[0]
        expect("sum over regions", sum(row[1] for row in regions), total[0])
        expect("count over regions", sum(row[2] for row in regions), total[1])


@case("description and fetchone follow the DB-API")
def description(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(REGIONS)
        expect("names", [column[0] for column in cursor.description], ["SALES_REGION", "TOTAL", "N"])
        count = 0
        while cursor.fetchone() is not None:
            count += 1
        expect("rows", count, len(rows_of(connection, REGIONS)))


@case("fetch_record_batch reads a large table in full")
def record_batches(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM SALES.TRANSACTIONS")
        rows = sum(batch.num_rows for batch in cursor.fetch_record_batch())
        count = rows_of(connection, "SELECT COUNT(*) FROM SALES.TRANSACTIONS")[0][0]
        expect("rows", rows, count)


@case("an empty result has its columns and no rows")
def empty(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM SALES.TRANSACTIONS WHERE 1 = 0")
        table = cursor.fetch_arrow_table()
        expect("rows", table.num_rows, 0)
        expect("columns", table.column_names[:2], ["TRANSACTION_ID", "POSTED_AT"])


@case("adbc_execute_schema tells the schema without running the statement")
def execute_schema(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(ALL_TYPES)
        schema = cursor.adbc_execute_schema(ALL_TYPES)
        cursor.execute(ALL_TYPES)
        expect("schema", schema.equals(cursor.fetch_arrow_table().schema), True)


@case("adbc_execute_partitions gives tickets that any connection reads")
def partitions(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        tickets, schema = cursor.adbc_execute_partitions("SELECT * FROM SALES.TRANSACTIONS")
        count = rows_of(connection, "SELECT COUNT(*) FROM SALES.TRANSACTIONS")[0][0]
    rows = 0
    with log_on(target) as connection, connection.cursor() as cursor:
        for ticket in tickets:
            cursor.adbc_read_partition(ticket)
            table = cursor.fetch_arrow_table()
            expect("schema", table.schema.equals(schema), True)
            rows += table.num_rows
    expect("rows", rows, count)


@case("adbc_execute_partitions asks step by step, by PollFlightInfo, until nothing is left")
def incremental(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.INCREMENTAL.value: "true"})
        tickets: list[bytes] = []
        while step := cursor.adbc_execute_partitions(REGIONS)[0]:
            tickets += step
        with log_on(target) as other, other.cursor() as reader:
            rows = []
            for ticket in tickets:
                reader.adbc_read_partition(ticket)
                rows += reader.fetchall()
        expect("rows", rows, rows_of(connection, REGIONS))


@case("adbc_get_info names the server and the driver")
def get_info(target: Target) -> None:
    with log_on(target) as connection:
        info = connection.adbc_get_info()
        for name in ("vendor_name", "vendor_version", "driver_name"):
            if not isinstance(info[name], str) or info[name] == "":
                raise AssertionError(f"{name}: expected a text, found {info[name]!r}")
        if "HANA" not in info["vendor_name"].upper():
            raise AssertionError(f"vendor_name: found {info['vendor_name']!r}")


@case("errors carry the status and HANA's code")
def errors(target: Target) -> None:
    with log_on(target) as connection:
        for sql, status, code in [
            ("SELECT * FROM SALES.NO_SUCH_TABLE", AdbcStatusCode.NOT_FOUND, "259"),
            ("SELECT * FORM DUMMY", AdbcStatusCode.INVALID_ARGUMENT, "257"),
            ("SELECT NO_SUCH_COLUMN FROM DUMMY", None, "260"),
            ("SELECT * FROM SALES.PAYROLL", AdbcStatusCode.UNAUTHORIZED, "258"),
        ]:
            error = expect_error(dbapi.ProgrammingError, lambda sql=sql: rows_of(connection, sql), code)
            if status is not None:
                expect(f"status of {sql}", error.status_code, status)
            trailers = dict(error.details)
            expect(f"trailer of {sql}", trailers.get(b"x-hana-error-code"), code.encode())
        expect("rows afterwards", rows_of(connection, "SELECT 1 FROM DUMMY"), [(1,)])


@case("an INSERT through execute runs once")
def insert_once(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE COLUMN TABLE ADBC_ONCE (ID INTEGER, NAME NVARCHAR(20))")
        cursor.execute("INSERT INTO ADBC_ONCE VALUES (1, 'Ärger \U0001d11e')")
        expect("rowcount", cursor.rowcount, 1)
        expect("rows", rows_of(connection, "SELECT * FROM ADBC_ONCE"), [(1, "Ärger \U0001d11e")])
        cursor.execute("DROP TABLE ADBC_ONCE")


@case("execute of DDL and DML tells the rows affected, and each runs once")
def updates(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        for sql, rowcount, content in [
            ("CREATE COLUMN TABLE ADBC_DML (ID INTEGER PRIMARY KEY, N INTEGER)", 0, []),
            ("INSERT INTO ADBC_DML VALUES (1, 0)", 1, [(1, 0)]),
            ("INSERT INTO ADBC_DML SELECT ID + 1, 5 FROM ADBC_DML", 1, [(1, 0), (2, 5)]),
            ("UPDATE ADBC_DML SET N = N + 1", 2, [(1, 1), (2, 6)]),
            ("UPDATE ADBC_DML SET N = 0 WHERE ID = 9", 0, [(1, 1), (2, 6)]),
            ("DELETE FROM ADBC_DML WHERE ID = 1", 1, [(2, 6)]),
        ]:
            cursor.execute(sql)
            expect(f"rowcount of {sql}", cursor.rowcount, rowcount)
            expect(f"description of {sql}", cursor.description or [], [])
            rows = rows_of(connection, "SELECT ID, N FROM ADBC_DML ORDER BY ID")
            expect(f"rows after {sql}", rows, content)
        duplicate = lambda: cursor.execute("INSERT INTO ADBC_DML VALUES (2, 0)")
        expect_error(dbapi.Error, duplicate, "301")
        cursor.execute("DROP TABLE ADBC_DML")
        expect_error(dbapi.Error, lambda: cursor.execute("SELECT * FROM ADBC_DML"), "259")


@case("executescript and execute_update run a statement that was not prepared")
def unprepared_updates(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.executescript("CREATE COLUMN TABLE ADBC_SCRIPT (ID INTEGER)")
        statement = cursor.adbc_statement
        for sql, count in [
            ("INSERT INTO ADBC_SCRIPT VALUES (7)", 1),
            ("UPDATE ADBC_SCRIPT SET ID = 8", 1),
            ("DELETE FROM ADBC_SCRIPT WHERE ID = 7", 0),
        ]:
            statement.set_sql_query(sql)
            expect(f"count of {sql}", statement.execute_update(), count)
        expect("rows", rows_of(connection, "SELECT ID FROM ADBC_SCRIPT"), [(8,)])
        cursor.executescript("DROP TABLE ADBC_SCRIPT")
        select = lambda: cursor.executescript("SELECT * FROM DUMMY")
        expect_error(dbapi.Error, select, "returns rows")


@case("adbc_cancel ends a running read")
def cancel(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM SALES.TRANSACTIONS")
        batches = iter(cursor.fetch_record_batch())
        next(batches)
        cursor.adbc_cancel()
        expect_error((adbc_driver_manager.Error, OSError), lambda: sum(b.num_rows for b in batches))
    with log_on(target) as connection:
        expect("rows afterwards", rows_of(connection, "SELECT 1 FROM DUMMY"), [(1,)])


@case("many connections read at the same time")
def parallel(target: Target) -> None:
    counts: list[int] = []

    def read() -> None:
        with log_on(target) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT * FROM SALES.TRANSACTIONS")
            counts.append(cursor.fetch_arrow_table().num_rows)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with log_on(target) as connection:
        count = rows_of(connection, "SELECT COUNT(*) FROM SALES.TRANSACTIONS")[0][0]
    expect("rows of each", counts, [count] * len(threads))


if __name__ == "__main__":
    cases.main()
