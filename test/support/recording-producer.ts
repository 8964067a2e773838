import { int32Column, makeBatch, utf8Column } from '../../src/arrow/columns.ts';
import type { ArrowSchema } from '../../src/arrow/types.ts';
import type { BatchStream, Call, FlightSqlProducer } from '../../src/flight/producer.ts';

/** One thing that a producer was asked for: the method and its arguments, without the call. */
export type Asked = readonly [method: keyof FlightSqlProducer, ...args: unknown[]];

const NUMBERS: ArrowSchema = {
  fields: [{ name: 'n', type: { kind: 'int', bits: 32, signed: true }, nullable: true }],
};

export const NO_FIELDS: ArrowSchema = { fields: [] };

/** A result of one column `n` with these values, one a batch. */
export function numbers(...values: readonly number[]): BatchStream {
  return { schema: NUMBERS, batches: batchesOf(values) };
}

async function* batchesOf(values: readonly number[]) {
  for (const value of values) yield makeBatch(1, [int32Column([value])]);
}

/** A schema of one text column, and its batches: an upload with rows. */
export const TEXTS: ArrowSchema = {
  fields: [{ name: 't', type: { kind: 'utf8' }, nullable: true }],
};

export function texts(...values: readonly (string | null)[]) {
  return makeBatch(values.length, [utf8Column(values)]);
}

/**
 * A backend that offers everything, remembers what it was asked for and answers with the same few
 * values. Bytes are remembered as text, uploads as their field names and row counts.
 */
export function recordingProducer(overrides: FlightSqlProducer = {}) {
  const asked: Asked[] = [];
  const calls: Call[] = [];
  const answer: Answer = async (method, call, args, value) => {
    asked.push([method, ...args.map(readable)]);
    calls.push(call);
    return value;
  };
  const producer: FlightSqlProducer = {
    ...statements(answer),
    ...actions(answer),
    ...catalog(answer),
    ...overrides,
  };
  return { producer, asked, calls };
}

/** Remembers a method and its arguments, and answers with the value. */
type Answer = <T>(
  method: keyof FlightSqlProducer,
  call: Call,
  args: readonly unknown[],
  value: T,
) => Promise<T>;

const PLAN = {
  schema: NUMBERS,
  endpoints: [{ handle: Buffer.from('handle') }],
  totalRecords: 1,
  ordered: true,
};

const PREPARED = {
  handle: Buffer.from('prepared'),
  datasetSchema: NUMBERS,
  parameterSchema: TEXTS,
  isUpdate: false,
};

function statements(answer: Answer): FlightSqlProducer {
  return {
    planStatement: (query, call) => answer('planStatement', call, [query], PLAN),
    describeStatement: (query, call) => answer('describeStatement', call, [query], NUMBERS),
    openStatement: (handle, call) => answer('openStatement', call, [handle], numbers(1, 2)),
    executeUpdate: (query, call) => answer('executeUpdate', call, [query], 3),
    createPreparedStatement: (query, call) =>
      answer('createPreparedStatement', call, [query], PREPARED),
    closePreparedStatement: (handle, call) =>
      answer('closePreparedStatement', call, [handle], undefined),
    bindParameters: async (handle, rows, call) =>
      answer('bindParameters', call, [handle, await countRows(rows)], undefined),
    planPreparedStatement: (handle, call) => answer('planPreparedStatement', call, [handle], PLAN),
    describePreparedStatement: (handle, call) =>
      answer('describePreparedStatement', call, [handle], NUMBERS),
    executePreparedUpdate: async (handle, rows, call) =>
      answer('executePreparedUpdate', call, [handle, rows && (await countRows(rows))], 3),
    planSubstrait: (query, call) => answer('planSubstrait', call, [query], PLAN),
    describeSubstrait: (query, call) => answer('describeSubstrait', call, [query], NUMBERS),
    executeSubstraitUpdate: (query, call) => answer('executeSubstraitUpdate', call, [query], 3),
    createPreparedSubstraitPlan: (query, call) =>
      answer('createPreparedSubstraitPlan', call, [query], PREPARED),
    ingest: async (request, rows, call) => {
      const uploaded = await countRows(rows);
      return answer('ingest', call, [request, uploaded], uploaded.rows);
    },
  };
}

function actions(answer: Answer): FlightSqlProducer {
  return {
    beginTransaction: (call) => answer('beginTransaction', call, [], Buffer.from('tx')),
    endTransaction: (id, ending, call) => answer('endTransaction', call, [id, ending], undefined),
    beginSavepoint: (id, name, call) =>
      answer('beginSavepoint', call, [id, name], Buffer.from('sp')),
    endSavepoint: (id, ending, call) => answer('endSavepoint', call, [id, ending], undefined),
    cancelStatement: (handles, call) =>
      answer('cancelStatement', call, [handles.map(readable)], 'cancelled'),
    renewStatement: (handle, call) =>
      answer('renewStatement', call, [handle], {
        handle: Buffer.from('renewed'),
        expiresAt: new Date(86_400_000),
      }),
    setSessionOptions: (options, call) =>
      answer('setSessionOptions', call, [options], new Map([['lol', 'invalid-name']])),
    getSessionOptions: (call) => answer('getSessionOptions', call, [], new Map()),
    closeSession: (call) => answer('closeSession', call, [], 'closed'),
  };
}

function catalog(answer: Answer): FlightSqlProducer {
  const schemas = [{ catalog: undefined, dbSchema: 'S' }];
  const tables = schemas.map((row) => ({
    ...row,
    table: 'T',
    tableType: 'TABLE',
    schema: NUMBERS,
  }));
  return {
    catalogs: (call) => answer('catalogs', call, [], ['C']),
    dbSchemas: (filter, call) => answer('dbSchemas', call, [filter], schemas),
    tables: (filter, call) => answer('tables', call, [filter], tables),
    tableTypes: (call) => answer('tableTypes', call, [], ['TABLE']),
    primaryKeys: (table, call) => answer('primaryKeys', call, [table], []),
    exportedKeys: (table, call) => answer('exportedKeys', call, [table], []),
    importedKeys: (table, call) => answer('importedKeys', call, [table], []),
    crossReference: (primary, foreign, call) =>
      answer('crossReference', call, [primary, foreign], []),
    xdbcTypes: (type, call) => answer('xdbcTypes', call, [type], []),
    sqlInfo: (call) =>
      answer('sqlInfo', call, [], new Map([[0, { kind: 'string', value: 'memory' }]])),
  };
}

async function countRows({ schema, batches }: BatchStream) {
  let rows = 0;
  for await (const batch of batches) rows += batch.rowCount;
  return { fields: schema.fields.map(({ name }) => name), rows };
}

function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof Map || Array.isArray(value) || typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}
