import type { ColumnType } from './facts.ts';

/** How values of a key are compared, written and read. */
export type KeyKind = 'integer' | 'decimal' | 'date' | 'seconddate' | 'timestamp' | 'text';

interface KeyType {
  readonly kind: KeyKind;
  /** HANA's names of the types. */
  readonly names: readonly string[];
  readonly reason: string;
}

/**
 * Types whose values can divide a table. Not among them: LOBs and spatial types, which HANA does not compare;
 * REAL and DOUBLE, whose text is not their value; BOOLEAN, TIME and binary types, which nobody has as a key.
 */
const KEY_TYPES: readonly KeyType[] = [
  {
    kind: 'integer',
    names: ['TINYINT', 'SMALLINT', 'INTEGER', 'INT', 'BIGINT'],
    reason: 'exact, and MOD divides it evenly',
  },
  { kind: 'decimal', names: ['DECIMAL', 'SMALLDECIMAL'], reason: 'exact as text' },
  { kind: 'date', names: ['DATE'], reason: 'compared by day' },
  { kind: 'seconddate', names: ['SECONDDATE'], reason: 'compared by second' },
  { kind: 'timestamp', names: ['TIMESTAMP', 'LONGDATE'], reason: 'compared by 100 ns' },
  {
    kind: 'text',
    names: ['CHAR', 'VARCHAR', 'NCHAR', 'NVARCHAR'],
    reason: 'compared by code, whatever the locale',
  },
];

/** Undefined for a type that cannot be a key. */
export function keyKindOf({ name }: Pick<ColumnType, 'name'>): KeyKind | undefined {
  return KEY_TYPES.find(({ names }) => names.includes(name))?.kind;
}

/** Names of all types that can be a key, for error texts. */
export const KEY_TYPE_NAMES: readonly string[] = KEY_TYPES.flatMap(({ names }) => names);

/** True for a key that MOD divides without a rest behind the point. */
export function isWhole({ name, scale }: ColumnType): boolean {
  const kind = keyKindOf({ name });
  return kind === 'integer' || (kind === 'decimal' && scale === 0);
}
