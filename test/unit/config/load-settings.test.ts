import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.ts';
import type { Secret } from '../../../src/config/secret.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function settingsFile(content: unknown): string {
  const path = join(folder, 'settings.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const serve = (
  flags: Record<string, unknown> = {},
  environment: Record<string, string> = {},
  configFile?: string,
) => loadSettings('serve', { flags, environment, configFile });

describe('precedence', () => {
  test('a flag wins over a variable, a variable over the file, the file over the default', () => {
    const file = settingsFile({ 'pool-max': 3, 'batch-rows': 30, 'drain-grace': '3s' });
    const environment = { HANA_FLIGHT_POOL_MAX: '2', HANA_FLIGHT_BATCH_ROWS: '20' };
    const settings = serve({ poolMax: '1' }, environment, file);
    expect(settings.poolMax).toBe(1);
    expect(settings.batchRows).toBe(20);
    expect(settings.drainGrace).toBe(3000);
    expect(settings.fetchSize).toBe(32_767);
  });

  test('a variable names the settings file when the flag does not', () => {
    const environment = { HANA_FLIGHT_CONFIG: settingsFile({ 'pool-max': 7 }) };
    expect(serve({}, environment).poolMax).toBe(7);
  });

  test('a file may hold settings of another command', () => {
    const file = settingsFile({ listen: '[::1]:1', format: 'csv' });
    expect(serve({}, {}, file).listen).toEqual({ host: '::1', port: 1 });
  });
});

describe('the result', () => {
  test('is frozen to the last level', () => {
    const settings = serve({ listen: '0.0.0.0:9' });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.listen)).toBe(true);
    expect(Object.isFrozen(serve().listen)).toBe(true);
  });

  test('holds the settings of its command and no others', () => {
    expect(serve()).not.toHaveProperty('format');
    expect(loadSettings('query', { flags: {}, environment: {} })).not.toHaveProperty('listen');
  });

  test('never shows a secret when printed', () => {
    const settings = serve({ hana: 'hdbsql://A:geheim@h:1' }, { HANA_FLIGHT_SECRET: 'geheim' });
    const secret: Secret | undefined = settings.hana;
    expect(secret?.reveal()).toBe('hdbsql://A:geheim@h:1');
    for (const shown of [inspect(settings), JSON.stringify(settings), String(settings.secret)]) {
      expect(shown).not.toContain('geheim');
      expect(shown).toContain('***');
    }
  });
});

describe('a mistake', () => {
  test.each([
    [
      'HANA_FLIGHT_LISTN',
      'x',
      "unknown variable HANA_FLIGHT_LISTN; did you mean 'HANA_FLIGHT_LISTEN'?",
    ],
    ['HANA_FLIGHT_FROBNICATE', 'x', 'unknown variable HANA_FLIGHT_FROBNICATE'],
    ['HANA_FLIGHT_PORT', '32010', 'unknown variable HANA_FLIGHT_PORT'],
    [
      'HANA_FLIGHT_POOL_MAX',
      '0',
      'HANA_FLIGHT_POOL_MAX: expected a whole number from 1 to 10000, got "0"',
    ],
    [
      'HANA_FLIGHT_POOL_MAX',
      '',
      'HANA_FLIGHT_POOL_MAX: expected a whole number from 1 to 10000, got ""',
    ],
    ['HANA_FLIGHT_LISTEN', '32010', 'HANA_FLIGHT_LISTEN: expected HOST:PORT'],
    ['HANA_FLIGHT_LISTEN', 'a:65536', 'HANA_FLIGHT_LISTEN: expected HOST:PORT'],
    ['HANA_FLIGHT_DRAIN_GRACE', '30', 'HANA_FLIGHT_DRAIN_GRACE: expected a time with its unit'],
    ['HANA_FLIGHT_BATCH_BYTES', '2 MB', 'HANA_FLIGHT_BATCH_BYTES: expected bytes'],
    [
      'HANA_FLIGHT_TIMESTAMP_UNIT',
      'ms',
      'HANA_FLIGHT_TIMESTAMP_UNIT: expected one of us, ns, got "ms"',
    ],
    ['HANA_FLIGHT_FLOATING_DECIMAL', 'decimal128:39', 'expected float64, utf8 or decimal128:SCALE'],
    ['HANA_FLIGHT_ENDPOINTS', '257', 'expected auto, off or a whole number from 1 to 256'],
    [
      'HANA_FLIGHT_CLIENT_ENDPOINTS',
      'tonic=many,grpc-java',
      'expected PATTERN=POLICY, separated by commas, with a policy of one, ordered-one, many',
    ],
    ['HANA_FLIGHT_CLIENT_ENDPOINTS', '=many', 'expected PATTERN=POLICY'],
    ['HANA_FLIGHT_LOG_SQL_TEXT_DANGEROUSLY', 'yes', 'expected true or false, got "yes"'],
  ])('in the variable %s=%s is told', (name, value, message) => {
    expect(() => serve({}, { [name]: value })).toThrow(message);
  });

  test.each([
    [{ 'pool-mx': 1 }, "unknown setting 'pool-mx'; did you mean 'pool-max'?"],
    [{ poolMax: 1 }, "unknown setting 'poolMax'; did you mean 'pool-max'?"],
    [{ secret: 'x' }, "unknown setting 'secret'"],
    [{ 'pool-max': null }, 'pool-max: expected a whole number from 1 to 10000, got null'],
    [[], 'expected one JSON object'],
    ['{', 'expected JSON'],
  ])('in the file %j is told with the path', (content, message) => {
    const file = settingsFile(content);
    expect(() => serve({}, {}, file)).toThrow(message);
    expect(() => serve({}, {}, file)).toThrow(file);
  });

  test('of a file that is not there is told with the path', () => {
    expect(() => serve({}, {}, join(folder, 'none.json'))).toThrow(/none\.json: cannot be read/);
  });

  test('in a secret does not show the secret', () => {
    expect(() => serve({}, { HANA_FLIGHT_SECRET: '' })).toThrow(
      /^HANA_FLIGHT_SECRET: expected a text that is not empty$/,
    );
  });
});

test.each([
  ['HANA_FLIGHT_SERVICE_HOST', '10.0.0.1'],
  ['HANA_FLIGHT_SERVICE_PORT', '32010'],
  ['HANA_FLIGHT_SERVICE_PORT_GRPC', '32010'],
  ['HANA_FLIGHT_PORT', 'tcp://10.0.0.1:32010'],
  ['HANA_FLIGHT_PORT_32010_TCP', 'tcp://10.0.0.1:32010'],
  ['HANA_FLIGHT_PORT_32010_TCP_ADDR', '10.0.0.1'],
  ['HANA_FLIGHT_SANDBOX_PORT', 'tcp://10.0.0.1:39041'],
])('%s=%s, which Kubernetes sets for a service of our name, is left alone', (name, value) => {
  expect(serve({}, { [name]: value })).toEqual(serve());
});

describe('values are read as they are written by people', () => {
  test.each([
    ['batchBytes', '4MiB', 4_194_304],
    ['batchBytes', '1048576', 1_048_576],
    ['idleTimeout', '90s', 90_000],
    ['drainGrace', '250ms', 250],
    ['tokenLifetime', '8h', 28_800_000],
    ['floatingDecimal', 'decimal128:10', { kind: 'decimal128', scale: 10 }],
    ['endpoints', '16', 16],
    ['endpoints', 'OFF', 'off'],
    [
      'clientEndpoints',
      'grpc-c++ = many, app a=b=one',
      [
        { pattern: 'grpc-c++', endpoints: 'many' },
        { pattern: 'app a=b', endpoints: 'one' },
      ],
    ],
    ['listen', '[::]:0', { host: '::', port: 0 }],
    ['logSqlTextDangerously', true, true],
  ] as const)('%s %s', (name, written, value) => {
    expect(serve({ [name]: written })[name]).toEqual(value);
  });
});
