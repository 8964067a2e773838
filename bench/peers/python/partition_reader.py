"""Reads the endpoints of queries side by side, as several workers do. Arguments: uri user password."""

from collections.abc import Iterator

import pyarrow as pa
from adbc_reader import connection
from conversation import converse


def divide(queries: list[str]) -> list[bytes]:
    with connection(0).cursor() as cursor:
        return [part for query in queries for part in cursor.adbc_execute_partitions(query)[0]]


def read(partition: bytes, index: int) -> Iterator[pa.RecordBatch]:
    with connection(index).cursor() as cursor:
        cursor.adbc_read_partition(partition)
        yield from cursor.fetch_record_batch()


if __name__ == "__main__":
    converse(read, divide)
