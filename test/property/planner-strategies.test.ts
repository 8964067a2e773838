import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import type { Histogram, TableFacts, TextRow } from '../../src/planner/facts.ts';
import {
  type OutputColumn,
  type PartitionPlan,
  type PartitionRequest,
  STRATEGIES,
} from '../../src/planner/plan.ts';
import { planPartitions } from '../../src/planner/plan-partitions.ts';
import { readQuery } from '../../src/planner/sql/read-query.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { runAll } from '../support/catalog.ts';
import { demoCredentials } from '../support/hana-under-test.ts';
import {
  createKeyTable,
  insertKeyRow,
  KEY_COLUMN_NAMES,
  KEY_COLUMNS,
  type KeyColumnName,
  randomKeyRows,
} from '../support/key-table.ts';
import { ProbedDatabase, readTextRows } from '../support/planning.ts';

const ROWS = 300;
const TABLES = ['KEYS_COLUMN', 'KEYS_ROW', 'KEYS_PARTS', 'KEYS_VIEW'] as const;

/** Another one in every run; a failure prints it with the name of the test. */
const SEED = Math.trunc(Math.random() * 2 ** 31);

const column = fc.constantFrom(...KEY_COLUMN_NAMES);
const filter = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constantFrom('T.ID > 100', "T.K_SKEW = 1 OR T.K_TEXT LIKE '%a%'") },
  fc.constant('T.ID < 0'),
);

/** A query, and the column that a split of it may go by. */
interface QueryCase {
  readonly sql: string;
  readonly key: KeyColumnName;
}

const table = fc.constantFrom(...TABLES);

const queryCase: fc.Arbitrary<QueryCase> = fc
  .record({ table, key: column, where: filter })
  .chain(({ table: name, key, where }) => {
    const filtered = where === undefined ? '' : ` WHERE ${where}`;
    const rows = `SELECT T.ID, T.${key} FROM ${name} AS T${filtered}`;
    const ordered = fc
      .tuple(
        fc.constantFrom('', ' ASC', ' DESC'),
        fc.constantFrom('', ' NULLS FIRST', ' NULLS LAST'),
      )
      .map(([direction, nulls]) => `${rows} ORDER BY T.${key}${direction}${nulls}, T.ID`);
    const sql = fc.oneof(
      { weight: 4, arbitrary: fc.constant(rows) },
      { weight: 4, arbitrary: ordered },
      fc.constant(`SELECT T.${key}, COUNT(*) AS N FROM ${name} AS T${filtered} GROUP BY T.${key}`),
      fc.constant(`SELECT DISTINCT T.${key} FROM ${name} AS T${filtered}`),
      fc.constant(
        `SELECT T.ID, O.ID AS OTHER FROM ${name} AS T LEFT JOIN KEYS_COLUMN AS O ON T.ID = O.ID + 200${filtered}`,
      ),
      fc.constant(`WITH C AS (${rows}) SELECT * FROM C`),
    );
    return sql.map((text) => ({ sql: text, key }));
  });

interface Wish {
  readonly endpoints: PartitionRequest['endpoints'];
  readonly strategy: PartitionRequest['strategy'];
  readonly names: 'none' | 'key' | 'several';
  readonly also: KeyColumnName;
  /** Facts say that the table is so many times as large: then samples are small. */
  readonly magnified: number;
  readonly bounds: readonly number[];
}

const wish: fc.Arbitrary<Wish> = fc.record({
  endpoints: fc.oneof(
    { weight: 16, arbitrary: fc.integer({ min: 2, max: 7 }) },
    { weight: 1, arbitrary: fc.constantFrom(1, 20, 64) },
    { weight: 4, arbitrary: fc.constant('auto' as const) },
  ),
  strategy: fc.constantFrom(undefined, undefined, ...STRATEGIES),
  names: fc.constantFrom('none', 'key', 'key', 'several'),
  also: column,
  magnified: fc.constantFrom(1, 1, 500),
  bounds: fc.array(fc.nat({ max: ROWS - 1 }), { maxLength: 8 }),
});

function requestOf({ key }: QueryCase, asked: Wish): PartitionRequest {
  const { endpoints, strategy, names, also, bounds } = asked;
  const columns = { none: undefined, key: [key], several: [...new Set([key, also])] }[names];
  const values = bounds.flatMap((place) => boundsOfRows[place]?.[key] ?? []);
  return {
    endpoints,
    columns,
    strategy,
    consistency: 'statement',
    ...(strategy === 'bounds' && { bounds: values }),
  };
}

const boundsOfRows = randomKeyRows(ROWS, SEED);

/** Says more than the sandbox knows: another size, and statistics that are old and in no order. */
function changed({ key }: QueryCase, { magnified, bounds }: Wish) {
  const histogram: Histogram = {
    column: key,
    buckets: bounds.flatMap((place) => {
      const upper = boundsOfRows[place]?.[key];
      return upper === undefined ? [] : [{ upper, rows: 10 }];
    }),
  };
  return (facts: TableFacts): TableFacts => ({
    ...facts,
    rows: facts.rows && facts.rows * magnified,
    histograms: [histogram],
  });
}

/** As HANA describes the columns of the queries when it compiles them. */
function outputOf({ sql, key }: QueryCase): readonly OutputColumn[] {
  const name = /FROM (KEYS_\w+)/.exec(sql)?.[1] ?? '';
  const [, typeName = '', length = '0', scale] =
    /^(\w+)(?:\((\d+)(?:, (\d+))?\))?$/.exec(KEY_COLUMNS[key]) ?? [];
  const floating = typeName === 'DECIMAL' && scale === undefined;
  return [
    {
      name: key,
      typeName,
      length: Number(length),
      scale: floating ? 32_767 : Number(scale ?? 0),
      origin: { schema: 'DEMO', table: name, column: key },
    },
  ];
}

const text = (rows: readonly TextRow[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row.map((cell) => cell ?? null)));

describe(`the endpoints of a plan, rows of seed ${SEED}`, () => {
  let sandbox: RunningSandbox;
  let connection: HanaConnection;
  let database: ProbedDatabase;
  const wholes = new Map<string, readonly string[]>();
  const used = new Map<string, number>();

  beforeAll(async () => {
    sandbox = await openSandbox({ rows: 10 });
    connection = await connectHana({ host: sandbox.host, port: sandbox.port }, demoCredentials);
    database = new ProbedDatabase(connection);
    await runAll(connection, [
      createKeyTable('KEYS_COLUMN', 'COLUMN'),
      createKeyTable('KEYS_ROW', 'ROW'),
      createKeyTable('KEYS_PARTS', 'COLUMN', 'PARTITION BY HASH (ID) PARTITIONS 5'),
      'CREATE VIEW KEYS_VIEW AS SELECT * FROM KEYS_COLUMN',
      ...boundsOfRows.map((row, place) => insertKeyRow('KEYS_COLUMN', place + 1, row)),
      'INSERT INTO KEYS_ROW SELECT * FROM KEYS_COLUMN',
      'INSERT INTO KEYS_PARTS SELECT * FROM KEYS_COLUMN',
    ]);
  });

  afterAll(async () => {
    await connection.close();
    await sandbox.close();
  });

  async function wholeOf(sql: string): Promise<readonly string[]> {
    const known = wholes.get(sql) ?? text(await readTextRows(connection, sql));
    wholes.set(sql, known);
    return known;
  }

  async function planOf(query: QueryCase, asked: Wish): Promise<PartitionPlan | undefined> {
    const planning = planPartitions(readQuery(query.sql), requestOf(query, asked), {
      limits: { minRows: 100, autoEndpoints: 8 },
      output: outputOf(query),
    });
    try {
      return await database.plan(planning, changed(query, asked));
    } catch (error) {
      // A strategy or a bound that cannot be used for this column.
      if (error instanceof HanaFlightError && error.code === 'invalid-argument') return undefined;
      throw error;
    }
  }

  test('bring every row of the query once, and in its order if the plan says so', async () => {
    await fc.assert(
      fc.asyncProperty(queryCase, wish, async (query, asked) => {
        const plan = await planOf(query, asked);
        if (plan === undefined) return;
        used.set(plan.strategy, (used.get(plan.strategy) ?? 0) + 1);
        const read: string[] = [];
        for (const { sql } of plan.endpoints)
          read.push(...text(await readTextRows(connection, sql)));
        const whole = await wholeOf(query.sql);
        // Without ORDER BY even the same text may bring its rows in another order the next time.
        const hasOrder = query.sql.includes(' ORDER BY ');
        if (plan.ordered && hasOrder) expect(read).toEqual(whole);
        else expect(read.toSorted()).toEqual(whole.toSorted());
      }),
      { numRuns: 300 },
    );
    // Every strategy had its turn, also without being asked for.
    expect([...used.keys()].toSorted()).toEqual(['single', ...STRATEGIES].toSorted());
  }, 300_000);
});
