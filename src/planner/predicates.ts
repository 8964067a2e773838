import { type KeyColumn, type KeyValue, literalOf } from './key.ts';

/**
 * Conditions that divide rows: whatever the values, NULL among them, exactly one of a list holds for each
 * row. They stay so when data or nullability change between planning and reading.
 */
export type Conditions = readonly string[];

/**
 * Ranges of a key between bounds that ascend in HANA's order; one more than there are bounds. NULL belongs to
 * the first of them, or to the last.
 */
export function rangeConditions(
  key: readonly KeyColumn[],
  bounds: readonly KeyValue[],
  nulls: 'first' | 'last' = 'first',
): Conditions {
  const [column] = key;
  if (column === undefined || bounds.length === 0) return ['1 = 1'];
  return key.length === 1 ? simpleRanges(key, column, bounds, nulls) : compositeRanges(key, bounds);
}

function simpleRanges(
  key: readonly KeyColumn[],
  { sql }: KeyColumn,
  bounds: readonly KeyValue[],
  nulls: 'first' | 'last',
): Conditions {
  const orNull = ` OR ${sql} IS NULL`;
  const literals = bounds.map((bound) => literalOf(key, bound, 0));
  const last = literals.length;
  return Array.from({ length: last + 1 }, (_, index) => {
    const lower = literals[index - 1];
    const upper = literals[index];
    if (lower === undefined) return `${sql} < ${upper}${nulls === 'first' ? orNull : ''}`;
    if (upper === undefined) return `${sql} >= ${lower}${nulls === 'last' ? orNull : ''}`;
    return `${sql} >= ${lower} AND ${sql} < ${upper}`;
  });
}

/** "At or above the bound", as 1 or 0 also where columns are NULL: it is 1 for no bound above one for which it is 0. */
function compositeRanges(key: readonly KeyColumn[], bounds: readonly KeyValue[]): Conditions {
  const reached = bounds.map((bound) => `CASE WHEN ${notBelow(key, bound)} THEN 1 ELSE 0 END`);
  return Array.from({ length: bounds.length + 1 }, (_, index) => {
    const lower = reached[index - 1];
    const upper = reached[index];
    if (lower === undefined) return `${upper} = 0`;
    if (upper === undefined) return `${lower} = 1`;
    return `${lower} = 1 AND ${upper} = 0`;
  });
}

/** `A > x OR (A = x AND (B > y OR (B = y AND C >= z)))`. */
function notBelow(key: readonly KeyColumn[], bound: KeyValue, index = 0): string {
  const column = key[index]?.sql ?? '';
  const literal = literalOf(key, bound, index);
  if (index === key.length - 1) return `${column} >= ${literal}`;
  const rest = notBelow(key, bound, index + 1);
  return `${column} > ${literal} OR (${column} = ${literal} AND (${rest}))`;
}

/** Remainders, of which HANA gives negative numbers negative ones; NULL belongs to the first. */
export function moduloConditions({ sql }: KeyColumn, count: number): Conditions {
  return Array.from({ length: count }, (_, remainder) => {
    const condition = `ABS(MOD(${sql}, ${count})) = ${remainder}`;
    return remainder === 0 ? `${condition} OR ${sql} IS NULL` : condition;
  });
}

/**
 * Ranges of a hash of some columns. The hash is never NULL, as NULL columns are written out; and were it the
 * same for all rows, they would still all be in one range.
 */
export function hashConditions(key: readonly KeyColumn[], count: number): Conditions {
  const hash = `BINTOHEX(HASH_MD5(${key.map(hashArgument).join(`, TO_BINARY('|'), `)}))`;
  const bounds = Array.from({ length: count - 1 }, (_, index) =>
    Math.floor(((index + 1) * 65_536) / count)
      .toString(16)
      .toUpperCase()
      .padStart(4, '0'),
  );
  return Array.from({ length: count }, (_, index) => {
    const lower = bounds[index - 1];
    const upper = bounds[index];
    const isNull = index === 0 ? ` OR ${hash} IS NULL` : '';
    if (upper === undefined) return lower === undefined ? '1 = 1' : `${hash} >= '${lower}'`;
    if (lower === undefined) return `${hash} < '${upper}'${isNull}`;
    return `${hash} >= '${lower}' AND ${hash} < '${upper}'`;
  });
}

/** HANA hashes VARBINARY only. */
const hashArgument = ({ sql }: KeyColumn): string =>
  `TO_BINARY(IFNULL('+' || TO_NVARCHAR(${sql}), '-'))`;
