"""Condenses Arrow columns to digests that programs of every language of the bench agree on.

A digest has three parts: of the validity, a byte a row; of the lengths of texts, four bytes each; of the
values, all that are not NULL one behind the other. Integers, booleans, dates, times (seconds) and timestamps
(microseconds) are int64, floats float64, decimals 16 bytes, all little endian; texts are UTF-8.
"""

import hashlib
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as compute

DIGITS = 16


class ColumnDigest:
    def __init__(self) -> None:
        self.validity, self.lengths, self.values = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()

    def add(self, array: pa.Array) -> None:
        self.validity.update(fixed_bytes(array.is_valid().cast(pa.uint8())))
        present = array.drop_null()
        if is_variable(present.type):
            binary = present.cast(pa.large_binary())
            self.lengths.update(fixed_bytes(compute.binary_length(binary).cast(pa.uint32())))
            self.values.update(variable_bytes(binary))
        else:
            self.values.update(fixed_bytes(canonical(present)))

    def text(self) -> str:
        return "-".join(part.hexdigest()[:DIGITS] for part in (self.validity, self.lengths, self.values))


def digest_of(streams: Iterable[Iterable[pa.RecordBatch]]) -> tuple[int, dict[str, str]]:
    """Rows and digests of several streams, one behind the other."""
    columns: dict[str, ColumnDigest] = {}
    rows = 0
    for batches in streams:
        for batch in batches:
            rows += batch.num_rows
            for name, array in zip(batch.schema.names, batch.columns, strict=True):
                columns.setdefault(name, ColumnDigest()).add(array)
    return rows, {name: column.text() for name, column in columns.items()}


def is_variable(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def canonical(array: pa.Array) -> pa.Array:
    kind = array.type
    if pa.types.is_decimal(kind):
        return array.cast(pa.decimal128(38, kind.scale))
    if pa.types.is_floating(kind):
        return array.cast(pa.float64())
    if pa.types.is_timestamp(kind):
        return array.cast(pa.timestamp("us")).cast(pa.int64())
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return array.cast(pa.int32()).cast(pa.int64())
    return array.cast(pa.int64())


def fixed_bytes(array: pa.Array) -> memoryview:
    width = array.type.bit_width // 8
    start = array.offset * width
    values = array.buffers()[1]
    return memoryview(b"" if values is None else values)[start : start + len(array) * width]


def variable_bytes(array: pa.LargeBinaryArray) -> memoryview:
    _, offsets, values = array.buffers()
    ends = memoryview(offsets).cast("q")[array.offset : array.offset + len(array) + 1]
    return memoryview(b"" if values is None else values)[ends[0] : ends[-1]]
