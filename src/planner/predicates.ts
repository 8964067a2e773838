import type { Bound, Key, KeyColumn } from './keys/key.ts';

/**
 * Conditions that divide rows. Those of all endpoints are disjoint and complete whatever the rows hold, even
 * if they change between planning and reading: NULL has its place whether or not the column may hold it,
 * and each bound is the end of one endpoint and the begin of the next.
 */

/** From a bound up to the next; undefined: from the first or up to the last row. */
export interface Range {
  readonly from: Bound | undefined;
  /** Exclusive. */
  readonly to: Bound | undefined;
  /** Whether rows without a value belong here: to exactly one of the ranges, the first or the last. */
  readonly nulls: boolean;
}

/** Of rows whose key is in a range. A key of several columns has NULL, the smallest value, in its first range. */
export function rangeCondition(key: Key, range: Range): string {
  const [first] = key;
  if (first === undefined) throw new RangeError('a range needs a column');
  return key.length === 1 ? simpleRange(first, range) : compositeRange(key, range);
}

function simpleRange({ sql, keyType }: KeyColumn, { from, to, nulls }: Range): string {
  const limit = (operator: string, [value]: Bound): readonly string[] =>
    value === undefined ? [] : [`${sql} ${operator} ${keyType.literal(value)}`];
  const limits = [
    ...(from === undefined ? [] : limit('>=', from)),
    ...(to === undefined ? [] : limit('<', to)),
  ].join(' AND ');
  if (limits === '') return '1 = 1';
  return nulls ? `(${limits} OR ${sql} IS NULL)` : limits;
}

/**
 * The comparison of a row with a bound has two values, also where a column is NULL: so a row is at or above
 * a bound, or it is below. The conditions on the first column say nothing new; they are what HANA can use
 * to skip rows.
 */
function compositeRange(key: Key, { from, to }: Range): string {
  const [first] = key;
  const limit = (operator: string, value: string | undefined): readonly string[] =>
    first === undefined || value === undefined
      ? []
      : [`${first.sql} ${operator} ${first.keyType.literal(value)}`];
  return (
    [
      ...(from === undefined ? [] : [...limit('>=', from[0]), `${reaches(key, from)} = 1`]),
      // Below the upper bound may be NULL, which no comparison finds: only with a lower bound there is none.
      ...(from === undefined || to === undefined ? [] : limit('<=', to[0])),
      ...(to === undefined ? [] : [`${reaches(key, to)} = 0`]),
    ].join(' AND ') || '1 = 1'
  );
}

/** 1 for a row at the bound or above. */
function reaches(key: Key, bound: Bound): string {
  return `CASE WHEN ${atOrAbove(key, bound)} THEN 1 ELSE 0 END`;
}

function atOrAbove(key: Key, bound: Bound): string {
  const [column, ...rest] = key;
  const [value, ...others] = bound;
  if (column === undefined || value === undefined) return '1 = 1';
  const { sql } = column;
  const literal = column.keyType.literal(value);
  if (rest.length === 0 || others.length === 0) return `${sql} >= ${literal}`;
  return `${sql} > ${literal} OR (${sql} = ${literal} AND (${atOrAbove(rest, others)}))`;
}

/** HANA's remainder has the sign of the dividend; without ABS the rows with negative keys are lost. */
export function moduloCondition({ sql }: KeyColumn, divisor: number, remainder: number): string {
  const condition = `ABS(MOD(${sql}, ${divisor})) = ${remainder}`;
  return remainder === 0 ? `(${condition} OR ${sql} IS NULL)` : condition;
}

/** Bytes of a hash that decide on the endpoint. */
const HASH_BYTES = 2;

/** The most endpoints of {@link hashCondition}. */
export const MAX_HASH_SHARES = 256 ** HASH_BYTES;

/**
 * Of rows whose key has a hash in one of `shares` ranges of about the same width. The bounds are fixed:
 * whatever the hash of a row is, it is in one range.
 * @param share from 0.
 */
export function hashCondition(key: Key, shares: number, share: number): string {
  const hash = `HASH_MD5(TO_BINARY(${hashedText(key)}))`;
  const bound = (place: number): string =>
    `X'${Math.floor((place * MAX_HASH_SHARES) / shares)
      .toString(16)
      .toUpperCase()
      .padStart(2 * HASH_BYTES, '0')}'`;
  if (share === 0) return `(${hash} < ${bound(1)} OR ${hash} IS NULL)`;
  const lower = `${hash} >= ${bound(share)}`;
  return share === shares - 1 ? lower : `${lower} AND ${hash} < ${bound(share + 1)}`;
}

/** Keys that have the same text share an endpoint, no more: so NULL may look like the empty text. */
function hashedText(key: Key): string {
  return key
    .map(({ sql, keyType }) => {
      // Blanks at the end may be the padding of CHAR.
      const text = keyType.kind === 'text' ? `RTRIM(${sql})` : keyType.text(sql);
      return `COALESCE(${text}, '')`;
    })
    .join(" || '|' || ");
}
