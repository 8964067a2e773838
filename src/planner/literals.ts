import type { KeyKind } from './key-types.ts';

/** SQL text of a canonical value of a key, with its type, so that HANA converts the literal and not the column. */
const LITERALS: Readonly<Record<KeyKind, (text: string) => string>> = {
  integer: (text) => text,
  decimal: (text) => text,
  date: (text) => `DATE'${text}'`,
  seconddate: (text) => `TO_SECONDDATE('${text}', 'YYYY-MM-DD HH24:MI:SS')`,
  timestamp: (text) => `TIMESTAMP'${text}'`,
  text: (text) => `'${text.replaceAll("'", "''")}'`,
};

export function keyLiteral(kind: KeyKind, text: string): string {
  return LITERALS[kind](text);
}

/** SQL text that makes a key's value readable in one written form. */
const TEXTS: Readonly<Record<KeyKind, (column: string) => string>> = {
  integer: (column) => `TO_NVARCHAR(${column})`,
  decimal: (column) => `TO_NVARCHAR(${column})`,
  date: (column) => `TO_NVARCHAR(${column}, 'YYYY-MM-DD')`,
  seconddate: (column) => `TO_NVARCHAR(${column}, 'YYYY-MM-DD HH24:MI:SS')`,
  timestamp: (column) => `TO_NVARCHAR(${column}, 'YYYY-MM-DD HH24:MI:SS.FF7')`,
  text: (column) => `TO_NVARCHAR(${column})`,
};

export function asText(kind: KeyKind, column: string): string {
  return TEXTS[kind](column);
}
