import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import {
  type ColumnReference,
  type ConditionSplit,
  isObstacle,
  type Query,
} from '../../src/planner/sql/query.ts';
import { readQuery } from '../../src/planner/sql/read-query.ts';
import { conditionOf } from '../support/planned-query.ts';
import { KEY_COLUMNS, keyRows, QUERY_TABLES, randomQuery } from '../support/random-queries.ts';
import { TestEngine, type TestSession } from '../unit/sandbox-sql/harness.ts';
import type { Cell } from '../unit/sandbox-sql/row-decoder.ts';

/** Pieces of HANA's SQL, and what breaks it. */
const WORDS =
  'SELECT|FROM|WHERE|GROUP BY|HAVING|ORDER BY|UNION ALL|EXCEPT|WITH|AS|JOIN|LEFT|ON|USING|LATERAL|' +
  'DISTINCT|CASE|WHEN|THEN|END|AND|OR|NOT|IN|IS|NULL|BETWEEN|LIMIT|TOP|FOR UPDATE|OVER|CUBE|' +
  'PARTITION|FOR SYSTEM_TIME|AS OF|WITHIN GROUP|WITH HINT|WITH PARAMETERS|NULLS FIRST|DESC|' +
  '(|)|,|.|*|=|+|;|?|:1|1|\'a\'|"b"|T|A|COUNT|#T|' +
  '/*+ FLIGHT(2) */|/*+ FLIGHT(|FLIGHT(off)|/*+ FLIGHT(a=(1,b)) X */';
const BREAKAGE = [
  "'",
  '"',
  '/*',
  '*/',
  '--',
  '\n',
  '\r',
  '/*+',
  '{',
  '[',
  '\\',
  '\0',
  '\ud800',
  '1e',
];
const PIECES = [...WORDS.split('|'), ...BREAKAGE];

const soup = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(' ', '', '\n')), { maxLength: 40 })
  .map((pieces) => pieces.flat().join(''));

/** Texts that are nearly queries reach further into the reader than pure soup. */
const nearQuery = fc
  .tuple(randomQuery, soup, fc.nat(), fc.nat({ max: 20 }))
  .map(([query, extra, at, dropped]) => {
    const cut = at % (query.length + 1);
    return query.slice(0, cut) + extra.slice(0, 30) + query.slice(cut + dropped);
  });

function read(sql: string): Query | undefined {
  try {
    return readQuery(sql);
  } catch (error) {
    if (!(error instanceof HanaFlightError)) throw error;
    expect(error.code).toBe('invalid-argument');
    expect(error.message).toContain('FLIGHT hint');
    return undefined;
  }
}

describe('any text', () => {
  test.each([
    ['soup', soup],
    ['a query with something in it', nearQuery],
    ['characters', fc.string({ unit: 'binary', maxLength: 60 })],
  ])('is read without a failure: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (sql) => {
        const query = read(sql);
        if (query === undefined) return;
        expect(query.text.length).toBeLessThanOrEqual(sql.length);
        const { condition, wrap } = query;
        if (!isObstacle(condition)) {
          expect(condition.tables.length).toBeGreaterThan(0);
          expect(condition.apply({ condition: 'C' })).toContain('C');
        }
        if (!isObstacle(wrap)) expect(wrap.apply('C')).toContain(' WHERE C');
      }),
      { numRuns: 2000 },
    );
  });
});

/** Something that reads like SQL but is none where it stands. */
const disguise = fc
  .array(
    fc.constantFrom(' WHERE ', ' LIMIT 1 ', "''", '""', '(', ')', '--', '/* ', ';', '?', ', '),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

describe('strings, comments and quoted names', () => {
  test('hide whatever is written in them', () => {
    const embedded = fc.oneof(
      disguise.map((text) => `'${text.replaceAll("''", "'").replaceAll("'", "''")}' AS X`),
      disguise.map((text) => `A /* ${text.replaceAll('*/', '')} */`),
      disguise.map((text) => `A -- ${text}\n`),
      disguise.map((text) => `"${text.replaceAll('""', '"').replaceAll('"', '""')}"`),
    );
    fc.assert(
      fc.property(embedded, embedded, (item, other) => {
        const sql = `SELECT ${item}, ${other} FROM T WHERE K = 1 OR K = 2 -- end`;
        const { obstacle, markers } = readQuery(sql);
        expect(obstacle).toBeUndefined();
        expect(markers).toBe(0);
        expect(conditionOf(sql).apply({ condition: 'C' })).toBe(
          `SELECT ${item}, ${other} FROM T WHERE (K = 1 OR K = 2) AND (C) -- end`,
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** Conditions that divide all values of a key, NULL among them. */
const thirds = (key: string, low: number, high: number): readonly string[] => [
  `${key} IS NULL OR ${key} < ${low}`,
  `${key} >= ${low} AND ${key} < ${high}`,
  `${key} >= ${high}`,
];

/** The keys that a condition may split by, as SQL text. */
function keysOf(condition: ConditionSplit): readonly string[] {
  return condition.tables.flatMap((table) =>
    KEY_COLUMNS.filter((column) => {
      const isKey = ({ table: name, column: key }: ColumnReference): boolean =>
        key === column && (name === undefined || `"${name}"` === table.qualifier);
      return condition.keys?.some(isKey) ?? true;
    }).map((column) => condition.column(table, column)),
  );
}

/** One of the keys: over many runs each has its turn. */
const pick = (keys: readonly string[], choice: number): readonly string[] =>
  keys.length === 0 ? [] : [keys[choice % keys.length] ?? ''];

/** Queries that together should bring the rows of `query`, one list for each way to split it. */
function splitsOf(
  { condition, wrap }: Query,
  outputs: readonly string[],
  thirdsOf: (key: string) => readonly string[],
  choice: number,
): readonly (readonly string[])[] {
  const inside = isObstacle(condition)
    ? []
    : pick(keysOf(condition), choice).map((key) =>
        thirdsOf(key).map((third) => condition.apply({ condition: third })),
      );
  const outside = isObstacle(wrap)
    ? []
    : pick(outputs, choice).map((output) =>
        thirdsOf(wrap.column(output)).map((third) => wrap.apply(third)),
      );
  return [...inside, ...outside];
}

type Rows = readonly (readonly Cell[])[];

const asMultiset = (rows: Rows): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

/** Rank of a value in an ascending order with NULL first. */
const isInOrder = (values: readonly Cell[], descending: boolean, nullsFirst: boolean): boolean =>
  values.every((value, index) => {
    const before = values[index - 1];
    if (index === 0 || value === before) return true;
    if (value === null || before === null) return (before === null) === nullsFirst;
    return descending ? Number(before) >= Number(value) : Number(before) <= Number(value);
  });

describe('random queries in the sandbox', () => {
  let engine: TestEngine;
  let session: TestSession;

  beforeAll(async () => {
    engine = await TestEngine.open({ rows: 10 });
    session = await engine.session();
    for (const statement of QUERY_TABLES) await session.run(statement);
    const [first, second] =
      fc.sample(fc.tuple(keyRows(40), keyRows(25)), { seed: 1, numRuns: 1 })[0] ?? [];
    await session.run(
      'INSERT INTO T1 VALUES (?, ?, ?)',
      first?.map((row) => [...row]),
    );
    await session.run(
      'INSERT INTO T2 VALUES (?, ?, ?)',
      second?.map((row) => [...row]),
    );
  });

  afterAll(() => engine.close());

  test('bring the same rows whole and in every split that is allowed', async () => {
    let checked = 0;
    const bounds = fc.tuple(fc.integer({ min: -3, max: 2 }), fc.integer({ min: 2, max: 6 }));
    await fc.assert(
      fc.asyncProperty(randomQuery, bounds, fc.nat(), async (sql, [low, high], choice) => {
        const thirdsOf = (key: string): readonly string[] => thirds(key, low, high);
        const query = readQuery(sql);
        const whole = await session.query(query.text);
        const names = whole.columns.map(({ displayName }) => displayName);
        const outputs = names.filter((name) => ['K', 'V', 'N', 'M'].includes(name));
        for (const split of splitsOf(query, outputs, thirdsOf, choice)) {
          const rows: (readonly Cell[])[] = [];
          for (const part of split) rows.push(...(await session.query(part)).rows);
          expect(asMultiset(rows), split.join('\n')).toEqual(asMultiset(whole.rows));
          checked++;
        }
        const [sorted] = query.order ?? [];
        const index = names.indexOf(sorted?.output ?? '');
        if (sorted === undefined || index < 0) return;
        const values = whole.rows.map((row) => row[index] ?? null);
        expect(isInOrder(values, sorted.descending, sorted.nullsFirst), sql).toBe(true);
      }),
      { numRuns: 150 },
    );
    expect(checked).toBeGreaterThan(100);
  });
});
