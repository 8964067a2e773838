import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../src/core/errors.ts';
import {
  endsSession,
  endsTransaction,
  HANA_ERRORS,
  hanaError,
} from '../../../src/driver/error-codes.ts';

/** An ERROR part as node-hdb hands it over. */
function sqlError(code: number, message: string, details: object = {}): Error {
  return Object.assign(new Error(message), {
    code,
    sqlState: 'HY000',
    position: 0,
    level: 1,
    ...details,
  });
}

const thrownByNode = (code: string, message = 'it failed'): Error =>
  Object.assign(new Error(message), { code });

test('the table has each HANA code once and in order', () => {
  const codes = HANA_ERRORS.map(({ hana }) => hana);
  expect(codes).toEqual([...new Set(codes)].toSorted((a, b) => a - b));
});

test.each(HANA_ERRORS.map((row) => [row.hana, row.code] as const))(
  'HANA %i becomes %s',
  (hana, code) => {
    expect(hanaError(sqlError(hana, 'text')).code).toBe(code);
  },
);

describe('an error of HANA', () => {
  const thrown = sqlError(259, 'invalid table name: Could not find table/view ORDERZ', {
    position: 15,
    sqlState: '42S02',
  });
  const error = hanaError(thrown);

  test('shows code, SQLSTATE and position in its text', () => {
    expect(error.message).toBe(
      'HANA 259 (SQLSTATE 42S02) at position 15: invalid table name: Could not find table/view ORDERZ',
    );
  });

  test('keeps them as data, with what was thrown as cause', () => {
    expect(error.hana).toEqual({ code: 259, sqlState: '42S02', position: 15 });
    expect(error.cause).toBe(thrown);
  });

  test.each([0, -1])('has no position when HANA writes %i', (position) => {
    const { hana, message } = hanaError(sqlError(257, 'sql syntax error', { position }));
    expect(hana?.position).toBeUndefined();
    expect(message).toBe('HANA 257 (SQLSTATE HY000): sql syntax error');
  });

  test('shows HY000 in place of a SQLSTATE that is none', () => {
    expect(hanaError(sqlError(2, 'x', { sqlState: 'a\0\n' })).hana?.sqlState).toBe('HY000');
  });

  test('loses the NUL and blanks behind its text', () => {
    expect(hanaError(sqlError(2, 'general error \0')).message).toBe(
      'HANA 2 (SQLSTATE HY000): general error',
    );
  });
});

test.each([
  ['22012', 'invalid-argument'],
  ['23505', 'failed-precondition'],
  ['28000', 'unauthenticated'],
  ['40001', 'aborted'],
  ['42000', 'invalid-argument'],
  ['HY000', 'internal'],
])('a HANA code without a row goes by the class of SQLSTATE %s', (sqlState, code) => {
  expect(hanaError(sqlError(99_999, 'x', { sqlState })).code).toBe(code);
});

test('a column store error about memory is an exhausted resource', () => {
  expect(hanaError(sqlError(2048, 'column store error: search table error: [2] x')).code).toBe(
    'internal',
  );
  expect(hanaError(sqlError(2048, 'column store error: Memory allocation failed')).code).toBe(
    'resource-exhausted',
  );
});

test.each([
  ['ECONNREFUSED', 'unavailable'],
  ['ECONNRESET', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'failed-precondition'],
  ['CERT_HAS_EXPIRED', 'failed-precondition'],
  ['EHDBMSGPARSE', 'malformed-packet'],
  ['EHDBSERVERAUTH', 'failed-precondition'],
  ['EHDBCLOSE', 'unavailable'],
  ['EHDBOPENCONN', 'unavailable'],
  ['ESOMETHINGELSE', 'internal'],
])('%s becomes %s, with what was thrown as cause', (code, expected) => {
  const thrown = thrownByNode(code);
  const error = hanaError(thrown);
  expect(error.code).toBe(expected);
  expect(error.cause).toBe(thrown);
});

test('an error of ours passes through unchanged', () => {
  const error = new HanaFlightError('not-found', 'x');
  expect(hanaError(error)).toBe(error);
});

test.each([null, undefined, 'text', 7])('%s thrown is an internal error', (thrown) => {
  expect(hanaError(thrown).code).toBe('internal');
});

test.each([
  [259, false],
  [139, false],
  [1033, true],
  [597, true],
  [1036, true],
])('after HANA %i the session is of no use: %s', (code, ends) => {
  expect(endsSession(hanaError(sqlError(code, 'x')))).toBe(ends);
});

test.each([
  [sqlError(133, 'deadlock'), true],
  [sqlError(139, 'cancelled'), true],
  [sqlError(9999, 'unknown', { sqlState: '40001' }), true],
  [sqlError(301, 'unique constraint violated', { sqlState: '23000' }), false],
  [sqlError(146, 'resource busy'), false],
  [thrownByNode('ECONNRESET'), false],
])('%s ends the transaction: %s', (thrown, expected) => {
  expect(endsTransaction(hanaError(thrown))).toBe(expected);
});
