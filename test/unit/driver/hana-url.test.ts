import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../src/core/errors.ts';
import { parseHanaUrl, redactHanaUrl } from '../../../src/driver/hana-url.ts';

function failureOf(url: string): HanaFlightError {
  try {
    parseHanaUrl(url);
  } catch (thrown) {
    if (thrown instanceof HanaFlightError) return thrown;
  }
  throw new Error(`expected a HanaFlightError for ${url}`);
}

describe('a HANA URL', () => {
  test('names host and port', () => {
    const { endpoint, credentials } = parseHanaUrl('hdbsql://hana.example:39015');
    expect(endpoint).toEqual({
      host: 'hana.example',
      port: 39_015,
      tls: undefined,
      databaseName: undefined,
      currentSchema: undefined,
    });
    expect(credentials).toBeUndefined();
  });

  test('takes an IPv6 address in brackets', () => {
    const url = parseHanaUrl('hdbsql://[::1]:39015');
    expect(url.endpoint.host).toBe('::1');
    expect(redactHanaUrl(url)).toBe('hdbsql://[::1]:39015');
  });

  test('with hdbsqls asks for TLS and a valid certificate', () => {
    expect(parseHanaUrl('hdbsqls://h:443').endpoint.tls).toEqual({
      validateCertificate: true,
      caFile: undefined,
      serverName: undefined,
    });
  });

  test('carries TLS options', () => {
    const url =
      'hdbsqls://h:443?validateCertificate=false&ca=%2Fetc%2Fhana%20ca.pem&SERVERNAME=x.example';
    expect(parseHanaUrl(url).endpoint.tls).toEqual({
      validateCertificate: false,
      caFile: '/etc/hana ca.pem',
      serverName: 'x.example',
    });
  });

  test('carries database and schema', () => {
    const { endpoint } = parseHanaUrl('hdbsql://h:30013/?databaseName=HXE&currentschema=Sales');
    expect(endpoint.databaseName).toBe('HXE');
    expect(endpoint.currentSchema).toBe('Sales');
  });

  test.each([
    ['hdbsql://h?instanceNumber=00', 30_015],
    ['hdbsql://h?instanceNumber=90', 39_015],
    ['hdbsql://h?instanceNumber=7&databaseName=X', 30_713],
  ])('%s means port %i', (url, port) => {
    expect(parseHanaUrl(url).endpoint.port).toBe(port);
  });

  test('keeps any user and password that are percent-encoded', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (user, password) => {
        const logon = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
        expect(parseHanaUrl(`hdbsql://${logon}@h:1`).credentials).toEqual({
          kind: 'password',
          user,
          password,
        });
      }),
    );
  });

  test('is shown to people without user and password', () => {
    const url = parseHanaUrl('hdbsqls://SERVICE:Geheim1@h:443?databaseName=A%26B&ca=/x');
    expect(redactHanaUrl(url)).toBe('hdbsqls://h:443?databaseName=A%26B');
  });
});

test.each([
  ['', 'expected hdbsql://[user:password@]host:port[?options]'],
  ['hana.example', 'expected hdbsql://[user:password@]host:port[?options]'],
  ['jdbc:sap://h:1', 'expected hdbsql:// or hdbsqls:// (TLS), got jdbc://'],
  ['http://h:1', 'expected hdbsql:// or hdbsqls:// (TLS), got http://'],
  ['hdbsql://h', 'expected host:port, got no port; HANA Cloud listens on 443'],
  ['hdbsql://h:0', 'expected host:port, got no port; HANA Cloud listens on 443'],
  ['hdbsql://h:1/schema', "expected nothing between port and '?', got a path"],
  ['hdbsql://h:1#x', "expected no '#'"],
  ['hdbsql://SERVICE@h:1', 'expected user:password@, got only one of them'],
  ['hdbsql://:secret@h:1', 'expected user:password@, got only one of them'],
  ['hdbsql://h:1?databasename', 'expected databaseName=NAME, got no value'],
  ['hdbsql://h:1?databaseNam=X', "unknown option 'databaseNam'; did you mean 'databaseName'?"],
  ['hdbsql://h:1?databaseName=X&DATABASENAME=Y', 'expected databaseName once, got it twice'],
  ['hdbsql://h:1?ca=x', 'ca needs TLS: use hdbsqls://'],
  ['hdbsqls://h:1?validateCertificate=no', "or validateCertificate=false, got 'no'"],
  ['hdbsql://h:1?instanceNumber=1', 'expected a port or instanceNumber, got both'],
  ['hdbsql://h?instanceNumber=100', "expected instanceNumber from 00 to 99, got '100'"],
  ['hdbsql://u:%E0%A4%A@h:1', 'expected percent-encoded UTF-8 as password'],
])('%s is refused: %s', (url, problem) => {
  const failure = failureOf(url);
  expect(failure.code).toBe('invalid-argument');
  expect(failure.message).toContain(problem);
});

test('no refusal shows the password', () => {
  const secret = fc.string({ minLength: 4, maxLength: 12 }).map((text) => `Sesame${text}`);
  fc.assert(
    fc.property(secret, fc.constantFrom('', '?x=1', '/path', '#'), (password, tail) => {
      try {
        parseHanaUrl(`hdbsql://U:${password}@h:99999${tail}`);
        expect.unreachable('port 99999 does not exist');
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(HanaFlightError);
        if (thrown instanceof HanaFlightError) {
          expect(thrown.message).not.toContain('Sesame');
          expect(thrown.cause).toBeUndefined();
        }
      }
    }),
  );
});
