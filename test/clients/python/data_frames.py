"""Polars and DuckDB, both over the ADBC driver."""

import datetime
import decimal

import duckdb
import polars as pl
from adbc_connection import log_on, rows_of, run
from adbc_driver_flightsql import DatabaseOptions
from cases import Cases, Target, expect, expect_error
from polars.testing import assert_frame_equal

cases = Cases()
case = cases.case

REGIONS = (
    "SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N"
    " FROM SALES.TRANSACTIONS GROUP BY SALES_REGION ORDER BY 1 NULLS FIRST"
)
TRANSACTIONS = "SELECT * FROM SALES.TRANSACTIONS"


@case("Polars read_database over a connection")
def polars_connection(target: Target) -> None:
    with log_on(target) as connection:
        frame = pl.read_database(TRANSACTIONS, connection)
        by_hana = pl.read_database(REGIONS, connection)
    by_polars = (
        frame.group_by("SALES_REGION")
        .agg(pl.col("NET_AMOUNT").sum().alias("TOTAL"), pl.len().cast(pl.Int64).alias("N"))
        .sort("SALES_REGION", nulls_last=False)
    )
    assert_frame_equal(by_polars, by_hana, check_dtypes=False)
    expect("posted", frame.schema["POSTED_AT"], pl.Datetime("us"))
    expect("amount", frame.schema["NET_AMOUNT"], pl.Decimal(15, 2))


@case("Polars reads ALL_TYPES without loss of a row")
def polars_all_types(target: Target) -> None:
    with log_on(target) as connection:
        frame = pl.read_database("SELECT * FROM SALES.ALL_TYPES", connection)
        count = pl.read_database("SELECT COUNT(*) AS N FROM SALES.ALL_TYPES", connection)["N"][0]
    expect("rows", frame.height, count)
    expect("keys", frame["ID"].n_unique(), count)


FRAME = pl.DataFrame(
    {
        "ID": [1, 2, 3],
        "CUSTOMER": ["Ärger", None, ""],
        "KIND": pl.Series(["a", "b", "a"], dtype=pl.Categorical),
        "POSTED_AT": [datetime.datetime(2024, 2, 29, 12, 34, 56, 789012), None, datetime.datetime(1970, 1, 1)],
        "DAY": [datetime.date(2024, 2, 29), datetime.date(9999, 12, 31), None],
        "AMOUNT": pl.Series([decimal.Decimal("12.50"), None, decimal.Decimal("-0.01")], dtype=pl.Decimal(15, 2)),
        "WEIGHT": [1.5, None, -0.0],
        "SMALL": pl.Series([1, None, -128], dtype=pl.Int8),
        "OPEN": [True, False, None],
    }
)


@case("Polars write_database creates, appends, replaces and fails, and what it reads back is equal")
def polars_writes(target: Target) -> None:
    with log_on(target) as connection:
        write = lambda frame, mode: frame.write_database(
            "POLARS_FRAME", connection, engine="adbc", if_table_exists=mode
        )
        read = lambda: pl.read_database('SELECT * FROM POLARS_FRAME ORDER BY "ID"', connection)
        expect("rows written", write(FRAME, "fail"), 3)
        assert_frame_equal(read(), FRAME, check_dtypes=False, categorical_as_str=True)
        expect_error(Exception, lambda: write(FRAME, "fail"), "POLARS_FRAME")
        more = FRAME.with_columns(pl.col("ID") + 3)
        expect("rows appended", write(more, "append"), 3)
        assert_frame_equal(read(), pl.concat([FRAME, more]), check_dtypes=False, categorical_as_str=True)
        other = pl.DataFrame({"ID": [7], "ONLY": ["one"]})
        expect("rows written", write(other, "replace"), 1)
        assert_frame_equal(read(), other)
        run(connection, "DROP TABLE POLARS_FRAME")


@case("Polars write_database with a schema, and append to a table that is not there")
def polars_writes_elsewhere(target: Target) -> None:
    with log_on(target) as connection:
        FRAME.write_database("DEMO.POLARS_SCHEMA", connection, engine="adbc", if_table_exists="append")
        count = rows_of(connection, "SELECT COUNT(*) FROM DEMO.POLARS_SCHEMA")
        expect("rows", count, [(3,)])
        run(connection, "DROP TABLE DEMO.POLARS_SCHEMA")


@case("Polars writes a large frame and reads it back whole")
def polars_large(target: Target) -> None:
    # The driver sends a frame of one chunk as one message, and by default none above 16 MiB.
    larger = {DatabaseOptions.WITH_MAX_MSG_SIZE.value: f"{64 * 1024 * 1024}"}
    with log_on(target, **larger) as connection:
        frame = pl.read_database(f"{TRANSACTIONS} WHERE TRANSACTION_ID <= 200000", connection)
        frame.write_database("POLARS_LARGE", connection, engine="adbc", if_table_exists="fail")
        read = pl.read_database("SELECT * FROM POLARS_LARGE", connection)
        assert_frame_equal(read, frame, check_row_order=False)
        run(connection, "DROP TABLE POLARS_LARGE")


@case("DuckDB queries the reader of a result")
def duckdb_reader(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(TRANSACTIONS)
        reader = cursor.fetch_record_batch()
        local = duckdb.connect()
        local.register("transactions", reader)
        by_duckdb = local.sql(
            "SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N FROM transactions"
            " GROUP BY SALES_REGION ORDER BY 1 NULLS FIRST"
        ).fetchall()
        cursor.execute(REGIONS)
        expect("regions", by_duckdb, cursor.fetchall())


@case("DuckDB reads ALL_TYPES without loss of a row")
def duckdb_all_types(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM SALES.ALL_TYPES")
        all_types = cursor.fetch_arrow_table()
        rows = duckdb.connect().sql("SELECT * FROM all_types").fetchall()
        expect("rows", len(rows), all_types.num_rows)


if __name__ == "__main__":
    cases.main()
