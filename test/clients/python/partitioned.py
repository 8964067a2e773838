"""Results of many endpoints through the ADBC driver, which opens all of them at once and drains them in order."""

import threading
import time

import duckdb
import polars as pl
from adbc_connection import log_on, rows_of
from cases import Cases, Target, expect
from polars.testing import assert_frame_equal

cases = Cases()
case = cases.case

TRANSACTIONS = "SELECT * FROM SALES.TRANSACTIONS"
COUNT = "SELECT COUNT(*) FROM SALES.TRANSACTIONS"
AGGREGATE = (
    "SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N, MIN(TRANSACTION_ID) AS FIRST_ID,"
    " MAX(TRANSACTION_ID) AS LAST_ID FROM {} GROUP BY SALES_REGION ORDER BY 1"
)


def hinted(sql: str, endpoints: int) -> str:
    return f"/*+ FLIGHT(endpoints={endpoints}) */ {sql}"


def endpoints_of(target: Target, sql: str) -> int:
    with log_on(target) as connection, connection.cursor() as cursor:
        partitions, _ = cursor.adbc_execute_partitions(sql)
        return len(partitions)


def ids_of(target: Target, sql: str) -> list[int]:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()["TRANSACTION_ID"].to_pylist()


@case("16 endpoints over two connections to HANA: one reader gets every row")
def sixteen_over_two(target: Target) -> None:
    sql = hinted(TRANSACTIONS, 16)
    expect("endpoints", endpoints_of(target, sql), 16)
    with log_on(target) as connection:
        rows = rows_of(connection, COUNT)[0][0]
    expect("ids", sorted(ids_of(target, sql)), list(range(1, rows + 1)))


@case("four such queries at once all end with every row, and none waits three times as long as another")
def four_at_once(target: Target) -> None:
    sql = hinted(TRANSACTIONS, 16)
    seconds: dict[int, float] = {}
    rows: dict[int, int] = {}
    gate = threading.Barrier(4)

    def read(number: int) -> None:
        with log_on(target) as connection, connection.cursor() as cursor:
            gate.wait()
            started = time.monotonic()
            cursor.execute(sql)
            rows[number] = cursor.fetch_arrow_table().num_rows
            seconds[number] = time.monotonic() - started

    readers = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    expect("queries that ended", len(rows), 4)
    expect("different row counts", len(set(rows.values())), 1)
    ratio = max(seconds.values()) / min(seconds.values())
    expect(f"longest / shortest is {ratio:.2f}, at most 3", ratio <= 3, True)


@case("inside a transaction that has changed nothing, too")
def inside_transaction(target: Target) -> None:
    with log_on(target, autocommit=False) as connection, connection.cursor() as cursor:
        cursor.execute(hinted(TRANSACTIONS, 8))
        read = cursor.fetch_arrow_table().num_rows
        expect("rows", read, rows_of(connection, COUNT)[0][0])


@case("DuckDB aggregates a result of 32 endpoints as HANA does")
def duckdb_aggregates(target: Target) -> None:
    sql = hinted(TRANSACTIONS, 32)
    expect("endpoints", endpoints_of(target, sql), 32)
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        local = duckdb.connect()
        local.register("transactions", cursor.fetch_record_batch())
        by_duckdb = local.sql(AGGREGATE.format("transactions")).fetchall()
        expect("aggregate", by_duckdb, rows_of(connection, AGGREGATE.format("SALES.TRANSACTIONS")))


@case("Polars aggregates a result of 32 endpoints as HANA does")
def polars_aggregates(target: Target) -> None:
    with log_on(target) as connection:
        frame = pl.read_database(hinted(TRANSACTIONS, 32), connection)
        by_hana = pl.read_database(AGGREGATE.format("SALES.TRANSACTIONS"), connection)
    by_polars = (
        frame.group_by("SALES_REGION")
        .agg(
            pl.col("NET_AMOUNT").sum().alias("TOTAL"),
            pl.len().cast(pl.Int64).alias("N"),
            pl.col("TRANSACTION_ID").min().alias("FIRST_ID"),
            pl.col("TRANSACTION_ID").max().alias("LAST_ID"),
        )
        .sort("SALES_REGION", nulls_last=False)
    )
    assert_frame_equal(by_polars, by_hana, check_dtypes=False)


@case("an ordered result keeps its order over 32 endpoints")
def ordered(target: Target) -> None:
    sql = hinted("SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS ORDER BY TRANSACTION_ID DESC", 32)
    expect("endpoints", endpoints_of(target, sql), 32)
    ids = ids_of(target, sql)
    expect("ids", ids, sorted(ids, reverse=True))


if __name__ == "__main__":
    cases.main()
