"""Fills a table of HANA from Python, once for each line of JSON on standard input, which names the table.

Arguments: adbc|hdbcli address user password rows.csv. Answers a line of JSON to each line, and one at
first with the size of the data in Arrow.
"""

import json
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pyarrow as pa
from pyarrow import csv

SCHEMA = pa.schema(
    {
        "ID": pa.int64(),
        "POSTED_AT": pa.timestamp("us"),
        "QUANTITY": pa.int32(),
        "CUSTOMER": pa.utf8(),
        "AMOUNT": pa.decimal128(15, 2),
        "WEIGHT": pa.float64(),
    }
)


def read_rows(path: str) -> pa.Table:
    return csv.read_csv(
        path,
        read_options=csv.ReadOptions(column_names=SCHEMA.names),
        convert_options=csv.ConvertOptions(column_types=SCHEMA, null_values=[""], strings_can_be_null=True),
    )


def by_adbc(address: str, user: str, password: str, rows: pa.Table) -> Callable[[str], int]:
    import adbc_driver_flightsql.dbapi as dbapi

    connection = dbapi.connect(address, db_kwargs={"username": user, "password": password}, autocommit=True)
    cursor = connection.cursor()
    # The CSV reader's batches are small; the driver refuses to send one above 16 MiB.
    whole = rows.combine_chunks()
    return lambda table: cursor.adbc_ingest(table, whole.to_reader(max_chunksize=65_536), mode="append")


def by_hdbcli(address: str, user: str, password: str, rows: pa.Table) -> Callable[[str], int]:
    from hdbcli import dbapi

    host = urlsplit(address)
    connection = dbapi.connect(
        address=host.hostname, port=host.port, user=user, password=password, encrypt=False, autocommit=False
    )
    cursor = connection.cursor()
    # The rows are Python's own before the clock runs.
    tuples = list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    markers = ", ".join("?" * rows.num_columns)

    def insert(table: str) -> int:
        cursor.executemany(f"INSERT INTO {table} VALUES ({markers})", tuples)
        connection.commit()
        return len(tuples)

    return insert


def answer(**values: object) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    client, address, user, password, path = sys.argv[1:]
    rows = read_rows(path)
    fill = {"adbc": by_adbc, "hdbcli": by_hdbcli}[client](address, user, password, rows)
    answer(bytes=rows.nbytes)
    for line in sys.stdin:
        answer(rows=fill(json.loads(line)["table"]))
