import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../../src/core/errors.ts';
import type { SessionOptionValue } from '../../../../src/flight/producer.ts';
import {
  checkSessionOption,
  partitionRequest,
  type SettledRequest,
} from '../../../../src/proxy/partitioning/partition-request.ts';

interface Asking {
  readonly hint?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly session?: Record<string, SessionOptionValue>;
}

function settle({ hint = {}, headers = {}, session = {} }: Asking): SettledRequest {
  return partitionRequest({
    hint: new Map(Object.entries(hint)),
    headers: new Map(Object.entries(headers)),
    session: new Map(Object.entries(session)),
    defaults: { endpoints: 'auto', consistency: 'statement' },
  });
}

const requestOf = (asking: Asking) => settle(asking).request;

describe('what counts', () => {
  test('without a wish are the settings of the server', () => {
    const { request, origins } = settle({});
    expect(request).toEqual({ endpoints: 'auto', consistency: 'statement' });
    expect(Object.fromEntries(origins)).toEqual({ endpoints: 'setting', consistency: 'setting' });
  });

  test('is the hint before the header, the header before the session, each option by itself', () => {
    const { request, origins } = settle({
      hint: { endpoints: '16' },
      headers: { 'x-flight-endpoints': '4', 'x-flight-strategy': 'modulo' },
      session: {
        'flight.endpoints': 2n,
        'flight.strategy': 'hash',
        'flight.consistency': 'snapshot',
      },
    });
    expect(request).toEqual({ endpoints: 16, strategy: 'modulo', consistency: 'snapshot' });
    expect(Object.fromEntries(origins)).toEqual({
      endpoints: 'hint',
      strategy: 'header',
      consistency: 'session',
    });
  });

  test('are not the bounds of a weaker source when a stronger one names the column', () => {
    const session = { 'flight.column': 'ID', 'flight.bounds': '10,20' };
    expect(requestOf({ session })).toMatchObject({ columns: ['ID'], bounds: ['10', '20'] });
    const { request, origins } = settle({ session, hint: { column: 'POSTED_AT' } });
    expect(request).toMatchObject({ columns: ['POSTED_AT'], bounds: undefined });
    expect(origins.has('bounds')).toBe(false);
  });

  test('is no header or option of others, nor a blank one', () => {
    const { request } = settle({
      headers: { 'user-agent': 'x', 'x-flights': '1', 'x-flight-endpoints': ' ' },
      session: { schema: 'SALES', 'flight.column': '' },
    });
    expect(request).toEqual({ endpoints: 'auto', consistency: 'statement' });
  });
});

describe('a value', () => {
  test.each<[string, Asking, object]>([
    ['auto', { headers: { 'x-flight-endpoints': 'auto' } }, { endpoints: 'auto' }],
    ['off in capitals', { headers: { 'x-flight-endpoints': 'OFF' } }, { endpoints: 'off' }],
    ['the largest number', { hint: { endpoints: '256' } }, { endpoints: 256 }],
    ['a number', { session: { 'flight.endpoints': 12 } }, { endpoints: 12 }],
    ['a 64-bit number', { session: { 'flight.endpoints': 12n } }, { endpoints: 12 }],
    ['an unquoted name', { headers: { 'x-flight-column': 'id_2$' } }, { columns: ['ID_2$'] }],
    ['a quoted name', { headers: { 'x-flight-column': '"Id, ""x"""' } }, { columns: ['Id, "x"'] }],
    [
      'several names',
      { headers: { 'x-flight-column': ' region , "Id"' } },
      { columns: ['REGION', 'Id'] },
    ],
    [
      'a list of names',
      { session: { 'flight.column': ['region', '"Id"'] } },
      { columns: ['REGION', 'Id'] },
    ],
    ['a name of a hint, as HANA stores it', { hint: { column: 'Id' } }, { columns: ['Id'] }],
    [
      'names of a hint',
      { hint: { column: '["REGION","Id, \\"x\\""]' } },
      { columns: ['REGION', 'Id, "x"'] },
    ],
    [
      'a name of a hint that looks like a list',
      { hint: { column: '[1, 2]' } },
      { columns: ['[1, 2]'] },
    ],
    [
      'bounds with spaces, commas and quotes',
      { headers: { 'x-flight-bounds': "2024-01-01 00:00:00, 'O''Brien, A', ''" } },
      { bounds: ['2024-01-01 00:00:00', "O'Brien, A", ''] },
    ],
    [
      'a list of bounds',
      { session: { 'flight.bounds': ['Meyer, H', "'a'"] } },
      { bounds: ['Meyer, H', 'a'] },
    ],
    ['bounds of a hint', { hint: { bounds: '["100","200"]' } }, { bounds: ['100', '200'] }],
    ['a numeric bound', { session: { 'flight.bounds': 100n } }, { bounds: ['100'] }],
    ['a strategy', { hint: { strategy: 'MODULO' } }, { strategy: 'modulo' }],
    ['a level', { headers: { 'x-flight-consistency': 'as-of' } }, { consistency: 'as-of' }],
  ])('may be %s', (_what, asking, expected) => {
    expect(requestOf(asking)).toMatchObject(expected);
  });

  test.each<[Asking, string | RegExp]>([
    [
      { headers: { 'x-flight-endpoints': '0' } },
      'header x-flight-endpoints: expected auto, off or a whole number from 1 to 256, got "0"',
    ],
    [{ headers: { 'x-flight-endpoints': '257' } }, 'from 1 to 256, got "257"'],
    [{ headers: { 'x-flight-endpoints': '4,5' } }, 'got "4,5"'],
    [
      { session: { 'flight.endpoints': -1n } },
      'session option flight.endpoints: expected auto, off or a whole number from 1 to 256, got -1',
    ],
    [{ session: { 'flight.endpoints': true } }, 'got true'],
    [{ session: { 'flight.endpoints': ['4', '5'] } }, 'got ["4","5"]'],
    [
      { hint: { strategy: 'magic' } },
      'FLIGHT hint, strategy: expected one of parts, histogram, sample, range, modulo, hash, bounds, got "magic"',
    ],
    [{ hint: { column: '[]' } }, 'FLIGHT hint, column: expected the name of a column'],
    [{ headers: { 'x-flight-column': 'T.ID' } }, 'expected the name of a column'],
    [{ headers: { 'x-flight-column': 'A,' } }, 'got "A,"'],
    [{ headers: { 'x-flight-column': '"A' } }, 'got "\\"A"'],
    [{ headers: { 'x-flight-column': 'A'.repeat(128) } }, 'expected the name of a column'],
    [{ headers: { 'x-flight-bounds': '1,,2' } }, 'expected 1 to 255 values'],
    [
      { session: { 'flight.bounds': Array.from({ length: 256 }, (_, at) => `${at}`) } },
      'expected 1 to 255 values, separated by commas, got ["0","1"',
    ],
    [{ headers: { 'x-flight-consistency': 'full' } }, 'one of statement, snapshot, as-of'],
    [
      { headers: { 'x-flight-endpionts': '1' } },
      "unknown header x-flight-endpionts; did you mean 'x-flight-endpoints'?",
    ],
    [
      { hint: { collumn: 'A' } },
      "unknown option of the FLIGHT hint collumn; did you mean 'column'?",
    ],
    [{ hint: { parallel: '4' } }, /^unknown option of the FLIGHT hint parallel$/],
  ])('that is wrong is refused with its place (%#)', (asking, message) => {
    const settling = () => settle(asking);
    expect(settling).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
    expect(settling).toThrow(message);
  });

  test('that is long is not repeated whole', () => {
    expect(() => settle({ headers: { 'x-flight-endpoints': 'x'.repeat(9_000) } })).toThrow(
      /^.{200,400}…$/,
    );
  });
});

test('any header text is either taken or refused as a wrong argument, and quickly', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', "'", ',', ' ', 'a', '1') }),
    fc.integer({ min: 1, max: 20_000 }).map((length) => `${' '.repeat(length)}'x"`),
  );
  const name = fc.constantFrom('endpoints', 'column', 'strategy', 'bounds', 'consistency');
  fc.assert(
    fc.property(name, text, (option, value) => {
      try {
        expect(settle({ headers: { [`x-flight-${option}`]: value } }).request).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(HanaFlightError);
        expect(error).toMatchObject({ code: 'invalid-argument' });
      }
    }),
  );
});

test.each([
  ['flight.columns', 'A', "unknown session option flight.columns; did you mean 'flight.column'?"],
  ['flight.endpoints', 'many', 'session option flight.endpoints: expected auto, off'],
  ['flight.endpoints', false, 'got false'],
])('the session option %s = %j is refused when it is set', (name, value, message) => {
  expect(() => checkSessionOption(name, value)).toThrow(message);
});

test('taking an option of the session away is fine', () => {
  expect(() => checkSessionOption('flight.endpoints', undefined)).not.toThrow();
  expect(() => checkSessionOption('flight.endpoint', undefined)).toThrow(/did you mean/);
});
