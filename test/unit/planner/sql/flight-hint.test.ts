import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../../src/core/errors.ts';
import { readQuery } from '../../../../src/planner/sql/read-query.ts';

const HINTS: readonly (readonly [hint: string, values: Readonly<Record<string, string>>])[] = [
  ['FLIGHT(endpoints=16)', { endpoints: '16' }],
  ['flight( EndPoints = 16 )', { endpoints: '16' }],
  ['FLIGHT(off)', { endpoints: 'off' }],
  ['FLIGHT(16)', { endpoints: '16' }],
  ['FLIGHT(strategy=modulo, consistency=as-of)', { strategy: 'modulo', consistency: 'as-of' }],
  // Names of columns are given as HANA stores them, always as a list.
  ['FLIGHT(column=transaction_id)', { column: '["TRANSACTION_ID"]' }],
  ['FLIGHT(column="transaction_id")', { column: '["transaction_id"]' }],
  ['FLIGHT(column=(A, "b""c", d))', { column: '["A","b\\"c","D"]' }],
  ["FLIGHT(bounds=('100', '2''00'))", { bounds: '["100","2\'00"]' }],
  ['FLIGHT(bounds=(-5, 1.50, +2))', { bounds: '["-5","1.50","+2"]' }],
  ['FLIGHT(bounds=(7))', { bounds: '["7"]' }],
  ["FLIGHT(strategy='hash')", { strategy: 'hash' }],
  ['FLIGHT(anything=Else)', { anything: 'Else' }],
  ['FLIGHT(2) FLIGHT(3)', { endpoints: '3' }],
  ['FLIGHT(2, strategy=range)', { endpoints: '2', strategy: 'range' }],
  ['USE(FLIGHT) OTHER', {}],
];

describe('a FLIGHT hint', () => {
  test.each(HINTS)('%s', (hint, values) => {
    const query = readQuery(`SELECT /*+ ${hint} */ A FROM T`);
    expect(Object.fromEntries(query.hint)).toEqual(values);
    expect(query.obstacle).toBeUndefined();
  });

  test.each([
    ['SELECT A/*+ FLIGHT(off) */ FROM T', 'SELECT A                   FROM T'],
    ['SELECT A FROM T /*+ FLIGHT(\n2) */', 'SELECT A FROM T            \n     '],
    ['SELECT /*+ FLIGHT(off) FOO(1) */ A FROM T', 'SELECT /*+             FOO(1) */ A FROM T'],
    ['SELECT /*+ FOO(1), FLIGHT(off) */ A FROM T', 'SELECT /*+ FOO(1)              */ A FROM T'],
    ['SELECT A FROM T; /*+ FLIGHT(2) */', 'SELECT A FROM T'],
    ['DELETE /*+ FLIGHT(2) */ FROM T', 'DELETE                  FROM T'],
    ["SELECT '/*+ FLIGHT(off) */' FROM T", "SELECT '/*+ FLIGHT(off) */' FROM T"],
    ['SELECT A FROM T -- /*+ FLIGHT(off) */', 'SELECT A FROM T -- /*+ FLIGHT(off) */'],
    ['SELECT A FROM T /* FLIGHT(off) */', 'SELECT A FROM T /* FLIGHT(off) */'],
    ['SELECT A FROM T WITH HINT(FLIGHT)', 'SELECT A FROM T WITH HINT(FLIGHT)'],
  ])('%s becomes blanks, so that positions stay', (sql, text) => {
    expect(readQuery(sql).text).toBe(text);
  });

  test('the last comment counts', () => {
    const { hint } = readQuery('SELECT /*+ FLIGHT(2) */ A /*+ FLIGHT(8) */ FROM T');
    expect([...hint]).toEqual([['endpoints', '8']]);
  });

  test.each([
    [
      'FLIGHT',
      'position 12: expected FLIGHT(name=value, …), FLIGHT(off) or FLIGHT(16), got nothing',
    ],
    [
      'FLIGHT off',
      'position 19: expected FLIGHT(name=value, …), FLIGHT(off) or FLIGHT(16), got off',
    ],
    [
      'FLIGHT()',
      'position 18: expected FLIGHT(name=value, …), FLIGHT(off) or FLIGHT(16), got nothing',
    ],
    ['FLIGHT(a=1,)', 'expected FLIGHT(name=value, …)'],
    [
      'FLIGHT(endpoints=)',
      `position 28: expected a value such as 8, modulo, '2024-01-01' or (A, "b"), got nothing`,
    ],
    ['FLIGHT(column=(A,))', 'position 26: expected a value'],
    [
      'FLIGHT(a=1 2)',
      'position 21: expected a value such as 8, modulo, \'2024-01-01\' or (A, "b"), got 1',
    ],
    ['FLIGHT(a=b=c)', 'expected a value'],
    ['FLIGHT(consistency=as - of)', 'expected a value'],
    ['FLIGHT("a"=1)', 'position 19: expected a name before =, got "a"'],
    ['FLIGHT(a=', 'expected FLIGHT(name=value, …)'],
    ["FLIGHT(a='1)", 'expected FLIGHT(name=value, …)'],
  ])('%s is refused with what was expected, what came and where', (hint, message) => {
    const read = (): unknown => readQuery(`SELECT /*+ ${hint} */ A FROM T`);
    expect(read).toThrow(HanaFlightError);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
