"""Canonical text of Arrow values: what the statement of expected values in all-types.json is written in."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa


def columns_of(table: pa.Table) -> list[dict]:
    return [
        {
            "name": field.name,
            "type": str(field.type),
            "nullable": field.nullable,
            "values": [canonical(scalar) for scalar in table.column(index)],
        }
        for index, field in enumerate(table.schema)
    ]


def canonical(scalar: pa.Scalar) -> object:
    if not scalar.is_valid:
        return None
    if pa.types.is_timestamp(scalar.type):
        return timestamp_text(scalar)
    return plain_text(scalar.as_py())


def timestamp_text(scalar: pa.Scalar) -> str:
    """Exact for every unit: Python's datetime has no nanoseconds."""
    per_second = {"s": 1, "us": 1_000_000, "ns": 1_000_000_000}[scalar.type.unit]
    seconds, fraction = divmod(scalar.value, per_second)
    text = (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat(" ")
    if scalar.type.unit == "s":
        return text
    digits = len(str(per_second)) - 1
    return f"{text}.{fraction:0{digits}d}"


def plain_text(value: object) -> object:
    match value:
        case bool():
            return value
        case int() | float():
            return repr(value)
        case Decimal():
            return f"{value:f}"
        case bytes():
            return value.hex()
        case str():
            return value
        case date() | time():
            return value.isoformat()
        case list():
            return [plain_text(item) for item in value]
        case _:
            raise TypeError(f"unexpected value {value!r}")
