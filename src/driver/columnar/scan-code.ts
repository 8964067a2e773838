import { HanaFlightError } from '../../core/errors.ts';
import { MAX_SHORT_LENGTH } from '../values/length-indicator.ts';
import type { Packet, ValuePlaces } from './value-places.ts';
import type { LayoutKind, WireLayout } from './wire-layout.ts';

/** How far a scan may go, and how far it went. */
export interface ScanWalk {
  /** Offset of the next row. */
  at: number;
  readonly maxRows: number;
  /** Arrow bytes that may still be used. */
  readonly maxBytes: number;
  /** Place the first row even if it alone is over `maxBytes`. */
  readonly acceptFirst: boolean;
  /** Arrow bytes of a row without its variable-length values. */
  readonly fixedRowBytes: number;
  /** Arrow bytes of the rows that were placed. */
  bytes: number;
  /** True when the walk ended at a row that `maxBytes` had no room for. */
  full: boolean;
  /** Between the functions that a wide row is placed by: its Arrow bytes so far. */
  rowBytes: number;
}

/** Places rows from `walk.at` on; returns how many. */
export type Scan = (packet: Packet, places: ValuePlaces, walk: ScanWalk) => number;

/** A length indicator and a value; the length is in `length` then. */
const PLACE_INDICATED = `length = bytes[at];
if (length <= ${MAX_SHORT_LENGTH}) {
  positions[slot] = at + 1;
  lengths[slot] = length;
  at += 1 + length;
} else {
  at = places.placeLong(packet, at, slot);
  length = lengths[slot];
}`;

/**
 * What is done for one value, which begins at `at`: its place goes into `slot`, `at` goes behind it, and
 * `rowBytes` grows by what it takes in Arrow. A value that is not as usual is left to ValuePlaces.
 */
const PLACE_VALUE: Readonly<Record<LayoutKind, (width: number) => string>> = {
  flagged: (width) => `if (bytes[at] === 1) {
  positions[slot] = at + 1;
  at += ${1 + width};
} else at = places.placeFlag(packet, at, slot);`,
  plain: (width) => `positions[slot] = at;
at += ${width};`,
  variable: () => `${PLACE_INDICATED}
rowBytes += length;`,
  vector: () => PLACE_INDICATED,
  lob: () => `at = places.placeLob(packet, at, slot);
rowBytes += places.lobBytes(packet, slot);`,
};

/** V8 does not optimize a function of more than 60 KB of bytecode, some 600 columns; far below it is safe. */
const COLUMNS_PER_FUNCTION = 64;

/**
 * The body of a function that makes the {@link Scan} of a row of these layouts: nothing in it but what
 * the tables say, so no text of a peer's. Compared with a loop that looks at the layout of each column,
 * the whole decoder is 1.4 times as fast.
 */
export function scanCode(layouts: readonly WireLayout[]): string {
  const groups: (readonly WireLayout[])[] = [];
  for (let from = 0; from < layouts.length; from += COLUMNS_PER_FUNCTION) {
    groups.push(layouts.slice(from, from + COLUMNS_PER_FUNCTION));
  }
  const [only = []] = groups;
  const isWide = groups.length > 1;
  const functions = isWide ? groups.map(groupFunction).join('\n') : '';
  return `${functions}
return (packet, places, walk) => {
${SHORTHANDS}
const { maxRows, maxBytes, acceptFirst, fixedRowBytes } = walk;
let at = walk.at, row = 0, used = 0, length = 0;
walk.full = false;
while (row < maxRows && at < end) {
const start = at;
let slot = row, rowBytes = fixedRowBytes;
${isWide ? groupCalls(groups.length) : placeValues(only)}
if (used + rowBytes > maxBytes && !(row === 0 && acceptFirst)) {
  walk.full = true;
  at = start;
  break;
}
used += rowBytes;
row++;
}
walk.at = at;
walk.bytes = used;
return row;
};`;
}

const SHORTHANDS = `const { bytes } = packet, { positions, lengths, stride } = places, end = bytes.length;`;

function placeValues(layouts: readonly WireLayout[]): string {
  const values = layouts.map(
    ({ kind, width }) => `${PLACE_VALUE[kind](width)}
if (at > end) places.failBeyond(slot, at, end);`,
  );
  return values.join('\nslot += stride;\n');
}

function groupFunction(layouts: readonly WireLayout[], group: number): string {
  return `const group${group} = (packet, places, walk, at, slot) => {
${SHORTHANDS}
let rowBytes = walk.rowBytes, length = 0;
${placeValues(layouts)}
walk.rowBytes = rowBytes;
return at;
};`;
}

function groupCalls(groups: number): string {
  const calls = Array.from(
    { length: groups },
    (_, group) => `at = group${group}(packet, places, walk, at, slot);
slot += ${COLUMNS_PER_FUNCTION} * stride;`,
  );
  return ['walk.rowBytes = rowBytes;', ...calls, 'rowBytes = walk.rowBytes;'].join('\n');
}

/** Results of the same layouts share their code, which is optimized while it is used. */
const compiled = new Map<string, Scan>();
const MAX_COMPILED = 256;

/** The scan of rows with these layouts. */
export function compileScan(layouts: readonly WireLayout[]): Scan {
  const key = layouts.map(({ kind, width }) => `${kind}${width}`).join();
  const scan = compiled.get(key) ?? evaluate(scanCode(layouts));
  // Put at the end: the one unused for longest goes first.
  compiled.delete(key);
  compiled.set(key, scan);
  const [oldest] = compiled.keys();
  if (compiled.size > MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
  return scan;
}

function evaluate(code: string): Scan {
  // What the function is made of stands in this file; see scanCode.
  // oxlint-disable-next-line eslint/no-new-func, typescript/no-implied-eval
  const scan: unknown = new Function(code)();
  if (isScan(scan)) return scan;
  throw new HanaFlightError('internal', `expected the scan code to make a function`);
}

function isScan(value: unknown): value is Scan {
  return typeof value === 'function';
}
