"""Reads through hana-flight by the ADBC driver for Flight SQL. Arguments: uri user password."""

import sys
from collections.abc import Iterator

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
from conversation import converse

uri, user, password = sys.argv[1:]
connections: dict[int, dbapi.Connection] = {}


def connection(index: int) -> dbapi.Connection:
    if index not in connections:
        credentials = {"username": user, "password": password}
        connections[index] = dbapi.connect(uri, db_kwargs=credentials, autocommit=True)
    return connections[index]


def read(query: str, index: int) -> Iterator[pa.RecordBatch]:
    with connection(index).cursor() as cursor:
        cursor.execute(query)
        yield from cursor.fetch_record_batch()


if __name__ == "__main__":
    converse(read)
