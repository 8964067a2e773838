import type { ColumnType } from '../facts.ts';
import type { KeyType } from './key-types.ts';

/** A column by which rows are divided. */
export interface KeyColumn {
  readonly name: string;
  /** Its name in the table it comes from: another one when the query gives it an alias. */
  readonly column: string;
  /** SQL text that names it in a condition. */
  readonly sql: string;
  readonly type: ColumnType;
  readonly keyType: KeyType;
}

export type Key = readonly KeyColumn[];

/** A lower bound: a value for each column of the key, or for the first few. */
export type Bound = readonly string[];

/** Column by column, as HANA compares; of two bounds the shorter is the smaller when it begins the other. */
export function compareBounds(key: Key, left: Bound, right: Bound): number {
  for (const [place, { keyType }] of key.entries()) {
    const [first, second] = [left[place], right[place]];
    if (first === undefined || second === undefined) break;
    const order = keyType.compare(first, second);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The values of a row of a probe as a bound; undefined when one of them can be none. */
export function readBound(key: Key, values: readonly (string | undefined)[]): Bound | undefined {
  const bound = key.map(({ keyType }, place) => {
    const value = values[place];
    return value === undefined ? undefined : keyType.bound(value);
  });
  return bound.every((value) => value !== undefined) ? bound : undefined;
}

/** For people and reports: `1000`, `(100, 0001)`. */
export function boundText(bound: Bound): string {
  return bound.length === 1 ? (bound[0] ?? '') : `(${bound.join(', ')})`;
}

export function keyNames(key: Key): string {
  return key.map(({ name }) => name).join(', ');
}
