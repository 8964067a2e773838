"""Reads a stream whose HANA dies in the middle.

Prints a line after the first batch, waits for a line on standard input (by then HANA is gone), reads
on, and prints how it ended.
"""

import json
import sys

from flight_sql import Session, statement_query

uri, user, password, sql = sys.argv[1:5]
session = Session(uri, user, password)
reader = session.reader(statement_query(sql))
rows = reader.read_chunk().data.num_rows
print(json.dumps({"rows": rows}), flush=True)
sys.stdin.readline()
try:
    for chunk in reader:
        rows += chunk.data.num_rows
    outcome = "complete"
    text = ""
except Exception as error:
    outcome = type(error).__name__
    text = str(error)
print(json.dumps({"rows": rows, "outcome": outcome, "text": text}), flush=True)
