import type { Leaf, LeafKind } from './token.ts';

/** A comment, with its signs. */
export interface Comment {
  readonly at: number;
  readonly end: number;
}

export interface TokenizedText {
  readonly tokens: readonly Leaf[];
  readonly comments: readonly Comment[];
}

interface Lexeme {
  readonly kind: LeafKind | 'blank' | 'comment';
  readonly end: number;
  readonly value: string;
}

/** What begins with a sign and goes on to another one, whatever stands between. */
interface Enclosed {
  readonly kind: 'comment' | 'quoted' | 'string';
  readonly opening: RegExp;
  /** Offset behind the end, -1 without one. */
  readonly end: (sql: string, from: number) => number;
  readonly what: string;
}

const behind = (sql: string, sign: string, from: number): number => {
  const found = sql.indexOf(sign, from);
  return found < 0 ? -1 : found + sign.length;
};

/** A doubled quote stands for itself. Searched, not matched: a pattern would need stack for long strings. */
function behindQuote(sql: string, quote: string, from: number): number {
  let end = behind(sql, quote, from);
  while (end >= 0 && sql[end] === quote) end = behind(sql, quote, end + 1);
  return end;
}

const ENCLOSED: readonly Enclosed[] = [
  {
    kind: 'comment',
    opening: /--/y,
    end: (sql, from) => {
      const found = sql.indexOf('\n', from);
      return found < 0 ? sql.length : found;
    },
    what: 'comment',
  },
  {
    kind: 'comment',
    opening: /\/\*/y,
    end: (sql, from) => behind(sql, '*/', from),
    what: 'comment',
  },
  {
    kind: 'quoted',
    opening: /"/y,
    end: (sql, from) => behindQuote(sql, '"', from),
    what: 'quoted name',
  },
  {
    kind: 'string',
    opening: /[nNxX]?'/y,
    end: (sql, from) => behindQuote(sql, "'", from),
    what: 'string',
  },
];

const OPENING_SIGNS: ReadonlySet<string | undefined> = new Set('-/"\'nNxX');

/** The first pattern that matches wins. Letters beside a number are unknown rather than an alias. */
const PATTERNS: readonly { readonly kind: Lexeme['kind']; readonly pattern: RegExp }[] = [
  { kind: 'blank', pattern: /[ \t\r\n\f\v]+/y },
  { kind: 'word', pattern: /[\p{L}_#][\p{L}\p{N}_#$]*/uy },
  {
    kind: 'number',
    pattern: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_#$.])/uy,
  },
  { kind: 'marker', pattern: /\?|:\d+(?![\p{L}\p{N}_#$])/uy },
  { kind: 'symbol', pattern: /\|\||<>|<=|>=|!=|\^=|=>|[-+*/%(),.;=<>:[\]]/y },
];

/** Ends a line for some readers and not for others: what stands behind it may or may not be a comment. */
const DOUBTFUL_LINE_END = /\r(?!$)|[\f\v\u0085\u2028\u2029]/;

/** Cuts SQL text into tokens and comments; nothing in it is an error. */
export function tokenize(sql: string): TokenizedText {
  const tokens: Leaf[] = [];
  const comments: Comment[] = [];
  let at = 0;
  while (at < sql.length) {
    const { kind, end, value } = lexemeAt(sql, at);
    const source = sql.slice(at, end);
    if (kind === 'comment') {
      comments.push({ at, end });
      if (sql.startsWith('--', at) && DOUBTFUL_LINE_END.test(value)) {
        tokens.push({ kind: 'unknown', value: 'a line that may have ended', source, at, end });
      }
    } else if (kind !== 'blank') tokens.push({ kind, value, source, at, end });
    at = end;
  }
  return { tokens, comments };
}

function lexemeAt(sql: string, at: number): Lexeme {
  for (const { kind, opening, end: endOf, what } of OPENING_SIGNS.has(sql[at]) ? ENCLOSED : []) {
    opening.lastIndex = at;
    if (!opening.test(sql)) continue;
    const end = endOf(sql, opening.lastIndex);
    if (end < 0) return { kind: 'unknown', end: sql.length, value: `a ${what} without an end` };
    return { kind, end, value: contentOf(kind, sql.slice(at, end)) };
  }
  for (const { kind, pattern } of PATTERNS) {
    pattern.lastIndex = at;
    const source = pattern.exec(sql)?.[0];
    if (source === undefined) continue;
    const value = kind === 'word' ? source.toUpperCase() : source;
    return { kind, end: at + source.length, value };
  }
  const sign = String.fromCodePoint(sql.codePointAt(at) ?? 0);
  return { kind: 'unknown', end: at + sign.length, value: `the sign ${sign}` };
}

function contentOf(kind: Enclosed['kind'], source: string): string {
  if (kind === 'comment') return source;
  const quote = source.at(-1) ?? '';
  return source.slice(source.indexOf(quote) + 1, -1).replaceAll(quote + quote, quote);
}
