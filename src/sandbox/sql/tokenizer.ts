import { syntaxError } from './errors.ts';
import { isToken, type Token, type TokenKind } from './token.ts';

interface Pattern {
  readonly kind: TokenKind | 'blank' | 'unterminated';
  readonly pattern: RegExp;
  /** What the token means, from its source. */
  readonly value?: (source: string) => string;
}

const unquote = (source: string): string => source.slice(1, -1).replaceAll('""', '"');
const unquoteText = (source: string): string =>
  source.slice(source.indexOf("'") + 1, -1).replaceAll("''", "'");

/** HANA's tokens; the first pattern that matches wins. */
const PATTERNS: readonly Pattern[] = [
  { kind: 'blank', pattern: /\s+/y },
  { kind: 'blank', pattern: /--[^\n]*/y },
  { kind: 'blank', pattern: /\/\*[\s\S]*?\*\//y },
  { kind: 'unterminated', pattern: /\/\*/y },
  { kind: 'quoted', pattern: /"(?:[^"]|"")*"/y, value: unquote },
  { kind: 'string', pattern: /[nN]?'(?:[^']|'')*'/y, value: unquoteText },
  { kind: 'binary', pattern: /[xX]'[0-9a-fA-F]*'/y, value: unquoteText },
  { kind: 'unterminated', pattern: /[nNxX]?'|"/y },
  { kind: 'number', pattern: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y },
  { kind: 'word', pattern: /[\p{L}_#][\p{L}\p{N}_#$]*/uy, value: (source) => source.toUpperCase() },
  { kind: 'marker', pattern: /\?|:\d+/y },
  { kind: 'symbol', pattern: /\|\||<>|<=|>=|!=|=>|[-+*/%(),.;=<>:[\]]/y },
];

/**
 * Cuts SQL text into tokens; blanks, comments (hint comments included) and a semicolon at the end are
 * dropped. Error 257.
 */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const { kind, source, value } = tokenAt(sql, at);
    if (kind === 'unterminated') throw syntaxError(sql, at, source);
    if (kind !== 'blank') tokens.push({ kind, source, value, at });
    at += source.length;
  }
  if (isToken(tokens.at(-1), ';')) tokens.pop();
  return tokens;
}

function tokenAt(
  sql: string,
  at: number,
): { readonly kind: Pattern['kind']; readonly source: string; readonly value: string } {
  for (const { kind, pattern, value } of PATTERNS) {
    pattern.lastIndex = at;
    const source = pattern.exec(sql)?.[0];
    if (source !== undefined) return { kind, source, value: value?.(source) ?? source };
  }
  return { kind: 'unterminated', source: sql.charAt(at), value: '' };
}
