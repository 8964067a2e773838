import type { Token } from './token.ts';

/** DuckDB text with the way back to the source it was made from. */
export interface RenderedSql {
  readonly text: string;
  /** Offset in the source of the token at an offset of `text`. */
  sourceOffset(offset: number, unit: OffsetUnit): number;
}

/** DuckDB's binder counts UTF-8 bytes, its parser counts characters. */
export type OffsetUnit = 'bytes' | 'characters';

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Name of the attached DuckDB database, which holds everything. */
export const DATABASE = 'hana';

/** With the database in front: a schema may be called as one of DuckDB's databases is, such as SYSTEM. */
export const objectName = (schema: string, name: string): string =>
  `${quoteName(DATABASE)}.${quoteName(schema)}.${quoteName(name)}`;

export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Writes tokens as DuckDB text. Parameters are numbered, since rewrites may move them. */
export function renderSql(tokens: readonly Token[]): RenderedSql {
  const texts = tokens.map(textOf);
  return {
    text: texts.join(' '),
    sourceOffset(offset, unit) {
      const lengthOf = unit === 'bytes' ? byteCount : characterCount;
      let end = 0;
      const index = texts.findIndex((text) => {
        end += lengthOf(text) + 1;
        return offset < end;
      });
      return tokens[index]?.at ?? tokens.at(-1)?.at ?? 0;
    },
  };
}

const byteCount = (text: string): number => Buffer.byteLength(text);
const characterCount = (text: string): number => Array.from(text).length;

/** The same without the way back. */
export const sqlText = (tokens: readonly Token[]): string => renderSql(tokens).text;

type TokenWriter = (value: string) => string;

const asIs: TokenWriter = (value) => value;

const WRITERS: Readonly<Record<Token['kind'], TokenWriter>> = {
  quoted: quoteName,
  word: (value) => (/[^A-Z0-9_]/.test(value) ? quoteName(value) : value),
  string: quoteText,
  binary: (value) => `from_hex('${value}')`,
  marker: (value) => `$${value.slice(1)}`,
  number: asIs,
  symbol: asIs,
  sql: asIs,
};

const textOf = ({ kind, value }: Token): string => WRITERS[kind](value);

/** Gives each `?` its number, so that `:1` and `?` look alike from here on. */
export function numberMarkers(tokens: readonly Token[]): readonly Token[] {
  let count = 0;
  return tokens.map((token) =>
    token.kind === 'marker' && token.value === '?' ? { ...token, value: `:${++count}` } : token,
  );
}
