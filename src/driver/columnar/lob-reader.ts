import { HanaFlightError } from '../../core/errors.ts';
import { cesu8ToUtf8, utf16Length } from '../values/cesu8.ts';
import { describePlace, malformedValue } from './column-place.ts';
import type { PacketCursor } from './packet-cursor.ts';
import type { PendingLob } from './result-decoder.ts';

/**
 * Bytes or UTF-16 units asked for at once. SAP's own node driver asks for as much and HANA allows
 * 2^18; less costs round trips, as HANA answers one read at a time.
 */
const LOB_READ_LENGTH = 204_800;

/** The setting that a user can raise when a LOB is over the limit. */
const LIMIT_SETTING = '--max-lob-bytes';

export interface LobReaderOptions {
  readonly readLob: PacketCursor['readLob'];
  /** Bytes that one LOB may have. */
  readonly maxLobBytes: number;
}

/**
 * Reads a LOB from behind its first chunk to its end and returns all of it, text as UTF-8. Rejects with
 * `resource-exhausted` for a LOB over the limit, with `malformed-packet` when HANA sends another length
 * than it announced.
 */
export async function readLobToEnd(
  lob: PendingLob,
  { readLob, maxLobBytes }: LobReaderOptions,
): Promise<Uint8Array> {
  const declared = declaredLength(lob);
  checkSize(lob, declared, maxLobBytes);
  const chunks = [lob.firstChunk];
  let bytes = lob.firstChunk.length;
  let units = unitsOf(lob, lob.firstChunk);
  for (let last = units >= declared; !last; ) {
    const offset = units + 1;
    const chunk = await readLob(lob.locator, offset, Math.min(LOB_READ_LENGTH, declared - units));
    bytes += chunk.data.length;
    checkSize(lob, bytes, maxLobBytes);
    chunks.push(chunk.data);
    units += unitsOf(lob, chunk.data);
    last = chunk.last || units >= declared || chunk.data.length === 0;
  }
  if (units !== declared) {
    throw malformedLob(lob, `expected ${declared} ${UNIT_NAMES[lob.unit]}, got ${units}`);
  }
  const whole = Buffer.concat(chunks, bytes);
  return lob.isText ? cesu8ToUtf8(whole) : whole;
}

const UNIT_NAMES = { byte: 'bytes', utf16: 'UTF-16 units' } as const;

/** The length in the unit of the LOB's offsets. */
function declaredLength(lob: PendingLob): number {
  const length = lob.unit === 'utf16' ? lob.charLength : lob.byteLength;
  if (length < 0) throw malformedLob(lob, `expected a length, got ${length}`);
  return length;
}

/** A chunk may end between the halves of a surrogate pair; each half is a unit and three bytes of its own. */
function unitsOf({ unit }: PendingLob, chunk: Uint8Array): number {
  return unit === 'utf16' ? utf16Length(chunk) : chunk.length;
}

/** A character takes at least a byte, so a count of characters over the limit is over it in bytes too. */
function checkSize(lob: PendingLob, size: number, maxLobBytes: number): void {
  if (size <= maxLobBytes) return;
  throw new HanaFlightError(
    'resource-exhausted',
    `${describePlace(lob.place, lob.resultRow)}: a LOB of at least ${size} bytes is over the limit of ` +
      `${maxLobBytes} set by ${LIMIT_SETTING}`,
  );
}

function malformedLob(lob: PendingLob, problem: string): HanaFlightError {
  return malformedValue(lob.place, { row: lob.resultRow, part: 'READLOBREPLY' }, problem);
}
