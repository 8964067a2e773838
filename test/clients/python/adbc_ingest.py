"""Bulk ingest through the ADBC driver."""

import datetime
import decimal

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
from adbc_connection import count_of, log_on, rows_of, run
from adbc_driver_manager import AdbcStatusCode
from cases import Cases, Target, expect, expect_error

cases = Cases()
case = cases.case

SMALL = pa.table({"ID": pa.array([1, 2, 3], pa.int32()), "NAME": ["a", None, "Grüße \U0001f600"]})
MORE = pa.table({"ID": pa.array([4, 5], pa.int32()), "NAME": ["d", "e"]})


def table_of(connection: dbapi.Connection, sql: str) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def rows_in(connection: dbapi.Connection, table: str) -> list[tuple]:
    return rows_of(connection, f'SELECT * FROM {table} ORDER BY 1')


def drop(connection: dbapi.Connection, *tables: str) -> None:
    run(connection, *(f"DROP TABLE {table}" for table in tables))


def as_rows(*tables: pa.Table) -> list[tuple]:
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


@case("create makes the table, and a second create is ALREADY_EXISTS")
def create(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        expect("rows ingested", cursor.adbc_ingest("INGEST_CREATE", SMALL, mode="create"), 3)
        expect("rows", rows_in(connection, "INGEST_CREATE"), as_rows(SMALL))
        again = lambda: cursor.adbc_ingest("INGEST_CREATE", MORE, mode="create")
        error = expect_error(dbapi.ProgrammingError, again)
        expect("status", error.status_code, AdbcStatusCode.ALREADY_EXISTS)
        expect("rows afterwards", rows_in(connection, "INGEST_CREATE"), as_rows(SMALL))
        drop(connection, "INGEST_CREATE")


@case("append adds, and without a table is NOT_FOUND")
def append(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        missing = lambda: cursor.adbc_ingest("INGEST_APPEND", SMALL, mode="append")
        error = expect_error(dbapi.ProgrammingError, missing, "259")
        expect("status", error.status_code, AdbcStatusCode.NOT_FOUND)
        run(connection, "CREATE COLUMN TABLE INGEST_APPEND (ID BIGINT, NAME NVARCHAR(10), N INTEGER)")
        expect("rows ingested", cursor.adbc_ingest("INGEST_APPEND", SMALL, mode="append"), 3)
        expect("rows ingested", cursor.adbc_ingest("INGEST_APPEND", MORE, mode="append"), 2)
        expect("rows", rows_in(connection, "INGEST_APPEND"), [(*row, None) for row in as_rows(SMALL, MORE)])
        drop(connection, "INGEST_APPEND")


@case("append finds its columns by name")
def append_by_name(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        run(connection, "CREATE COLUMN TABLE INGEST_NAMES (NAME NVARCHAR(10), ID INTEGER)")
        cursor.adbc_ingest("INGEST_NAMES", SMALL, mode="append")
        rows = rows_of(connection, "SELECT ID, NAME FROM INGEST_NAMES ORDER BY ID")
        expect("rows", rows, as_rows(SMALL))
        drop(connection, "INGEST_NAMES")


@case("replace makes the table anew, whatever it was")
def replace(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        expect("rows ingested", cursor.adbc_ingest("INGEST_REPLACE", SMALL, mode="replace"), 3)
        other = pa.table({"X": [1.5], "Y": [datetime.date(2024, 2, 29)]})
        expect("rows ingested", cursor.adbc_ingest("INGEST_REPLACE", other, mode="replace"), 1)
        expect("rows", rows_in(connection, "INGEST_REPLACE"), as_rows(other))
        drop(connection, "INGEST_REPLACE")


@case("create_append makes the table once and then adds; other columns are ALREADY_EXISTS")
def create_append(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        for data in (SMALL, MORE):
            count = cursor.adbc_ingest("INGEST_CREATE_APPEND", data, mode="create_append")
            expect("rows ingested", count, data.num_rows)
        expect("rows", rows_in(connection, "INGEST_CREATE_APPEND"), as_rows(SMALL, MORE))
        other = MORE.append_column("EXTRA", [[1, 2]])
        wrong = lambda: cursor.adbc_ingest("INGEST_CREATE_APPEND", other, mode="create_append")
        error = expect_error(dbapi.ProgrammingError, wrong)
        expect("status", error.status_code, AdbcStatusCode.ALREADY_EXISTS)
        drop(connection, "INGEST_CREATE_APPEND")


@case("a schema can be named, one that does not exist is NOT_FOUND, one that is not ours is refused")
def schema(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        count = cursor.adbc_ingest("INGEST_SCHEMA", SMALL, mode="create", db_schema_name="DEMO")
        expect("rows ingested", count, 3)
        expect("rows", rows_in(connection, "DEMO.INGEST_SCHEMA"), as_rows(SMALL))
        for name, status in [
            ("NO_SUCH_SCHEMA", AdbcStatusCode.NOT_FOUND),
            ("SYS", AdbcStatusCode.UNAUTHORIZED),
        ]:
            ingest = lambda name=name: cursor.adbc_ingest("INGEST_SCHEMA", SMALL, db_schema_name=name)
            error = expect_error(dbapi.ProgrammingError, ingest)
            expect(f"status of {name}", error.status_code, status)
        drop(connection, "INGEST_SCHEMA")


@case("without a schema the table goes into the current one of the session")
def session_schema(target: Target) -> None:
    with log_on(target, username="SYSTEM", password="Manager1") as connection:
        run(connection, "CREATE SCHEMA INGEST_HERE")
        connection.adbc_current_db_schema = "INGEST_HERE"
        with connection.cursor() as cursor:
            cursor.adbc_ingest("T", SMALL, mode="create")
        expect("rows", rows_in(connection, "INGEST_HERE.T"), as_rows(SMALL))
        connection.adbc_current_db_schema = "SYSTEM"
        run(connection, "DROP SCHEMA INGEST_HERE CASCADE")


@case("a temporary table is seen by its own connection only")
def temporary(target: Target) -> None:
    with log_on(target, autocommit=False) as connection, connection.cursor() as cursor:
        count = cursor.adbc_ingest("INGEST_TEMPORARY", SMALL, mode="create", temporary=True)
        expect("rows ingested", count, 3)
        expect("rows", rows_in(connection, '"#INGEST_TEMPORARY"'), as_rows(SMALL))
        with log_on(target) as other:
            expect_error(dbapi.ProgrammingError, lambda: rows_in(other, '"#INGEST_TEMPORARY"'), "259")


@case("inside a transaction the rows are part of it: rolled back and committed with it")
def in_transaction(target: Target) -> None:
    with log_on(target) as reader:
        run(reader, "CREATE COLUMN TABLE INGEST_TX (ID INTEGER, NAME NVARCHAR(20))")
        with log_on(target, autocommit=False) as writer, writer.cursor() as cursor:
            run(writer, "INSERT INTO INGEST_TX VALUES (0, 'first')")
            expect("rows ingested", cursor.adbc_ingest("INGEST_TX", SMALL, mode="append"), 3)
            expect("inside", count_of(writer, "INGEST_TX"), 4)
            expect("outside", count_of(reader, "INGEST_TX"), 0)
            writer.rollback()
            expect("after the rollback", count_of(writer, "INGEST_TX"), 0)
            cursor.adbc_ingest("INGEST_TX", SMALL, mode="append")
            writer.commit()
            expect("after the commit", count_of(reader, "INGEST_TX"), 3)
            cursor.adbc_ingest("INGEST_TX", MORE, mode="append")
        expect("after the close", count_of(reader, "INGEST_TX"), 3)
        drop(reader, "INGEST_TX")


def two_packets(last: int | None) -> pa.Table:
    """Rising numbers, and a last one in a later packet than the first."""
    columns = [pa.array(range(35_000), pa.int32()), pa.array([*range(35_000, 35_010), last], pa.int32())]
    return pa.table({"ID": pa.chunked_array(columns)})


@case("outside a transaction a bad row keeps all rows out and is named")
def bad_row(target: Target) -> None:
    keys = two_packets(5)
    sizes = pa.table({"ID": pa.array([*([7] * 35_000), 300], pa.int32())})
    with log_on(target) as connection, connection.cursor() as cursor:
        run(connection, "CREATE COLUMN TABLE INGEST_KEYS (ID INTEGER PRIMARY KEY)")
        run(connection, "INSERT INTO INGEST_KEYS VALUES (-1)")
        ingest = lambda: cursor.adbc_ingest("INGEST_KEYS", keys, mode="append")
        error = expect_error(dbapi.Error, ingest, "301", "row 35011")
        expect("status", error.status_code, AdbcStatusCode.ALREADY_EXISTS)
        expect("rows", rows_in(connection, "INGEST_KEYS"), [(-1,)])
        run(connection, "CREATE COLUMN TABLE INGEST_SIZES (ID TINYINT)")
        ingest = lambda: cursor.adbc_ingest("INGEST_SIZES", sizes, mode="append")
        error = expect_error(dbapi.ProgrammingError, ingest, "row 35001", "300", "ID")
        expect("status", error.status_code, AdbcStatusCode.INVALID_ARGUMENT)
        expect("rows", count_of(connection, "INGEST_SIZES"), 0)
        drop(connection, "INGEST_KEYS", "INGEST_SIZES")


@case("a create or replace that fails leaves what was before")
def failed_create(target: Target) -> None:
    # A field that is said to hold no NULL, and does.
    field = pa.field("ID", pa.int32(), nullable=False)
    bad = pa.table(two_packets(None).columns, schema=pa.schema([field]))
    with log_on(target) as connection, connection.cursor() as cursor:
        expect_error(dbapi.Error, lambda: cursor.adbc_ingest("INGEST_FAILED", bad, mode="create"), "row 35011")
        gone = lambda: rows_in(connection, "INGEST_FAILED")
        expect_error(dbapi.ProgrammingError, gone, "259")
        cursor.adbc_ingest("INGEST_FAILED", SMALL, mode="create")
        expect_error(dbapi.Error, lambda: cursor.adbc_ingest("INGEST_FAILED", bad, mode="replace"), "row 35011")
        expect("rows", rows_in(connection, "INGEST_FAILED"), as_rows(SMALL))
        drop(connection, "INGEST_FAILED")


@case("every Arrow type that HANA can keep comes back equal")
def every_type(target: Target) -> None:
    number = decimal.Decimal
    columns = {
        "BOOL": pa.array([True, False, None]),
        "INT8": pa.array([-128, 127, None], pa.int8()),
        "INT16": pa.array([-32768, 32767, None], pa.int16()),
        "INT32": pa.array([-(2**31), 2**31 - 1, None], pa.int32()),
        "INT64": pa.array([-(2**63), 2**63 - 1, None], pa.int64()),
        "UINT8": pa.array([0, 255, None], pa.uint8()),
        "UINT16": pa.array([0, 65535, None], pa.uint16()),
        "UINT32": pa.array([0, 2**32 - 1, None], pa.uint32()),
        "UINT64": pa.array([0, 2**64 - 1, None], pa.uint64()),
        "FLOAT": pa.array([1.5, -(2.0**-100), None], pa.float32()),
        "DOUBLE": pa.array([1.25, 5e-324, None], pa.float64()),
        "DECIMAL": pa.array([number("1.50"), number("-9999999999999.99"), None], pa.decimal128(15, 2)),
        "DECIMAL38": pa.array([number("1"), number("9" * 38), None], pa.decimal128(38, 0)),
        "DECIMAL32": pa.array([number("1.5"), number("-99999.9"), None], pa.decimal32(6, 1)),
        "DECIMAL64": pa.array([number("1.5"), number("-99999.9"), None], pa.decimal64(12, 1)),
        "DATE32": pa.array([datetime.date(1970, 1, 1), datetime.date(9999, 12, 31), None]),
        "TIME32": pa.array([0, 86399, None], pa.time32("s")),
        "TIMESTAMP_S": pa.array([0, 253402300799, None], pa.timestamp("s")),
        "TIMESTAMP_MS": pa.array([1, 253402300799999, None], pa.timestamp("ms")),
        "TIMESTAMP_US": pa.array([1, 253402300799999999, None], pa.timestamp("us")),
        "UTF8": pa.array(["Grüße \U0001f600", "", None]),
        "LARGE_UTF8": pa.array(["large", "", None], pa.large_utf8()),
        "UTF8_VIEW": pa.array(["a view of more than twelve bytes", "", None], pa.string_view()),
        "DICTIONARY": pa.array(["one", "one", None]).dictionary_encode(),
        "BINARY": pa.array([b"\x00\xff", b"", None]),
        "LARGE_BINARY": pa.array([b"\x00\xff" * 3000, b"", None], pa.large_binary()),
        "FIXED_BINARY": pa.array([b"12345678", b"\x00" * 8, None], pa.binary(8)),
        "LONG_TEXT": pa.array(["Zürich " * 20_000, "", None]),
    }
    data = pa.table({"ID": pa.array([1, 2, 3], pa.int32())} | columns)
    with log_on(target) as connection, connection.cursor() as cursor:
        expect("rows ingested", cursor.adbc_ingest("INGEST_TYPES", data, mode="create"), 3)
        found = table_of(connection, "SELECT * FROM INGEST_TYPES ORDER BY ID")
        for name in data.column_names:
            expect_equal(name, found[name].to_pylist(), data[name].to_pylist())
        drop(connection, "INGEST_TYPES")


def expect_equal(what: str, found: list, expected: list) -> None:
    """Equal values; an integer may come back as a decimal."""
    if found != expected:
        raise AssertionError(f"{what}: expected {str(expected)[:300]}, found {str(found)[:300]}")


@case("a time zone is taken away: the moment is kept as UTC")
def time_zones(target: Target) -> None:
    moments = pa.array([0, 1684158330123456, None], pa.timestamp("us", "Asia/Tokyo"))
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("INGEST_ZONES", pa.table({"ID": [1, 2, 3], "T": moments}), mode="create")
        found = table_of(connection, "SELECT T FROM INGEST_ZONES ORDER BY ID")["T"]
        expect("type", str(found.type), "timestamp[us]")
        expect("values", found.cast(pa.int64()).to_pylist(), [0, 1684158330123456, None])
        drop(connection, "INGEST_ZONES")


@case("types that HANA has no place for are refused before anything is made")
def refused_types(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        for name, array in {
            "LIST": pa.array([[1, 2]]),
            "STRUCT": pa.array([{"a": 1}]),
            "DURATION": pa.array([1], pa.duration("s")),
            "INTERVAL": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
        }.items():
            ingest = lambda array=array: cursor.adbc_ingest("INGEST_REFUSED", pa.table({"BAD": array}))
            error = expect_error(dbapi.Error, ingest, "BAD")
            expected = (AdbcStatusCode.INVALID_ARGUMENT, AdbcStatusCode.NOT_IMPLEMENTED)
            if error.status_code not in expected:
                raise AssertionError(f"status of {name}: found {error.status_code!r}")
        expect_error(dbapi.ProgrammingError, lambda: rows_in(connection, "INGEST_REFUSED"), "259")


@case("no rows make an empty table, many batches and columns arrive whole")
def shapes(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        # Without a batch, even an empty one, the driver would send nothing at all.
        empty = pa.RecordBatch.from_pylist([], SMALL.schema)
        expect("rows ingested", cursor.adbc_ingest("INGEST_EMPTY", empty, mode="create"), 0)
        expect("rows", rows_in(connection, "INGEST_EMPTY"), [])
        batches = [pa.record_batch({"N": pa.array(range(k * 1000, k * 1000 + k), pa.int64())}) for k in range(300)]
        reader = pa.RecordBatchReader.from_batches(batches[0].schema, batches)
        count = cursor.adbc_ingest("INGEST_BATCHES", reader, mode="create")
        expect("rows ingested", count, sum(batch.num_rows for batch in batches))
        found = [row[0] for row in rows_in(connection, "INGEST_BATCHES")]
        expect("rows", found, [n for batch in batches for n in batch["N"].to_pylist()])
        wide = pa.table({f"C{n}": [n * 1000 + row for row in range(1000)] for n in range(100)})
        expect("rows ingested", cursor.adbc_ingest("INGEST_WIDE", wide, mode="create"), 1000)
        found = table_of(connection, "SELECT * FROM INGEST_WIDE ORDER BY C0")
        expect("columns", found.equals(wide), True)
        drop(connection, "INGEST_EMPTY", "INGEST_BATCHES", "INGEST_WIDE")


@case("texts longer than those of the first batch find room")
def growing_texts(target: Target) -> None:
    def texts(*sizes: int) -> pa.RecordBatchReader:
        batches = [pa.record_batch({"T": ["x" * size]}) for size in sizes]
        return pa.RecordBatchReader.from_batches(batches[0].schema, batches)

    with log_on(target) as connection, connection.cursor() as cursor:
        for sizes in ((3, 400, 5_000), (6_000, 3, 120_000)):
            cursor.adbc_ingest("INGEST_TEXTS", texts(*sizes), mode="replace")
            lengths = rows_of(connection, "SELECT LENGTH(T) FROM INGEST_TEXTS")
            expect("lengths", sorted(row[0] for row in lengths), sorted(sizes))
        # The column is as wide as HANA's can be unless the first batch asks for a LOB.
        too_long = lambda: cursor.adbc_ingest("INGEST_TEXTS", texts(3, 120_000), mode="replace")
        expect_error(dbapi.ProgrammingError, too_long, "274", "row 2")
        drop(connection, "INGEST_TEXTS")


@case("names of tables and columns of any spelling are kept as they are")
def names(target: Target) -> None:
    name = 'Ärger "quoted" %_\\ table'
    quoted = '"' + name.replace('"', '""') + '"'
    data = pa.table({'a "b" c': [1], "lower": ["x"], "SELECT": [2.5]})
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest(name, data, mode="create")
        cursor.adbc_ingest(name, data, mode="append")
        cursor.adbc_ingest(name, data, mode="replace")
        found = table_of(connection, f"SELECT * FROM {quoted}")
        expect("columns", found.column_names, data.column_names)
        expect("rows", found.to_pylist(), data.to_pylist())
        drop(connection, quoted)


@case("what the server cannot know how to do is refused")
def bad_requests(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        for what, ingest in {
            "a catalog": lambda: cursor.adbc_ingest("T", SMALL, catalog_name="OTHER"),
            "no column": lambda: cursor.adbc_ingest("T", pa.table({}), mode="create"),
            "one name twice": lambda: cursor.adbc_ingest(
                "T", pa.Table.from_arrays([[1], [2]], names=["A", "A"]), mode="create"
            ),
        }.items():
            error = expect_error(dbapi.ProgrammingError, ingest)
            if error.status_code not in (AdbcStatusCode.INVALID_ARGUMENT, AdbcStatusCode.NOT_FOUND):
                raise AssertionError(f"{what}: found {error.status_code!r}")
        expect("rows afterwards", rows_of(connection, "SELECT 1 FROM DUMMY"), [(1,)])


if __name__ == "__main__":
    cases.main()
