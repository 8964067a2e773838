"""Reads a whole table batch by batch and keeps none of it.

Arguments: uri user password table [batches seconds]. Without the last two: prints what HANA counts and
sums, then what arrived. With them: reads that many batches with a pause before each and prints a line
for each, then cancels.
"""

import json
import sys
import time
from decimal import Decimal

import pyarrow.compute as compute
from flight_sql import Session, statement_query


def report(**values: object) -> None:
    print(json.dumps(values), flush=True)


def read_whole(session: Session, table: str) -> None:
    totals = f"SELECT COUNT(*) AS N, SUM(NET_AMOUNT) AS TOTAL FROM {table}"
    by_hana = session.query(totals).to_pylist()[0]
    report(rows=by_hana["N"], sum=f"{by_hana['TOTAL']:f}")
    rows, total = 0, Decimal(0)
    for chunk in session.reader(statement_query(f"SELECT * FROM {table}")):
        rows += chunk.data.num_rows
        total += compute.sum(chunk.data.column("NET_AMOUNT")).as_py() or 0
    report(rows=rows, sum=f"{total:f}")


def read_slowly(session: Session, table: str, batches: int, seconds: float) -> None:
    reader = session.reader(statement_query(f"SELECT * FROM {table}"))
    for batch in range(1, batches + 1):
        time.sleep(seconds)
        reader.read_chunk()
        report(batch=batch)
    reader.cancel()


uri, user, password, table, *pace = sys.argv[1:]
session = Session(uri, user, password)
if pace:
    read_slowly(session, table, int(pace[0]), float(pace[1]))
else:
    read_whole(session, table)
