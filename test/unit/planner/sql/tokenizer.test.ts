import { describe, expect, test } from 'vitest';
import type { Token } from '../../../../src/planner/sql/token.ts';
import { nestTokens } from '../../../../src/planner/sql/token-tree.ts';
import { tokenize } from '../../../../src/planner/sql/tokenizer.ts';

const CASES: readonly (readonly [why: string, sql: string, tokens: readonly string[]])[] = [
  ['unquoted names fold to upper case', 'select Ab', ['word SELECT', 'word AB']],
  ['quoted names stay as they are', '"Ab""c"', ['quoted Ab"c']],
  [
    'strings keep keywords, comments and quotes',
    "'it''s -- /* no */'",
    ["string it's -- /* no */"],
  ],
  ['national and binary literals are strings', "N'ä' x'0aFF'", ['string ä', 'string 0aFF']],
  ['a name that ends in N is no prefix of a string', "aN'b'", ['word AN', 'string b']],
  ['comments are dropped', 'a -- b\n/* c " */ e', ['word A', 'word E']],
  ['a hint comment is a comment', 'a /*+ FLIGHT(off) */ b', ['word A', 'word B']],
  [
    'numbers',
    '1 1.5 .5 1e-3 2.',
    ['number 1', 'number 1.5', 'number .5', 'number 1e-3', 'number 2.'],
  ],
  ['markers', '? :12', ['marker ?', 'marker :12']],
  ['names with _ # $ and digits', '#tmp a$b_1', ['word #TMP', 'word A$B_1']],
  [
    'operators of two characters',
    'a||b<>1',
    ['word A', 'symbol ||', 'word B', 'symbol <>', 'number 1'],
  ],
  ['a string without an end', "a 'b", ['word A', 'unknown a string without an end']],
  ['a quoted name without an end', '"a""', ['unknown a quoted name without an end']],
  ['a comment without an end', 'a /* b', ['word A', 'unknown a comment without an end']],
  ['a sign of no meaning', '{a', ['unknown the sign {', 'word A']],
  ['letters right behind a number', '1a', ['unknown the sign 1', 'word A']],
  ['a blank that HANA may not know', 'a\u00a0b', ['word A', 'unknown the sign \u00a0', 'word B']],
  [
    'a lone carriage return in a comment',
    'a -- b\rc\nd',
    ['word A', 'unknown a line that may have ended', 'word D'],
  ],
  ['a line end of two characters', 'a -- b\r\nc', ['word A', 'word C']],
];

describe('tokenize', () => {
  test.each(CASES)('%s', (_, sql, expected) => {
    expect(tokenize(sql).tokens.map(({ kind, value }) => `${kind} ${value}`)).toEqual(expected);
  });

  test('tokens and comments know their place', () => {
    const sql = 'SELECT "a" /* x */ FROM t -- end';
    const { tokens, comments } = tokenize(sql);
    expect(tokens.map(({ at, end }) => sql.slice(at, end))).toEqual(['SELECT', '"a"', 'FROM', 't']);
    expect(comments.map(({ at, end }) => sql.slice(at, end))).toEqual(['/* x */', '-- end']);
  });

  test('a long string is one token', () => {
    const { tokens } = tokenize(`'${"''".repeat(200_000)}'`);
    expect(tokens).toHaveLength(1);
    expect(tokens[0]?.value).toHaveLength(200_000);
  });
});

const outline = (token: Token): string =>
  token.kind === 'group' ? `(${token.items.map(outline).join(' ')})` : token.value;

describe('nestTokens', () => {
  test.each([
    ['a (b (c) d) (e)', 'A (B (C) D) (E)'],
    ['()', '()'],
    ['a (b', 'A a parenthesis that is not closed'],
    ['a) b', 'A a parenthesis that was not opened B'],
  ])('%s', (sql, expected) => {
    expect(nestTokens(tokenize(sql).tokens).map(outline).join(' ')).toBe(expected);
  });

  test('parentheses as deep as nobody writes them are not followed', () => {
    const tree = nestTokens(tokenize('('.repeat(100_000)).tokens);
    expect(tree.map(outline)).toEqual(['parentheses 200 deep']);
  });
});
