import { makePart, type Part } from '../message.ts';
import { PartAttribute, PartKind } from '../part-kind.ts';

/** One packet of rows. */
export interface ResultSetPacket {
  /** Rows back to back, each its values in column order. */
  readonly bytes: Uint8Array;
  readonly rowCount: number;
  /** No further row follows. */
  readonly last: boolean;
  /** The server has closed the cursor; the client will not. */
  readonly closed: boolean;
  /** The whole result has no row. */
  readonly empty: boolean;
}

/** A RESULTSET part. */
export function encodeResultSet(packet: ResultSetPacket): Part {
  const attributes =
    (packet.last ? PartAttribute.LAST_PACKET : 0) |
    (packet.closed ? PartAttribute.RESULTSET_CLOSED : 0) |
    (packet.empty ? PartAttribute.ROW_NOT_FOUND : 0);
  return makePart(PartKind.RESULTSET, packet.rowCount, packet.bytes, attributes);
}

export function decodeResultSet(part: Part): ResultSetPacket {
  return {
    bytes: part.data,
    rowCount: part.argumentCount,
    last: (part.attributes & PartAttribute.LAST_PACKET) !== 0,
    closed: (part.attributes & PartAttribute.RESULTSET_CLOSED) !== 0,
    empty: (part.attributes & PartAttribute.ROW_NOT_FOUND) !== 0,
  };
}
