"""What HANA keeps of the Arrow values of the suite.

HANA's TIME has whole seconds and its TIMESTAMP seven decimals, of which the server hands on six; no type
has a time zone. The suite's cases for finer units and for zones run with the values that HANA can hold
and expect the type that stands in. DECIMAL has no scale below zero.
"""

import dataclasses

import pyarrow as pa
import pyarrow.compute as compute
from adbc_drivers_validation.model import IngestQuery, Query, QuerySet, SelectQuery

NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


def kept_type(data_type: pa.DataType) -> pa.DataType:
    if pa.types.is_time(data_type):
        return pa.time32("s")
    if pa.types.is_timestamp(data_type):
        return pa.timestamp("s" if data_type.unit == "s" else "us")
    if pa.types.is_decimal128(data_type) and data_type.scale < 0:
        return pa.decimal128(data_type.precision - data_type.scale, 0)
    return data_type


def kept_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(kept_type(field.type)) for field in schema])


def kept_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values that come back, in the type that comes back."""
    target = kept_type(column.type)
    if target == column.type or not pa.types.is_temporal(column.type):
        return column.cast(target)
    values = column.cast(integers(column.type))
    factor, rest = NANOSECONDS[column.type.unit], NANOSECONDS[target.unit]
    python = [None if v is None else v * factor // rest for v in values.to_pylist()]
    return pa.chunked_array([pa.array(python, integers(target)).cast(target)])


def held_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values that HANA can hold, in the type of the case: towards zero, so that none leaves its range."""
    if not pa.types.is_temporal(column.type) or pa.types.is_date(column.type):
        return column
    step = NANOSECONDS[kept_type(column.type).unit] // NANOSECONDS[column.type.unit]
    if step <= 1:
        return column
    values = column.cast(integers(column.type))
    whole = compute.multiply(compute.divide(values, step), step)
    return whole.cast(integers(column.type)).cast(column.type)


def integers(data_type: pa.DataType) -> pa.DataType:
    return pa.int32() if pa.types.is_time32(data_type) else pa.int64()


def kept(table: pa.Table) -> pa.Table:
    return pa.table([kept_column(c) for c in table.columns], schema=kept_schema(table.schema))


def held(table: pa.Table) -> pa.Table:
    return pa.table([held_column(c) for c in table.columns], schema=table.schema)


def stands_in(schema: pa.Schema) -> bool:
    """Whether HANA has another type in place of one of these."""
    return not kept_schema(schema).equals(schema)


class HanaSelect(SelectQuery):
    def __init__(self, base: SelectQuery) -> None:
        super().__init__(**vars(base))
        self.base = base

    def expected_schema(self) -> pa.Schema:
        return kept_schema(self.base.expected_schema())

    def catalog_schema(self) -> pa.Schema:
        return kept_schema(self.base.catalog_schema())

    def execute_schema(self) -> pa.Schema:
        return kept_schema(self.base.execute_schema())

    def expected_result(self) -> pa.Table:
        expected = self.base.expected_result()
        # What was bound was made holdable before; what SQL text inserts, HANA cuts itself.
        return kept(expected if self.bind_path is None else held(expected))

    def bind_data(self) -> pa.Table:
        data = self.base.bind_data()
        return None if data is None else held(data)


class HanaIngest(IngestQuery):
    def __init__(self, base: IngestQuery) -> None:
        super().__init__(**vars(base))
        self.base = base

    def input(self) -> pa.Table:
        return held(self.base.input())

    def expected_schema(self) -> pa.Schema:
        return kept_schema(self.base.expected_schema())

    def expected(self) -> pa.Table:
        return kept(held(self.base.expected()))


def with_hana_values(queries: QuerySet) -> QuerySet:
    def adapted(query: Query) -> Query:
        kind = HanaSelect if isinstance(query.query, SelectQuery) else HanaIngest
        return dataclasses.replace(query, query=kind(query.query))

    return QuerySet({name: adapted(query) for name, query in queries.queries.items()})
