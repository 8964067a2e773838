"""The talk of a reading program with the bench: a line of JSON each way."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
from digests import digest_of

# Reads one query, batch by batch, by the connection of that number.
Read = Callable[[str, int], Iterator[pa.RecordBatch]]


def answer(**values: Any) -> None:
    print(json.dumps(values), flush=True)


def read_all(read: Read, queries: list[str]) -> dict[str, Any]:
    """Reads all queries at the same time and keeps nothing."""
    start = time.perf_counter()
    processor = time.process_time()

    def drain(query: str, index: int) -> tuple[int, float]:
        rows, first = 0, 0.0
        for batch in read(query, index):
            if rows == 0:
                first = time.perf_counter() - start
            rows += batch.num_rows
        return rows, first

    with ThreadPoolExecutor(len(queries)) as pool:
        results = list(pool.map(drain, queries, range(len(queries))))
    return {
        "rows": sum(rows for rows, _ in results),
        "seconds": time.perf_counter() - start,
        "firstSeconds": min(first for _, first in results),
        "cpuSeconds": time.process_time() - processor,
    }


def questions() -> Iterator[dict[str, Any]]:
    """Greets, then hands over what is asked until standard input ends."""
    answer(ready=True)
    for line in sys.stdin:
        yield json.loads(line)


def converse(read: Read) -> None:
    """Serves all that is asked."""
    for question in questions():
        if question["do"] == "read":
            answer(**read_all(read, question["sql"]))
        else:
            rows, columns = digest_of(read(query, 0) for query in question["sql"])
            answer(rows=rows, columns=columns)
