"""Reads from HANA by hdbcli's fetchmany, into pyarrow. Arguments: host:port user password."""

import sys
from collections.abc import Iterator

import pyarrow as pa
from conversation import converse
from hdbcli import dbapi

ROWS_PER_BATCH = 32_767

# As hana-flight maps them; a type that is not here is left to pyarrow's guess.
TYPES = {
    1: pa.int16(),  # TINYINT
    2: pa.int16(),  # SMALLINT
    3: pa.int32(),  # INTEGER
    4: pa.int64(),  # BIGINT
    6: pa.float32(),  # REAL
    7: pa.float64(),  # DOUBLE
    11: pa.utf8(),  # NVARCHAR
    13: pa.binary(),  # VARBINARY
    28: pa.bool_(),  # BOOLEAN
    16: pa.timestamp("us"),  # TIMESTAMP
    61: pa.timestamp("us"),  # LONGDATE
    62: pa.timestamp("s"),  # SECONDDATE
    15: pa.time32("s"),  # TIME
    64: pa.time32("s"),  # SECONDTIME
}
DECIMALS = {5, 76, 81, 82}
LARGEST_SCALE = 38

address, user, password = sys.argv[1:]
host, port = address.rsplit(":", 1)
connections: dict[int, dbapi.Connection] = {}


def connect(index: int) -> dbapi.Connection:
    if index not in connections:
        connections[index] = dbapi.connect(
            address=host, port=int(port), user=user, password=password, encrypt=False
        )
    return connections[index]


def arrow_type(description: tuple) -> pa.DataType | None:
    _, code, _, _, precision, scale, _ = description
    if code in DECIMALS:
        return pa.decimal128(precision, scale) if 0 <= scale <= LARGEST_SCALE else pa.float64()
    return TYPES.get(code)


def arrow_array(values: tuple, description: tuple) -> pa.Array:
    kind = arrow_type(description)
    if kind == pa.float64() and description[1] in DECIMALS:
        # These come as decimal.Decimal, which pyarrow does not take for a float.
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, type=kind)


def read(query: str, index: int) -> Iterator[pa.RecordBatch]:
    cursor = connect(index).cursor()
    cursor.setfetchsize(ROWS_PER_BATCH)
    cursor.execute(query)
    names = [column[0] for column in cursor.description]
    while rows := cursor.fetchmany(ROWS_PER_BATCH):
        columns = zip(*rows, strict=True)
        arrays = [arrow_array(*column) for column in zip(columns, cursor.description, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, names=names)
    cursor.close()


if __name__ == "__main__":
    converse(read)
