"""Parameters, updates, transactions and the session through the ADBC driver."""

import datetime
import decimal
import math

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
from adbc_connection import count_of, log_on, rows_of, run
from adbc_driver_manager import AdbcStatusCode
from cases import Cases, Target, expect, expect_error

cases = Cases()
case = cases.case

# HANA type, a Python value, and another one that is at the end of its range or otherwise awkward.
TYPED_VALUES = [
    ("TINYINT", 7, 255),
    ("SMALLINT", -7, -32768),
    ("INTEGER", 70, 2147483647),
    ("BIGINT", 700, -9223372036854775808),
    ("DECIMAL(15,2)", decimal.Decimal("12.50"), decimal.Decimal("-9999999999999.99")),
    ("DECIMAL(38,0)", decimal.Decimal("5"), decimal.Decimal("9" * 38)),
    ("REAL", 1.5, -2.0**-100),
    ("DOUBLE", 1.25, 5e-324),
    ("BOOLEAN", True, False),
    ("DATE", datetime.date(2024, 2, 29), datetime.date(9999, 12, 31)),
    ("TIME", datetime.time(12, 34, 56), datetime.time(23, 59, 59)),
    ("SECONDDATE", datetime.datetime(2024, 2, 29, 12, 34, 56), datetime.datetime(1582, 10, 15)),
    (
        "TIMESTAMP",
        datetime.datetime(2024, 2, 29, 12, 34, 56, 789012),
        datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
    ),
    ("VARCHAR(20)", "plain", ""),
    ("NVARCHAR(20)", "Grüße \U0001f600", "it's"),
    ("VARBINARY(20)", b"\xde\xad", b""),
    ("BLOB", b"\x00\xff" * 500, b""),
    ("CLOB", "text " * 2000, ""),
    ("NCLOB", "Zürich \U0001d11e " * 4000, ""),
]


def typed_table(name: str) -> str:
    columns = ", ".join(f"C{index} {row[0]}" for index, row in enumerate(TYPED_VALUES))
    return f"CREATE COLUMN TABLE {name} (ID INTEGER, {columns})"


def insert_into(name: str) -> str:
    return f"INSERT INTO {name} VALUES ({', '.join('?' * (len(TYPED_VALUES) + 1))})"


def typed_rows() -> list[tuple]:
    return [
        (1, *(row[1] for row in TYPED_VALUES)),
        (2, *(row[2] for row in TYPED_VALUES)),
        (3, *(None for _ in TYPED_VALUES)),
    ]


def expect_rows(connection: dbapi.Connection, table: str, expected: list[tuple]) -> None:
    found = rows_of(connection, f"SELECT * FROM {table} ORDER BY ID")
    expect("rows", len(found), len(expected))
    for found_row, expected_row in zip(found, expected, strict=True):
        names = ["INTEGER", *(row[0] for row in TYPED_VALUES)]
        for name, left, right in zip(names, found_row, expected_row, strict=True):
            expect(f"{name} of row {expected_row[0]}", left, right)


@case("parameters of every Python type and None go in by execute")
def typed_parameters(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(typed_table("ADBC_TYPED"))
        for row in typed_rows():
            cursor.execute(insert_into("ADBC_TYPED"), row)
            expect("rowcount", cursor.rowcount, 1)
        expect_rows(connection, "ADBC_TYPED", typed_rows())
        run(connection, "DROP TABLE ADBC_TYPED")


@case("executemany inserts every row, None among the values")
def executemany(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(typed_table("ADBC_MANY"))
        cursor.executemany(insert_into("ADBC_MANY"), typed_rows())
        expect("rowcount", cursor.rowcount, 3)
        expect_rows(connection, "ADBC_MANY", typed_rows())
        run(connection, "DROP TABLE ADBC_MANY")


@case("executemany updates and deletes once a row")
def executemany_changes(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE COLUMN TABLE ADBC_CHANGES (ID INTEGER PRIMARY KEY, N INTEGER)")
        cursor.executemany("INSERT INTO ADBC_CHANGES VALUES (?, ?)", [(n, 0) for n in range(5000)])
        expect("inserted", cursor.rowcount, 5000)
        cursor.executemany("UPDATE ADBC_CHANGES SET N = ? WHERE ID < ?", [(1, 10), (2, 5)])
        expect("updated", cursor.rowcount, 15)
        cursor.executemany("DELETE FROM ADBC_CHANGES WHERE ID = ?", [(1,), (2,), (99999,)])
        expect("deleted", cursor.rowcount, 2)
        rows = rows_of(connection, "SELECT ID, N FROM ADBC_CHANGES WHERE ID < 12 ORDER BY ID")
        expect("rows", rows, [(0, 2), (3, 2), (4, 2), *((n, 1) for n in range(5, 10)), (10, 0), (11, 0)])
        run(connection, "DROP TABLE ADBC_CHANGES")


@case("a query with parameters answers for each row of them")
def query_parameters(target: Target) -> None:
    sql = "SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID BETWEEN ? AND ? ORDER BY 1"
    with log_on(target) as connection, connection.cursor() as cursor:
        expect("one row", rows_of(connection, sql, (3, 5)), [(3,), (4,), (5,)])
        expect("again, other values", rows_of(connection, sql, (9, 9)), [(9,)])
        expect("NULL", rows_of(connection, sql, (None, 5)), [])
        cursor.execute(sql, pa.record_batch({"1": [1, 7, 4], "2": [2, 8, 3]}))
        expect("three rows", cursor.fetchall(), [(1,), (2,), (7,), (8,)])


@case("parameters in every Arrow layout of text are accepted")
def text_layouts(target: Target) -> None:
    texts = ["a", None, "", "Ärger \U0001d11e", "a"]
    layouts = {
        "utf8": pa.array(texts, pa.utf8()),
        "large_utf8": pa.array(texts, pa.large_utf8()),
        "utf8_view": pa.array(texts, pa.string_view()),
        "dictionary": pa.array(texts, pa.utf8()).dictionary_encode(),
        "dictionary of large_utf8": pa.array(texts, pa.large_utf8()).dictionary_encode(),
    }
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE COLUMN TABLE ADBC_TEXTS (ID INTEGER, T NVARCHAR(20))")
        for name, array in layouts.items():
            ids = pa.array(range(len(texts)), pa.int32())
            cursor.executemany("INSERT INTO ADBC_TEXTS VALUES (?, ?)", pa.record_batch({"1": ids, "2": array}))
            expect(f"rowcount of {name}", cursor.rowcount, len(texts))
            found = rows_of(connection, "SELECT T FROM ADBC_TEXTS ORDER BY ID")
            expect(name, [row[0] for row in found], texts)
            cursor.execute("DELETE FROM ADBC_TEXTS")
        run(connection, "DROP TABLE ADBC_TEXTS")


@case("parameters that do not fit are INVALID_ARGUMENT and say which")
def unfit_parameters(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE COLUMN TABLE ADBC_UNFIT (N TINYINT, D DECIMAL(5,2))")
        insert = "INSERT INTO ADBC_UNFIT VALUES (?, ?)"
        for values, text in [
            ((300, decimal.Decimal("1")), "300"),
            ((1, decimal.Decimal("1234.5")), "1234.5"),
            ((1, decimal.Decimal("1.234")), "1.234"),
            (("x", decimal.Decimal("1")), "339"),
        ]:
            error = expect_error(dbapi.ProgrammingError, lambda v=values: cursor.execute(insert, v), text)
            expect(f"status of {values}", error.status_code, AdbcStatusCode.INVALID_ARGUMENT)
        error = expect_error(dbapi.ProgrammingError, lambda: cursor.execute(insert, (1,)), "2")
        expect("status of too few", error.status_code, AdbcStatusCode.INVALID_ARGUMENT)
        expect("rows", count_of(connection, "ADBC_UNFIT"), 0)
        run(connection, "DROP TABLE ADBC_UNFIT")


@case("executemany keeps all rows or none, and names the bad one")
def executemany_atomic(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE COLUMN TABLE ADBC_ATOMIC (ID INTEGER PRIMARY KEY)")
        insert = "INSERT INTO ADBC_ATOMIC VALUES (?)"
        good = pa.record_batch({"1": pa.array(range(35_000), pa.int32())})
        bad = pa.record_batch({"1": pa.array([35_000, 7], pa.int32())})
        both = pa.Table.from_batches([good, bad])
        expect_error(dbapi.Error, lambda: cursor.executemany(insert, both), "301", "row 35002")
        expect("rows", count_of(connection, "ADBC_ATOMIC"), 0)
        cursor.executemany(insert, good)
        expect("rows", count_of(connection, "ADBC_ATOMIC"), 35_000)
        run(connection, "DROP TABLE ADBC_ATOMIC")


@case("commit keeps, rollback and close discard")
def transactions(target: Target) -> None:
    with log_on(target) as reader:
        run(reader, "CREATE COLUMN TABLE ADBC_TX (ID INTEGER)")
        with log_on(target, autocommit=False) as writer:
            run(writer, "INSERT INTO ADBC_TX VALUES (1)")
            expect("seen inside", count_of(writer, "ADBC_TX"), 1)
            expect("seen outside", count_of(reader, "ADBC_TX"), 0)
            writer.commit()
            expect("after the commit", count_of(reader, "ADBC_TX"), 1)
            run(writer, "INSERT INTO ADBC_TX VALUES (2)")
            writer.rollback()
            expect("after the rollback", count_of(writer, "ADBC_TX"), 1)
            run(writer, "INSERT INTO ADBC_TX VALUES (3)")
        expect("after the close", count_of(reader, "ADBC_TX"), 1)
        run(reader, "DROP TABLE ADBC_TX")


@case("autocommit can be switched off and on again")
def autocommit(target: Target) -> None:
    option = "adbc.connection.autocommit"
    with log_on(target) as connection, log_on(target) as reader:
        run(connection, "CREATE COLUMN TABLE ADBC_AUTO (ID INTEGER)")
        handle = connection.adbc_connection
        expect("autocommit", handle.get_option(option), "true")
        expect_error(dbapi.ProgrammingError, handle.commit)
        handle.set_options(**{option: "false"})
        run(connection, "INSERT INTO ADBC_AUTO VALUES (1)")
        expect("before", count_of(reader, "ADBC_AUTO"), 0)
        # Switching it on commits what is open.
        handle.set_options(**{option: "true"})
        expect("after", count_of(reader, "ADBC_AUTO"), 1)
        run(connection, "INSERT INTO ADBC_AUTO VALUES (2)")
        expect("with autocommit", count_of(reader, "ADBC_AUTO"), 2)
        run(connection, "DROP TABLE ADBC_AUTO")


@case("an error inside a transaction leaves it open and whole")
def error_inside(target: Target) -> None:
    with log_on(target) as reader:
        run(reader, "CREATE COLUMN TABLE ADBC_BAD (ID INTEGER PRIMARY KEY)")
        with log_on(target, autocommit=False) as writer:
            run(writer, "INSERT INTO ADBC_BAD VALUES (1)")
            expect_error(dbapi.Error, lambda: run(writer, "INSERT INTO ADBC_BAD VALUES (1)"), "301")
            run(writer, "INSERT INTO ADBC_BAD VALUES (2)")
            writer.commit()
        expect("rows", count_of(reader, "ADBC_BAD"), 2)
        run(reader, "DROP TABLE ADBC_BAD")


@case("a connection that was only opened holds nothing in HANA")
def lazy_transaction(target: Target) -> None:
    with log_on(target) as reader:
        run(reader, "CREATE COLUMN TABLE ADBC_LAZY (ID INTEGER)")
        with log_on(target, autocommit=False) as idle:
            expect("first read", count_of(idle, "ADBC_LAZY"), 0)
            run(reader, "INSERT INTO ADBC_LAZY VALUES (1)")
            idle.rollback()
            expect("after the rollback", count_of(idle, "ADBC_LAZY"), 1)
        run(reader, "DROP TABLE ADBC_LAZY")


@case("adbc_current_db_schema is read and set, and unqualified names follow it")
def current_schema(target: Target) -> None:
    with log_on(target) as connection:
        expect("at first", connection.adbc_current_db_schema, "DEMO")
        connection.adbc_current_db_schema = "SALES"
        expect("once set", connection.adbc_current_db_schema, "SALES")
        expect("by HANA", rows_of(connection, "SELECT CURRENT_SCHEMA FROM DUMMY"), [("SALES",)])
        expect("rows", rows_of(connection, "SELECT COUNT(*) FROM REGION_TOTALS"), [(5,)])
        with log_on(target) as other:
            expect("elsewhere", other.adbc_current_db_schema, "DEMO")
        connection.adbc_current_db_schema = "DEMO"
        expect("set back", connection.adbc_current_db_schema, "DEMO")


@case("a schema that does not exist is NOT_FOUND, and the present one stays")
def unknown_schema(target: Target) -> None:
    def set_schema(connection: dbapi.Connection, name: str) -> None:
        connection.adbc_current_db_schema = name

    for autocommit in (True, False):
        with log_on(target, autocommit=autocommit) as connection:
            error = expect_error(dbapi.ProgrammingError, lambda c=connection: set_schema(c, "NO_SUCH_SCHEMA"))
            expect("status", error.status_code, AdbcStatusCode.NOT_FOUND)
            expect("schema", connection.adbc_current_db_schema, "DEMO")


@case("the catalog is the one without a name")
def current_catalog(target: Target) -> None:
    def set_catalog(connection: dbapi.Connection, name: str) -> None:
        connection.adbc_current_catalog = name

    with log_on(target) as connection:
        expect("catalog", connection.adbc_current_catalog, "")
        error = expect_error(dbapi.ProgrammingError, lambda: set_catalog(connection, "ANOTHER"))
        expect("status", error.status_code, AdbcStatusCode.NOT_FOUND)


@case("the schema of a session holds inside its transaction")
def schema_in_transaction(target: Target) -> None:
    with log_on(target, autocommit=False) as connection:
        expect("rows", count_of(connection, "SALES.REGION_TOTALS"), 5)
        connection.adbc_current_db_schema = "SALES"
        expect("rows", count_of(connection, "REGION_TOTALS"), 5)
        connection.rollback()
        expect("rows of the next transaction", count_of(connection, "REGION_TOTALS"), 5)


@case("doubles that are not numbers are refused")
def not_a_number(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE COLUMN TABLE ADBC_NAN (D DOUBLE)")
        for value in (math.nan, math.inf):
            insert = lambda value=value: cursor.execute("INSERT INTO ADBC_NAN VALUES (?)", (value,))
            error = expect_error(dbapi.ProgrammingError, insert)
            expect(f"status of {value}", error.status_code, AdbcStatusCode.INVALID_ARGUMENT)
        run(connection, "DROP TABLE ADBC_NAN")


if __name__ == "__main__":
    cases.main()
