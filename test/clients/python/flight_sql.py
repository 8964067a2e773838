"""Flight SQL messages packed by hand: bytes that no library of ours or of Arrow's had a part in."""

import pyarrow as pa
import pyarrow.flight as flight

TYPE_PREFIX = "type.googleapis.com/arrow.flight.protocol.sql."

Fields = list[tuple[int, int | bytes | str]]


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def message(fields: Fields) -> bytes:
    """Protobuf: integers as varint (wire type 0), text and bytes with their length (wire type 2)."""
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            raw = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(raw)) + raw
    return out


def packed(name: str, fields: Fields) -> bytes:
    """google.protobuf.Any around a Flight SQL message."""
    return message([(1, TYPE_PREFIX + name), (2, message(fields))])


def unpacked(raw: bytes) -> dict[int, bytes | int]:
    """The fields of one message, the last of each number; enough for what the server answers."""
    fields: dict[int, bytes | int] = {}
    at = 0

    def number() -> int:
        nonlocal at
        shift = result = 0
        while True:
            byte = raw[at]
            at += 1
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7

    while at < len(raw):
        tag = number()
        if tag & 7 == 0:
            fields[tag >> 3] = number()
        elif tag & 7 == 2:
            length = number()
            fields[tag >> 3] = raw[at : at + length]
            at += length
        else:
            raise ValueError(f"unexpected wire type {tag & 7} at {at}")
    return fields


def statement_query(sql: str, transaction: bytes = b"") -> bytes:
    return packed("CommandStatementQuery", [(1, sql), *in_transaction(transaction)])


def in_transaction(transaction: bytes) -> Fields:
    """A transaction is the second field of every command that has one."""
    return [(2, transaction)] if transaction else []


def prepared_query(handle: bytes) -> bytes:
    return packed("CommandPreparedStatementQuery", [(1, handle)])


def statement_update(sql: str, transaction: bytes = b"") -> bytes:
    return packed("CommandStatementUpdate", [(1, sql), *in_transaction(transaction)])


def prepared_update(handle: bytes) -> bytes:
    return packed("CommandPreparedStatementUpdate", [(1, handle)])


def sql_info(*ids: int) -> bytes:
    """Ids travel packed: one length-delimited field."""
    body = b"".join(varint(number) for number in ids)
    return packed("CommandGetSqlInfo", [(1, body)] if ids else [])


def get_tables(*fields: tuple[int, int | bytes | str]) -> bytes:
    """1 catalog, 2 schema pattern, 3 table pattern, 4 types (any number), 5 include_schema."""
    return packed("CommandGetTables", list(fields))


def create_prepared(sql: str) -> flight.Action:
    body = packed("ActionCreatePreparedStatementRequest", [(1, sql)])
    return flight.Action("CreatePreparedStatement", body)


def close_prepared(handle: bytes) -> flight.Action:
    body = packed("ActionClosePreparedStatementRequest", [(1, handle)])
    return flight.Action("ClosePreparedStatement", body)


def prepared_result(body: bytes) -> tuple[bytes, pa.Schema, pa.Schema]:
    """Handle, schema of the result and schema of the parameters."""
    fields = packed_result(body, "ActionCreatePreparedStatementResult")
    return fields[1], read_schema(fields.get(2)), read_schema(fields.get(3))


def begin_transaction() -> flight.Action:
    return flight.Action("BeginTransaction", packed("ActionBeginTransactionRequest", []))


def end_transaction(transaction: bytes, *, commit: bool) -> flight.Action:
    body = [(1, transaction), (2, 1 if commit else 2)]
    return flight.Action("EndTransaction", packed("ActionEndTransactionRequest", body))


def begin_savepoint(transaction: bytes, name: str) -> flight.Action:
    body = [(1, transaction), (2, name)]
    return flight.Action("BeginSavepoint", packed("ActionBeginSavepointRequest", body))


def end_savepoint(savepoint: bytes, *, release: bool) -> flight.Action:
    body = [(1, savepoint), (2, 1 if release else 2)]
    return flight.Action("EndSavepoint", packed("ActionEndSavepointRequest", body))


def cancel_flight_info(info: flight.FlightInfo) -> flight.Action:
    """An action of Flight itself: the bare message."""
    return flight.Action("CancelFlightInfo", message([(1, info.serialize())]))


def packed_result(body: bytes, name: str) -> dict[int, bytes | int]:
    """The fields of a result packed in Any, which must have the name."""
    outer = unpacked(body)
    if outer[1] != (TYPE_PREFIX + name).encode():
        raise AssertionError(f"expected {name}, found {outer[1]!r}")
    return unpacked(outer.get(2, b""))


def read_schema(raw: bytes | None) -> pa.Schema:
    return pa.ipc.read_schema(pa.py_buffer(raw)) if raw else pa.schema([])


class Session:
    """A logged-on pyarrow client with the calls a Flight SQL client makes."""

    def __init__(self, uri: str, user: str, password: str) -> None:
        self.client = flight.FlightClient(uri)
        self.header = self.client.authenticate_basic_token(user, password)
        self.options = flight.FlightCallOptions(headers=[self.header])

    def info(self, command: bytes) -> flight.FlightInfo:
        descriptor = flight.FlightDescriptor.for_command(command)
        return self.client.get_flight_info(descriptor, self.options)

    def schema(self, command: bytes) -> pa.Schema:
        descriptor = flight.FlightDescriptor.for_command(command)
        return self.client.get_schema(descriptor, self.options).schema

    def reader(self, command: bytes) -> flight.FlightStreamReader:
        endpoints = self.info(command).endpoints
        if len(endpoints) != 1:
            raise AssertionError(f"expected one endpoint, found {len(endpoints)}")
        return self.client.do_get(endpoints[0].ticket, self.options)

    def table(self, command: bytes) -> pa.Table:
        return self.reader(command).read_all()

    def query(self, sql: str) -> pa.Table:
        return self.table(statement_query(sql))

    def put(self, command: bytes) -> int:
        """Rows affected by an update. Reads the answer first and half-closes afterwards."""
        descriptor = flight.FlightDescriptor.for_command(command)
        writer, reader = self.client.do_put(descriptor, pa.schema([]), self.options)
        with writer:
            answer = reader.read()
        return unpacked(answer.to_pybytes())[1]

    def put_rows(self, command: bytes, rows: pa.RecordBatch) -> dict[int, bytes | int]:
        """Sends rows of parameters; the fields of the answer."""
        descriptor = flight.FlightDescriptor.for_command(command)
        writer, reader = self.client.do_put(descriptor, rows.schema, self.options)
        with writer:
            writer.write_batch(rows)
            writer.done_writing()
            answer = reader.read()
        return unpacked(answer.to_pybytes())

    def action(self, action: flight.Action) -> list[bytes]:
        return [result.body.to_pybytes() for result in self.client.do_action(action, self.options)]
