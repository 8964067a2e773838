import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SandboxError } from '../../../src/sandbox/engine.ts';
import { tokenize } from '../../../src/sandbox/sql/tokenizer.ts';

const CASES: readonly (readonly [why: string, sql: string, tokens: readonly string[]])[] = [
  [
    'unquoted names fold to upper case',
    'select Ab from c',
    ['word SELECT', 'word AB', 'word FROM', 'word C'],
  ],
  ['quoted names stay as they are', '"Ab""c"', ['quoted Ab"c']],
  [
    'strings keep keywords, comments and quotes',
    "'it''s -- no /* comment */'",
    ["string it's -- no /* comment */"],
  ],
  ['national strings are strings', "N'ä'", ['string ä']],
  ['binary literals', "x'0aFF'", ['binary 0aFF']],
  ['line and block comments are dropped', 'a -- b\n/* c\n "d" */ e', ['word A', 'word E']],
  [
    'numbers',
    '1 1.5 .5 1e-3 2.',
    ['number 1', 'number 1.5', 'number .5', 'number 1e-3', 'number 2.'],
  ],
  ['markers', '? :12', ['marker ?', 'marker :12']],
  ['temporary names', '#tmp a$b_1', ['word #TMP', 'word A$B_1']],
  [
    'operators of two characters',
    'a||b<>c<=d',
    ['word A', 'symbol ||', 'word B', 'symbol <>', 'word C', 'symbol <=', 'word D'],
  ],
  ['a semicolon at the end is dropped', 'a;', ['word A']],
  ['only one is', 'a;;', ['word A', 'symbol ;']],
  ['letters beyond ASCII', 'größe', ['word GRÖSSE']],
];

describe('tokenize', () => {
  test.each(CASES)('%s', (_, sql, expected) => {
    expect(tokenize(sql).map(({ kind, value }) => `${kind} ${value}`)).toEqual(expected);
  });

  test.each([
    ["'open", 1],
    ['a "open', 3],
    ['a /* open', 3],
    ['a ~ b', 3],
  ])('%s is a syntax error at position %i', (sql, position) => {
    let failure: unknown;
    try {
      tokenize(sql);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(SandboxError);
    expect(failure).toMatchObject({ code: 257, position });
  });

  test('every token stands in the source where it says it does', () => {
    assert(
      property(
        array(constantFrom("'a'", '"b"', 'c', '1', ',', '(', '--x\n', '?', ' ')),
        (parts) => {
          const sql = parts.join(' ');
          for (const { at, source } of tokenize(sql)) {
            expect(sql.slice(at, at + source.length)).toBe(source);
          }
        },
      ),
    );
    expect.hasAssertions();
  });
});
