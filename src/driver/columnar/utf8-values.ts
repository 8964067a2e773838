import { isAscii, isUtf8 } from 'node:buffer';
import { MAX_GROWTH, repairCesu8, surrogatePairs, writePair } from '../values/cesu8.ts';

/** Bytes of a character beyond U+FFFF: in CESU-8 as two surrogates, and in UTF-8. */
const PAIR_BYTES = 6;
const UTF8_BYTES = 4;

/**
 * The values of a column as valid UTF-8. They nearly always are, which a look at the whole column tells at
 * memory speed: far cheaper than looking at every byte while copying it. If not, a few characters beyond
 * U+FFFF are mostly the reason: then only these are written anew, and what is between them moves together.
 * Else the values are repaired one by one.
 * @param values May be overwritten; the result lies in them or in memory of its own.
 * @param offsets where each of the `rows` values ends, behind a 0; rewritten with the values.
 */
export function validUtf8(values: Uint8Array, offsets: Int32Array, rows: number): Uint8Array {
  if (isAscii(values)) return values;
  if (isUtf8(values))
    return endsAreWhole(values, offsets, rows) ? values : repair(values, offsets, rows);
  const pairs = surrogatePairs(values);
  if (!endsStayClear(pairs, offsets, rows)) return repair(values, offsets, rows);
  const joined = joinPairs(values, pairs);
  moveEnds(pairs, offsets, rows);
  const isValid = isUtf8(joined) && endsAreWhole(joined, offsets, rows);
  return isValid ? joined : repair(joined, offsets, rows);
}

/** Everything as it is, but each pair as the one character it stands for; in place. */
function joinPairs(values: Uint8Array, pairs: readonly number[]): Uint8Array {
  let used = 0;
  let from = 0;
  for (const pair of pairs) {
    values.copyWithin(used, from, pair);
    used = writePair(values, pair, { target: values, at: used + pair - from });
    from = pair + PAIR_BYTES;
  }
  values.copyWithin(used, from);
  return values.subarray(0, used + values.length - from);
}

/** False when a value ends inside a pair: its surrogates belong to two values then, and are no character. */
function endsStayClear(pairs: readonly number[], offsets: Int32Array, rows: number): boolean {
  let row = 1;
  for (const pair of pairs) {
    while (row < rows && (offsets[row] ?? 0) <= pair) row++;
    if (row < rows && (offsets[row] ?? 0) < pair + PAIR_BYTES) return false;
  }
  return true;
}

/** Each pair before an end has made two bytes less of the text. */
function moveEnds(pairs: readonly number[], offsets: Int32Array, rows: number): void {
  let passed = 0;
  for (let row = 1; row <= rows; row++) {
    const end = offsets[row] ?? 0;
    while (passed < pairs.length && (pairs[passed] ?? 0) < end) passed++;
    offsets[row] = end - passed * (PAIR_BYTES - UTF8_BYTES);
  }
}

function repair(values: Uint8Array, offsets: Int32Array, rows: number): Uint8Array {
  const repaired = new Uint8Array(values.length * MAX_GROWTH);
  let used = 0;
  let start = 0;
  for (let row = 1; row <= rows; row++) {
    const end = offsets[row] ?? start;
    used += repairCesu8(values.subarray(start, end), repaired.subarray(used));
    offsets[row] = used;
    start = end;
  }
  return repaired.slice(0, used);
}

/** False when a value begins inside a character, which the column as a whole would hide. */
function endsAreWhole(values: Uint8Array, offsets: Int32Array, rows: number): boolean {
  for (let row = 1; row < rows; row++) {
    if (((values[offsets[row] ?? 0] ?? 0) & 0xc0) === 0x80) return false;
  }
  return true;
}
