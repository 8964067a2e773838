"""Reads tickets from a Flight server by pyarrow's client; no SQL. Arguments: uri."""

import sys
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.flight as flight
from conversation import converse

client = flight.FlightClient(sys.argv[1])
# Any server of the bench takes it; hana-flight's wants to see one.
OPTIONS = flight.FlightCallOptions(headers=[(b"authorization", b"Bearer anyone")])


def read(ticket: str, _index: int) -> Iterator[pa.RecordBatch]:
    for chunk in client.do_get(flight.Ticket(ticket.encode()), OPTIONS):
        yield chunk.data


if __name__ == "__main__":
    converse(read)
