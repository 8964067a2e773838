import type { ColumnFacts } from './facts.ts';
import { isWhole, type KeyKind, keyKindOf } from './key-types.ts';
import { canonicalKey, compareKeys } from './key-values.ts';
import { asText, keyLiteral } from './literals.ts';

/** A column that results are divided by. */
export interface KeyColumn {
  readonly name: string;
  /** How conditions call it. */
  readonly sql: string;
  readonly kind: KeyKind;
  /** Decimal digits behind the point. */
  readonly scale: number;
  readonly whole: boolean;
  readonly nullable: boolean;
}

/** One value for each column of a key, canonical. */
export type KeyValue = readonly string[];

/** Digits of a bound on a DECIMAL without scale: a bound need not be a value of the column. */
const FLOATING_SCALE = 6;
const MAX_SCALE = 38;

/** Undefined for a column of a type that cannot be a key. */
export function keyColumn(
  { name, type, nullable }: ColumnFacts,
  sql: string,
): KeyColumn | undefined {
  const kind = keyKindOf(type);
  if (kind === undefined) return undefined;
  const { scale } = type;
  const known = scale !== undefined && scale >= 0 && scale <= MAX_SCALE;
  return {
    name,
    sql,
    kind,
    scale: kind !== 'decimal' ? 0 : known ? scale : FLOATING_SCALE,
    whole: isWhole(type),
    nullable,
  };
}

/** Negative, 0 or positive, column by column. */
export function compareValues(key: readonly KeyColumn[], a: KeyValue, b: KeyValue): number {
  for (const [index, { kind, scale }] of key.entries()) {
    const order = compareKeys(kind, a[index] ?? '', b[index] ?? '', scale);
    if (order !== 0) return order;
  }
  return 0;
}

/** Undefined unless every text is a value that can be a bound. */
export function keyValueOf(
  key: readonly KeyColumn[],
  texts: readonly (string | undefined)[],
): KeyValue | undefined {
  const values = key.map(({ kind, scale }, index) => {
    const text = texts[index];
    return text === undefined ? undefined : canonicalKey(kind, text, scale);
  });
  const complete = values.filter((value) => value !== undefined);
  return complete.length === key.length ? complete : undefined;
}

/** Strictly ascending, each value once. */
export function ascending(
  key: readonly KeyColumn[],
  values: readonly KeyValue[],
): readonly KeyValue[] {
  const sorted = values.toSorted((a, b) => compareValues(key, a, b));
  return sorted.filter((value, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareValues(key, before, value) < 0;
  });
}

/** SQL text of a value's column. */
export const literalOf = (key: readonly KeyColumn[], value: KeyValue, index: number): string =>
  keyLiteral(key[index]?.kind ?? 'text', value[index] ?? '');

/** SQL text that shows a column in the form that {@link keyValueOf} reads. */
export const columnText = ({ kind, sql }: KeyColumn): string => asText(kind, sql);
