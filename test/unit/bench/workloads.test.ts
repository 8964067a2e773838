import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOfBatches } from '../../../bench/digest.ts';
import { prebuiltBatches } from '../../../bench/flight/prebuilt-batches.ts';
import { assertEqualDigests } from '../../../bench/peers/reader.ts';
import { replayBefore } from '../../../bench/replay/replay-engine.ts';
import { parseReplayQuery, replayParts, replaySql } from '../../../bench/replay/replay-query.ts';
import { makeWorkload, type Workload } from '../../../bench/workloads/workload.ts';
import { findWorkload, WORKLOADS } from '../../../bench/workloads/workloads.ts';
import type { Engine, EngineSession, RowSource } from '../../../src/sandbox/engine.ts';
import { openDuckEngine } from '../../../src/sandbox/sql/engine.ts';

const SIZE = { rows: 300, seed: 7 };
const NO_LOBS = { register: () => new Uint8Array(8) };
const IDENTITY = { connectionId: 1, user: 'DEMO', dataFormatVersion: 8, clientHost: 'localhost' };
const MAX_ROWS = 90;
const MAX_BYTES = 3000;

const digestOf = (workload: Workload) => {
  const { schema, batches } = prebuiltBatches(workload);
  return digestOfBatches(schema, batches);
};

describe('a workload of the bench', () => {
  test.each(WORKLOADS)('$name has its rows and columns in bytes that the decoder reads', (made) => {
    const { batches, schema } = prebuiltBatches(makeWorkload(made, SIZE));
    expect(batches.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(SIZE.rows);
    expect(schema.fields.map(({ name }) => name)).toEqual(made.columns.map(({ name }) => name));
  });

  test.each(WORKLOADS)('$name is the same for the same seed', (made) => {
    const [one, other] = [makeWorkload(made, SIZE), makeWorkload(made, SIZE)];
    expect(Buffer.compare(one.rows(0, SIZE.rows), other.rows(0, SIZE.rows))).toBe(0);
  });

  test('has another digest, in the columns that differ, for another seed', () => {
    const narrow = findWorkload('narrow');
    const seven = digestOf(makeWorkload(narrow, SIZE));
    const eight = digestOf(makeWorkload(narrow, { ...SIZE, seed: 8 }));
    expect(eight['ID']).toBe(seven['ID']);
    expect(() => assertEqualDigests({ seven, eight })).toThrow(
      'eight and seven differ in the columns QUANTITY, WEIGHT, CUSTOMER, POSTED_AT, AMOUNT',
    );
  });

  test('that there is none of is named together with those there are', () => {
    expect(() => findWorkload('broad')).toThrow('expected one of narrow, transactions, wide');
  });
});

describe('the text of a query of the bench', () => {
  test.each([
    { workload: 'NARROW', part: 1, parts: 1, times: 1 },
    { workload: 'WIDE', part: 3, parts: 8, times: 1 },
    { workload: 'NARROW', part: 8, parts: 8, times: 100 },
  ])('says workload $workload, part $part of $parts, $times times', (query) => {
    expect(parseReplayQuery(replaySql(query))).toEqual(query);
  });

  test.each(['SELECT 1 FROM DUMMY', 'SELECT * FROM NARROW WHERE ID = 1', 'SELECT * FROM N_9_OF_8'])(
    'is not %s',
    (sql) => {
      expect(parseReplayQuery(sql)).toBeUndefined();
    },
  );
});

describe('the replay engine', () => {
  const workload = makeWorkload(findWorkload('strings'), SIZE);
  let engine: Engine;
  let session: EngineSession;

  beforeAll(async () => {
    engine = replayBefore(await openDuckEngine({ rows: 1 }), [workload]);
    session = await engine.openSession(IDENTITY, NO_LOBS);
  });
  afterAll(async () => {
    await session.close();
    await engine.close();
  });

  async function open(sql: string): Promise<RowSource> {
    const outcome = await (await session.prepare(sql)).execute([[]], true);
    if (outcome.kind === 'rows') return outcome.rows;
    throw new Error('expected rows');
  }

  /** All rows, in packets that keep the limits; a single row may pass that of bytes. */
  async function readAll(sql: string): Promise<Buffer> {
    const rows = await open(sql);
    const packets: Uint8Array[] = [];
    for (;;) {
      const { bytes, rowCount, last } = await rows.next(MAX_ROWS, MAX_BYTES);
      expect(rowCount).toBeLessThanOrEqual(MAX_ROWS);
      if (rowCount > 1) expect(bytes.length).toBeLessThanOrEqual(MAX_BYTES);
      packets.push(bytes);
      if (last) return Buffer.concat(packets);
    }
  }

  test('answers the parts with all rows, each once and in order', async () => {
    const parts = await Promise.all(replayParts('STRINGS', 7).map(readAll));
    expect(Buffer.compare(Buffer.concat(parts), workload.rows(0, SIZE.rows))).toBe(0);
  });

  test('answers parts of a repeated workload with all its repetitions', async () => {
    const parts = await Promise.all(replayParts('STRINGS', 8, 3).map(readAll));
    const once = workload.rows(0, SIZE.rows);
    expect(Buffer.compare(Buffer.concat(parts), Buffer.concat([once, once, once]))).toBe(0);
  });

  test('leaves other statements to the engine behind it', async () => {
    const statement = await session.prepare('SELECT DUMMY FROM DUMMY');
    expect(statement.columns.map(({ displayName }) => displayName)).toEqual(['DUMMY']);
    await statement.close();
  });
});
