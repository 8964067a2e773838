"""Reads the endpoints of a query side by side, as several workers do. Arguments: uri user password."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import adbc_driver_flightsql.dbapi as dbapi
from conversation import answer, questions
from digests import digest_of

uri, user, password = sys.argv[1:]
connections: list[dbapi.Connection] = []


def connection(index: int) -> dbapi.Connection:
    """Connections are kept: a logon is not part of what is measured."""
    while len(connections) <= index:
        credentials = {"username": user, "password": password}
        connections.append(dbapi.connect(uri, db_kwargs=credentials, autocommit=True))
    return connections[index]


def partitions_of(query: str) -> list[bytes]:
    with connection(0).cursor() as cursor:
        return cursor.adbc_execute_partitions(query)[0]


def read(partition: bytes, index: int):
    with connections[index].cursor() as cursor:
        cursor.adbc_read_partition(partition)
        yield from cursor.fetch_record_batch()


def drain(partition: bytes, index: int, start: float) -> tuple[int, float]:
    rows, first = 0, 0.0
    for batch in read(partition, index):
        if rows == 0:
            first = time.perf_counter() - start
        rows += batch.num_rows
    return rows, first


def read_all(query: str) -> dict[str, float]:
    start, processor = time.perf_counter(), time.process_time()
    partitions = partitions_of(query)
    connection(len(partitions) - 1)
    with ThreadPoolExecutor(len(partitions)) as pool:
        indexes = range(len(partitions))
        results = list(pool.map(drain, partitions, indexes, [start] * len(partitions)))
    return {
        "rows": sum(rows for rows, _ in results),
        "seconds": time.perf_counter() - start,
        "firstSeconds": min(first for _, first in results if first > 0),
        "cpuSeconds": time.process_time() - processor,
    }


for question in questions():
    (query,) = question["sql"]
    if question["do"] == "read":
        answer(**read_all(query))
    else:
        rows, columns = digest_of(read(partition, 0) for partition in partitions_of(query))
        answer(rows=rows, columns=columns)
