/**
 * `word`: unquoted name or keyword, folded to upper case. `quoted`: a name in double quotes. `marker`: a
 * parameter. `unknown`: what no rule of HANA's SQL explains, such as a string without an end.
 */
export type LeafKind = 'word' | 'quoted' | 'string' | 'number' | 'marker' | 'symbol' | 'unknown';

export interface Leaf {
  readonly kind: LeafKind;
  /** Meaning: folded name, name without quotes, content of a string, text of anything else. */
  readonly value: string;
  /** Its characters as they stand in the query. */
  readonly source: string;
  /** 0-based offset in the query. */
  readonly at: number;
  /** Offset behind the last character. */
  readonly end: number;
}

/** Tokens in parentheses. Offsets include the parentheses. */
export interface Group {
  readonly kind: 'group';
  readonly items: readonly Token[];
  readonly at: number;
  readonly end: number;
}

export type Token = Leaf | Group;

type Of<Kind extends LeafKind> = Leaf & { readonly kind: Kind };

/** One of these keywords; a quoted name never is one. */
export function isWord(
  token: Token | undefined,
  ...values: readonly string[]
): token is Of<'word'> {
  return token?.kind === 'word' && values.includes(token.value);
}

export function isSymbol(
  token: Token | undefined,
  ...values: readonly string[]
): token is Of<'symbol'> {
  return token?.kind === 'symbol' && values.includes(token.value);
}

/** Could be a name; a keyword looks like one too. */
export function isName(token: Token | undefined): token is Of<'word' | 'quoted'> {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

export function isGroup(token: Token | undefined): token is Group {
  return token?.kind === 'group';
}

/** Parentheses around a query, however many. */
export function isSubquery(token: Token | undefined): boolean {
  let inner = token;
  while (isGroup(inner) && isGroup(inner.items[0])) inner = inner.items[0];
  return isGroup(inner) && isWord(inner.items[0], 'SELECT', 'WITH');
}

/** An SQL name in double quotes: what HANA stores under exactly this name. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
