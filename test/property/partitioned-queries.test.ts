import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import { rowsOf } from '../support/arrow-rows.ts';
import { type KeyRow, keyRows, QUERY_TABLES, randomQuery } from '../support/random-queries.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { type Stack, startStack } from '../support/stack.ts';

const ROWS = 30;
const RUNS = 200;

type Row = Record<string, unknown>;

interface Answer {
  readonly endpoints: number;
  readonly ordered: boolean;
  readonly rows: readonly Row[];
}

let stack: Stack;
let session: SqlSession;

beforeAll(async () => {
  stack = await startStack({ rows: 10 });
  session = await SqlSession.logOn(stack.proxy);
  for (const sql of QUERY_TABLES) await session.update(sql);
});

afterAll(async () => {
  session.close();
  await stack.close();
});

const literal = (value: KeyRow[number]): string => {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? `${value}` : `'${value.replaceAll("'", "''")}'`;
};

async function fill(table: string, rows: readonly KeyRow[]): Promise<void> {
  const selects = rows.map((row) => `SELECT ${row.map(literal).join(', ')} FROM DUMMY`);
  await session.update(`DELETE FROM ${table}`);
  await session.update(`INSERT INTO ${table} ${selects.join(' UNION ALL ')}`);
}

/** Undefined when the hint is refused: not every query has the column. */
async function ask(hint: string, query: string): Promise<Answer | undefined> {
  try {
    const info = await session.plan(statementQuery(`/*+ FLIGHT(${hint}) */ ${query}`));
    const rows = rowsOf(await session.read(info));
    return { endpoints: info.endpoint.length, ordered: info.ordered, rows };
  } catch (error) {
    const isRefusal = error instanceof HanaFlightError && error.code === 'invalid-argument';
    if (isRefusal && error.hana === undefined) return undefined;
    throw error;
  }
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));

const multiset = ({ rows }: Answer): readonly string[] => rows.map(textOf).toSorted();

/** The random queries are ordered by their first column, if at all: rows that are equal in it have no order. */
const sortKeys = ({ rows }: Answer): readonly string[] =>
  rows.map((row) => textOf(Object.values(row)[0]));

test(`The endpoints of any query, whatever the caller asks, are together the result of the query: ${RUNS} of them.`, async () => {
  const divided = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(keyRows(ROWS), keyRows(ROWS)),
      fc.array(
        fc.record({
          query: randomQuery,
          endpoints: fc.oneof(
            { weight: 15, arbitrary: fc.integer({ min: 1, max: 5 }) },
            // More than the column has values.
            { weight: 1, arbitrary: fc.constant(16) },
          ),
          column: fc.constantFrom('', ', column=K', ', column=V', ', column=(K, V)'),
          strategy: fc.constantFrom(
            '',
            '',
            ', strategy=hash',
            ', strategy=modulo',
            ', strategy=range',
          ),
        }),
        { minLength: 10, maxLength: 10 },
      ),
      async ([first, second], cases) => {
        await fill('T1', first);
        await fill('T2', second);
        for (const { query, endpoints, column, strategy } of cases) {
          const whole = await ask('off', query);
          const parts = await ask(`endpoints=${endpoints}${column}${strategy}`, query);
          if (whole === undefined || parts === undefined) continue;
          expect(multiset(parts), query).toEqual(multiset(whole));
          const isOrdered = query.includes(') ORDER BY 1') || / ORDER BY 1[^)]*$/.test(query);
          if (isOrdered) expect(parts.ordered, query).toBe(true);
          if (isOrdered) expect(sortKeys(parts), query).toEqual(sortKeys(whole));
          if (parts.endpoints > 1) divided.add(query);
        }
      },
    ),
    // Looking for a smaller case would execute thousands of statements.
    { numRuns: RUNS / 10, endOnFailure: true },
  );
  // A property of queries that stay whole would say nothing.
  expect(divided.size).toBeGreaterThan(RUNS / 10);
}, 300_000);
