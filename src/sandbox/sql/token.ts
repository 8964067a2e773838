/**
 * `word`: unquoted name or keyword, folded to upper case. `quoted`: a name in double quotes.
 * `marker`: a parameter. `sql`: DuckDB text put in by a rewrite, passed on as it is.
 */
export type TokenKind =
  | 'word'
  | 'quoted'
  | 'string'
  | 'binary'
  | 'number'
  | 'symbol'
  | 'marker'
  | 'sql';

export interface Token {
  readonly kind: TokenKind;
  /** Meaning: folded name, name without quotes, content of a string, text of anything else. */
  readonly value: string;
  /** Characters of the source, as they stand there; empty for a token put in by a rewrite. */
  readonly source: string;
  /** 0-based offset in the source: what an error about the token points at. */
  readonly at: number;
}

/** The keyword or symbol `value`; a quoted name never is one. */
export function isToken(token: Token | undefined, ...values: readonly string[]): boolean {
  return (
    token !== undefined &&
    (token.kind === 'word' || token.kind === 'symbol') &&
    values.includes(token.value)
  );
}

export function isName(token: Token | undefined): token is Token {
  return token !== undefined && (token.kind === 'word' || token.kind === 'quoted');
}

/** DuckDB text in place of the token at `like`. */
export const sqlToken = (text: string, like: Token): Token => ({
  kind: 'sql',
  value: text,
  source: '',
  at: like.at,
});

/** Index of the `)` that closes the `(` at `open`, or the length of the list when there is none. */
export function closingIndex(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (isToken(tokens[index], '(')) depth++;
    else if (isToken(tokens[index], ')') && --depth === 0) return index;
  }
  return tokens.length;
}

/** Splits `tokens` at the commas outside parentheses. */
export function splitAtCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isToken(token, '(')) depth++;
    if (isToken(token, ')')) depth--;
    if (depth === 0 && isToken(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}
