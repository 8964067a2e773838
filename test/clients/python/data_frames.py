"""Polars and DuckDB, both over the ADBC driver."""

import adbc_driver_flightsql.dbapi as dbapi
import duckdb
import polars as pl
from cases import Cases, Target, expect
from polars.testing import assert_frame_equal

cases = Cases()
case = cases.case

REGIONS = (
    "SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N"
    " FROM SALES.TRANSACTIONS GROUP BY SALES_REGION ORDER BY 1 NULLS FIRST"
)
TRANSACTIONS = "SELECT * FROM SALES.TRANSACTIONS"


def log_on(target: Target) -> dbapi.Connection:
    credentials = {"username": target.user, "password": target.password}
    return dbapi.connect(target.uri, db_kwargs=credentials, autocommit=True)


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
