"""Serves the batches of an Arrow IPC stream by pyarrow's Flight server, which is Arrow's C++ one.

Arguments: file. A ticket says how many times over. Greets with the port; ends with its standard input.
"""

import itertools
import json
import sys

import pyarrow as pa
import pyarrow.flight as flight


class MemoryServer(flight.FlightServerBase):
    def __init__(self, batches: list[pa.RecordBatch]) -> None:
        super().__init__("grpc://127.0.0.1:0")
        self.batches = batches

    def do_get(self, _context: flight.ServerCallContext, ticket: flight.Ticket) -> flight.FlightDataStream:
        times = int(ticket.ticket)
        batches = itertools.chain.from_iterable(itertools.repeat(self.batches, times))
        # RecordBatchStream writes from C++; a generator would go through Python for each batch.
        reader = pa.RecordBatchReader.from_batches(self.batches[0].schema, batches)
        return flight.RecordBatchStream(reader)


if __name__ == "__main__":
    with pa.memory_map(sys.argv[1]) as source:
        # Copied into memory of its own, so that no page of a file is touched later.
        batches = pa.ipc.open_stream(pa.BufferReader(source.read())).read_all().to_batches()
    server = MemoryServer(batches)
    print(json.dumps({"port": server.port}), flush=True)
    sys.stdin.read()
    server.shutdown()
