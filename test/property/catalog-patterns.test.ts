import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nameCondition } from '../../src/driver/catalog/name-pattern.ts';
import { quoteName } from '../../src/driver/dialect/identifier.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import { readTables } from '../../src/proxy/catalog.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import {
  createTableSql,
  DEFAULT_CATALOG_OPTIONS,
  runAll,
  tableFilter,
} from '../support/catalog.ts';
import { demoCredentials } from '../support/hana-under-test.ts';

/** Few characters, so that patterns meet names, and all that mean something to LIKE, SQL or JavaScript. */
const ALPHABET = ['a', 'b', '%', '_', '\\', "'", '"', '.', ' ', '*', '$', 'é', '表'];
const SCHEMA = 'PATTERNS';

const text = (minLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...ALPHABET), { minLength, maxLength: 6 })
    .map((characters) => characters.join(''));

/** Names of the tables, the same in every run. */
const NAMES = [...new Set(fc.sample(text(1), { seed: 1, numRuns: 150 }))];

/** LIKE by its definition, without the code under test: backtracking over the characters. */
function matches(pattern: readonly string[], name: readonly string[]): boolean {
  const [first, second, ...rest] = pattern;
  if (first === undefined) return name.length === 0;
  const tail = pattern.slice(1);
  if (first === '%') {
    return matches(tail, name) || (name.length > 0 && matches(pattern, name.slice(1)));
  }
  if (name.length === 0) return false;
  if (first === '_') return matches(tail, name.slice(1));
  if (first === '\\' && second !== undefined) {
    return name[0] === second && matches(rest, name.slice(1));
  }
  return name[0] === first && matches(tail, name.slice(1));
}

const found = (pattern: string): readonly string[] =>
  NAMES.filter((name) => matches(Array.from(pattern), Array.from(name)));

async function read(connection: HanaConnection, pattern: string): Promise<readonly string[]> {
  const filter = tableFilter({ dbSchemaPattern: SCHEMA, tableNamePattern: pattern });
  const tables = await readTables(connection, filter, DEFAULT_CATALOG_OPTIONS);
  return tables.map(({ table }) => table).toSorted();
}

describe('a search pattern', () => {
  let sandbox: RunningSandbox;
  let connection: HanaConnection;

  beforeAll(async () => {
    sandbox = await openSandbox({ rows: 10 });
    const endpoint = { host: sandbox.host, port: sandbox.port };
    connection = await connectHana(endpoint, demoCredentials);
    await runAll(connection, [
      `CREATE SCHEMA ${quoteName(undefined, SCHEMA)}`,
      ...NAMES.map((name) => createTableSql(SCHEMA, name)),
    ]);
  });

  afterAll(async () => {
    await connection.close();
    await sandbox.close();
  });

  test('finds the names that LIKE with a backslash as escape is defined to find', async () => {
    const patterns = fc.oneof(text(0), fc.constantFrom(...NAMES));
    await fc.assert(
      fc.asyncProperty(patterns, async (pattern) => {
        expect(await read(connection, pattern)).toEqual(found(pattern).toSorted());
      }),
      { numRuns: 100 },
    );
  });

  test('made from a name by escaping finds this name alone', async () => {
    for (const name of NAMES) {
      const pattern = name.replaceAll(/[\\%_]/g, '\\$&');
      expect(found(pattern)).toEqual([name]);
      expect(nameCondition(pattern)).toEqual({ kind: 'equal', name });
    }
    expect(NAMES.length).toBeGreaterThan(100);
  });

  test('reaches HANA with a backslash before wildcards and backslashes only', () => {
    fc.assert(
      fc.property(text(0), (pattern) => {
        const condition = nameCondition(pattern);
        const sent = condition.kind === 'like' ? condition.pattern : '';
        expect(sent).toMatch(/^(?:[^\\]|\\[\\%_])*$/u);
      }),
    );
  });
});
