import { formatDecimal, readDecimal } from '../values/decimal.ts';
import type { ColumnLob, RowChunk } from './column.ts';
import { type ColumnPlace, malformedValue } from './column-place.ts';
import { LOB_HEADER_BYTES, readLobDescriptor } from './lob-descriptor.ts';
import { NULL_POSITION } from './value-places.ts';
import type { VariableReader } from './variable-column.ts';

/** Character and binary values: the bytes as they are. */
export const readVariable: VariableReader = (chunk, slot, target) => {
  target.appendChunk(chunk, slot);
};

/** First byte of an ALPHANUM: the value is made of digits only. */
const ALPHANUM_NUMERIC = 0x80;
/** The other bits of that byte: the width of the column. */
const ALPHANUM_WIDTH = 0x7f;
const DIGIT_ZERO = 0x30;

/**
 * ALPHANUM from data format version 4 on: a byte of its own before the characters. HANA keeps numeric
 * values without leading zeros and shows them with zeros up to the column's width.
 */
export function makeAlphanumReader(place: ColumnPlace): VariableReader {
  return (chunk, slot, target) => {
    const { positions, lengths, packet, rowCount, firstRow } = chunk;
    for (let index = 0; index < rowCount; index++) {
      const offset = positions[slot + index] ?? NULL_POSITION;
      const length = lengths[slot + index] ?? 0;
      if (offset === NULL_POSITION) {
        target.reserve(1, 0);
        target.append(undefined);
        continue;
      }
      if (length === 0) {
        const problem = 'expected the width byte of an ALPHANUM, got no byte';
        throw malformedValue(place, { row: firstRow + index, offset }, problem);
      }
      const lead = packet.bytes[offset] ?? 0;
      const text = packet.bytes.subarray(offset + 1, offset + length);
      const width = (lead & ALPHANUM_NUMERIC) === 0 ? 0 : lead & ALPHANUM_WIDTH;
      const padded = new Uint8Array(Math.max(width, text.length)).fill(DIGIT_ZERO);
      padded.set(text, padded.length - text.length);
      target.reserve(1, padded.length);
      target.append(padded);
    }
  };
}

/** Floating DECIMAL to text. One string per value: exact, and slower than the other forms. */
export const readDecimalText: VariableReader = (chunk, slot, target) => {
  const { positions, packet, rowCount } = chunk;
  for (let index = 0; index < rowCount; index++) {
    const value = readDecimal(packet.bytes, positions[slot + index] ?? 0);
    const text = value === null ? undefined : Buffer.from(formatDecimal(value), 'latin1');
    target.reserve(1, text?.length ?? 0);
    target.append(text);
  }
};

/** A reader of LOB columns, and what it found that is still with HANA. */
export interface LobColumnReader {
  readonly read: VariableReader;
  readonly takeLobs: () => readonly ColumnLob[];
}

/** LOBs: one that came whole is a value, any other holds its row open until its rest is read. */
export function makeLobReader(): LobColumnReader {
  let lobs: ColumnLob[] = [];
  return {
    read: (chunk, slot, target) => {
      for (let index = 0; index < chunk.rowCount; index++) {
        const at = chunk.positions[slot + index] ?? NULL_POSITION;
        const lob = at === NULL_POSITION ? undefined : lobAt(chunk, at, slot + index);
        if (lob !== undefined && !lob.complete) {
          lobs.push({
            ...lob,
            firstChunk: lob.firstChunk.slice(),
            row: target.rows,
            resultRow: chunk.firstRow + index,
          });
        }
        const whole = lob?.complete === true ? lob.firstChunk : lob && EMPTY;
        target.reserve(1, whole?.length ?? 0);
        target.append(whole);
      }
    },
    takeLobs: () => {
      const found = lobs;
      lobs = [];
      return found;
    },
  };
}

const EMPTY = new Uint8Array(0);

function lobAt({ packet, lengths }: RowChunk, at: number, slot: number) {
  const start = at + LOB_HEADER_BYTES;
  return {
    ...readLobDescriptor(packet.bytes, packet.view, at),
    firstChunk: packet.bytes.subarray(start, start + (lengths[slot] ?? 0)),
  };
}
