import { utf8ToCesu8, utf16Length } from '../../../driver/values/cesu8.ts';
import type { LobRegistry } from '../../engine.ts';
import {
  type ChunkVector,
  chunkVector,
  isPresent,
  STRING_SLOT_BYTES,
  StringSpans,
} from './chunk-vector.ts';
import type { ColumnEncoder } from './column-encoder.ts';
import { spanAt } from './strings.ts';

/** LOBs up to so many bytes travel whole inside their row, as HANA sends them. */
const INLINE_LOB_BYTES = 1024;

const DESCRIPTOR_BYTES = 32;
const NULL_DESCRIPTOR_BYTES = 2;
const OPTION_NULL = 1;
const OPTION_DATA = 2;
const OPTION_LAST = 4;

/** What a descriptor calls the LOB, and what READLOB counts. */
const LOB_KINDS = { blob: 1, clob: 2, nclob: 3 } as const;
export type LobKind = keyof typeof LOB_KINDS;

/**
 * BLOB, CLOB, NCLOB, TEXT, BINTEXT: a descriptor with the lengths and a locator, then the first
 * {@link INLINE_LOB_BYTES}; READLOB serves the rest from `registry`.
 */
export function lobEncoder(column: number, kind: LobKind, registry: LobRegistry): ColumnEncoder {
  const spans = new StringSpans();
  let vector: ChunkVector;
  let contents: readonly Uint8Array[];
  return {
    measure(chunk, sizes) {
      vector = chunkVector(chunk, column, STRING_SLOT_BYTES);
      spans.locate(vector);
      contents = Array.from({ length: vector.rowCount }, (_, row) => contentAt(spans, row, kind));
      for (let row = 0; row < vector.rowCount; row++) {
        const bytes = isPresent(vector, row)
          ? DESCRIPTOR_BYTES + inlineLength(contents[row], kind)
          : NULL_DESCRIPTOR_BYTES;
        sizes[row] = (sizes[row] ?? 0) + bytes;
      }
    },
    write(target, cursors) {
      for (let row = 0; row < vector.rowCount; row++) {
        const at = cursors[row] ?? 0;
        const content = contents[row];
        target.bytes[at] = LOB_KINDS[kind];
        if (content === undefined || !isPresent(vector, row)) {
          target.bytes[at + 1] = OPTION_NULL;
          cursors[row] = at + NULL_DESCRIPTOR_BYTES;
          continue;
        }
        const inline = inlineLength(content, kind);
        const whole = inline === content.length;
        const characters = kind === 'nclob' ? utf16Length(content) : content.length;
        target.bytes[at + 1] = OPTION_DATA | (whole ? OPTION_LAST : 0);
        target.bytes.fill(0, at + 2, at + DESCRIPTOR_BYTES);
        target.view.setBigInt64(at + 4, BigInt(characters), true);
        target.view.setBigInt64(at + 12, BigInt(content.length), true);
        if (!whole) target.bytes.set(registry.register(content, kind), at + 20);
        target.view.setInt32(at + 28, inline, true);
        target.bytes.set(content.subarray(0, inline), at + DESCRIPTOR_BYTES);
        cursors[row] = at + DESCRIPTOR_BYTES + inline;
      }
    },
  };
}

/** The value copied out of DuckDB's memory, since a registered LOB outlives the chunk. */
function contentAt(spans: StringSpans, row: number, kind: LobKind): Uint8Array {
  const bytes = Uint8Array.from(spanAt(spans, row));
  return kind === 'blob' ? bytes : utf8ToCesu8(bytes);
}

/** Bytes sent inside the row; text is not cut inside a character or between its surrogates. */
function inlineLength(content: Uint8Array | undefined, kind: LobKind): number {
  if (content === undefined || content.length <= INLINE_LOB_BYTES) return content?.length ?? 0;
  let end = INLINE_LOB_BYTES;
  if (kind === 'blob') return end;
  while (end > 0 && ((content[end] ?? 0) & 0xc0) === 0x80) end--;
  const low = content[end] === 0xed && ((content[end + 1] ?? 0) & 0xf0) === 0xb0;
  return low ? end - 3 : end;
}
