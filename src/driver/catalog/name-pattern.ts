import type { NameCondition } from '../dialect/catalog-statements.ts';

const ESCAPE = '\\';
const ANY_TEXT = '%';
const WILDCARDS: ReadonlySet<string> = new Set([ANY_TEXT, '_']);

/**
 * What a search pattern asks for: `%` is any text, `_` any character, and a backslash makes the character
 * behind it an ordinary one. HANA refuses a backslash before an ordinary character or at the end; here the
 * first is that character, and the second a backslash. A pattern without wildcards is compared, which HANA
 * does faster; undefined is any name.
 */
export function nameCondition(pattern: string | undefined): NameCondition {
  if (pattern === undefined || /^%+$/.test(pattern)) return { kind: 'any' };
  const tokens = [...tokensOf(pattern)];
  if (!tokens.some(({ wildcard }) => wildcard)) return equalTo(plainText(tokens));
  return { kind: 'like', pattern: tokens.map(likeText).join('') };
}

/** A name as it stands; undefined is any. */
export function exactName(name: string | undefined): NameCondition {
  return name === undefined ? { kind: 'any' } : equalTo(name);
}

function equalTo(name: string): NameCondition {
  return { kind: 'equal', name };
}

interface Token {
  readonly wildcard: boolean;
  readonly text: string;
}

function* tokensOf(pattern: string): Generator<Token, void, undefined> {
  let escaped = false;
  for (const text of pattern) {
    if (!escaped && text === ESCAPE) {
      escaped = true;
      continue;
    }
    yield { wildcard: !escaped && WILDCARDS.has(text), text };
    escaped = false;
  }
  if (escaped) yield { wildcard: false, text: ESCAPE };
}

function plainText(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}

function likeText({ wildcard, text }: Token): string {
  const special = WILDCARDS.has(text) || text === ESCAPE;
  return special && !wildcard ? ESCAPE + text : text;
}
