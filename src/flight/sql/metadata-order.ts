/** What rows of a metadata result are sorted by; undefined stands before all text. */
export type SortKey = readonly (string | number | undefined)[];

/** The rows in ascending order of their keys, compared part by part. */
export function sortedBy<T>(rows: readonly T[], keyOf: (row: T) => SortKey): readonly T[] {
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .toSorted((left, right) => compareKeys(left.key, right.key))
    .map(({ row }) => row);
}

function compareKeys(left: SortKey, right: SortKey): number {
  for (const [index, part] of left.entries()) {
    const order = compareParts(part, right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(left: SortKey[number], right: SortKey[number]): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  return Number(left !== undefined) - Number(right !== undefined);
}

/**
 * Compares by code points, which is also the order of the UTF-8 bytes: what clients in other languages
 * compute, whatever the locale. JavaScript's own order is that of UTF-16 units.
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const order = codePointRank(left.charCodeAt(at)) - codePointRank(right.charCodeAt(at));
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all that one unit can say: they change places with what follows them. */
function codePointRank(unit: number): number {
  if (unit < 0xd8_00) return unit;
  return unit < 0xe0_00 ? unit + 0x20_00 : unit - 0x08_00;
}
