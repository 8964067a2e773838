"""The talk of a reading program with the bench: a line of JSON each way."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
from digests import digest_of

# Reads one query or one part of it, batch by batch, by the connection of that number.
Read = Callable[[Any, int], Iterator[pa.RecordBatch]]

# What queries are read as: one by one as they are, or each divided.
Divide = Callable[[list[str]], list[Any]]


def answer(**values: Any) -> None:
    print(json.dumps(values), flush=True)


def read_all(read: Read, divide: Divide, queries: list[str]) -> dict[str, Any]:
    """Reads all queries at the same time and keeps nothing."""
    start = time.perf_counter()
    processor = time.process_time()
    parts = divide(queries)

    def drain(part: Any, index: int) -> tuple[int, float]:
        rows, first = 0, 0.0
        for batch in read(part, index):
            if rows == 0:
                first = time.perf_counter() - start
            rows += batch.num_rows
        return rows, first

    with ThreadPoolExecutor(len(parts)) as pool:
        results = list(pool.map(drain, parts, range(len(parts))))
    return {
        "rows": sum(rows for rows, _ in results),
        "seconds": time.perf_counter() - start,
        "firstSeconds": min(first for _, first in results),
        "cpuSeconds": time.process_time() - processor,
    }


def converse(read: Read, divide: Divide = list) -> None:
    """Greets, then serves until standard input ends."""
    answer(ready=True)
    for line in sys.stdin:
        question = json.loads(line)
        if question["do"] == "read":
            answer(**read_all(read, divide, question["sql"]))
        else:
            rows, columns = digest_of(read(part, 0) for part in divide(question["sql"]))
            answer(rows=rows, columns=columns)
