import { status } from '@grpc/grpc-js';
import { type DenseUnion, type Table, tableFromIPC, UnionMode } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { ipcStream } from '../../../src/flight/client.ts';
import type { SqlInfoValue } from '../../../src/flight/producer.ts';
import { FLIGHT, protocol } from '../../../src/flight/protocol.ts';
import { SQL_INFO, sqlInfoValues } from '../../../src/flight/sql/sql-info.ts';
import { rowsOf } from '../../support/arrow-rows.ts';
import {
  collect,
  command,
  connect,
  descriptor,
  failureOf,
  RawClient,
  startServer,
  ticket,
} from '../../support/flight-server.ts';

const values = new Map<number, SqlInfoValue>([
  ...sqlInfoValues({
    SQL_IDENTIFIER_CASE: 2,
    FLIGHT_SQL_SERVER_NAME: 'hana-flight',
    FLIGHT_SQL_SERVER_SQL: true,
    FLIGHT_SQL_SERVER_TRANSACTION: 1,
    FLIGHT_SQL_SERVER_BULK_INGESTION: false,
    FLIGHT_SQL_SERVER_READ_ONLY: false,
    SQL_KEYWORDS: ['LIMIT', 'TOP'],
    SQL_NUMERIC_FUNCTIONS: [],
    SQL_SUPPORTS_CONVERT: new Map([
      [0, [3, 5]],
      [7, []],
    ]),
  }),
  [10_001, { kind: 'string', value: 'private' }],
]);

async function askFor(info: readonly number[]): Promise<Table> {
  const server = await startServer({ producer: { sqlInfo: async () => values } });
  const client = await connect(server);
  const endpoint = { ticket: command('CommandGetSqlInfo', { info }), locations: [] };
  const bytes: Uint8Array[] = [];
  for await (const chunk of ipcStream(client.read(endpoint))) bytes.push(chunk);
  return tableFromIPC(Buffer.concat(bytes));
}

/** Rows by id, each with the type id of its union member. */
function factsOf(table: Table): Record<string, unknown> {
  const typeIds = typeIdsOf(table);
  const facts = rowsOf(table) as { info_name: number; value: unknown }[];
  return Object.fromEntries(
    facts.map(({ info_name, value }, row) => [info_name, [typeIds[row], plain(value)]]),
  );
}

function typeIdsOf(table: Table): Int8Array {
  const data = table.getChild('value')?.data[0] as { typeIds: Int8Array } | undefined;
  return data?.typeIds ?? new Int8Array(0);
}

/** Vectors and maps of apache-arrow as plain objects, 64-bit numbers as text. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? `${member}n` : member,
  );
  return JSON.parse(text) as unknown;
}

describe('GetSqlInfo', () => {
  it('sends each value in the union member that drivers read it from', async () => {
    const rows = factsOf(await askFor([]));
    expect(rows).toEqual({
      0: [0, 'hana-flight'],
      3: [1, false],
      4: [1, true],
      8: [3, 1],
      503: [2, '2n'],
      508: [4, ['LIMIT', 'TOP']],
      509: [4, []],
      517: [5, { 0: [3, 5], 7: [] }],
    });
  });

  it('sorts by id', async () => {
    const ids = [...((await askFor([])).getChild('info_name') ?? [])];
    expect(ids).toEqual([0, 3, 4, 8, 503, 508, 509, 517]);
  });

  it('keeps ids that older drivers do not know out of the answer to an empty list', async () => {
    const rows = factsOf(await askFor([]));
    expect(rows).not.toHaveProperty('10');
    expect(rows).not.toHaveProperty('10001');
  });

  it('tells them to those who ask, once each, and leaves out what it does not know', async () => {
    const rows = factsOf(await askFor([10_001, 10, 10, 9, 77_777]));
    expect(rows).toEqual({ 10: [1, false], 10001: [0, 'private'] });
  });

  it('answers no known id with no rows', async () => {
    expect((await askFor([4_000_000_000])).numRows).toBe(0);
  });

  it('promises the reference schema, and takes the command as its ticket', async () => {
    const server = await startServer({ producer: { sqlInfo: async () => values } });
    const client = new RawClient(server);
    const cmd = command('CommandGetSqlInfo', { info: [8] });
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(cmd)));
    expect(Buffer.from(info.endpoint[0]?.ticket?.ticket ?? [])).toEqual(cmd);
    expect(info.total_records).toBe('-1');
    const schema = FLIGHT.schemaResult.decode(await client.unary('GetSchema', descriptor(cmd)));
    expect(schema.schema).toEqual(info.schema);
    const [name, value] = tableFromIPC(info.schema).schema.fields;
    expect([String(name), name?.nullable]).toEqual(['info_name: Uint32', false]);
    expect([value?.name, value?.nullable, value?.metadata.size]).toEqual(['value', false, 0]);
    const union = value?.type as DenseUnion;
    expect(union.mode).toBe(UnionMode.Dense);
    expect(union.typeIds).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5));
    expect(union.children.map((child) => `${child.name}: ${String(child.type)}`)).toEqual([
      'string_value: Utf8',
      'bool_value: Bool',
      'bigint_value: Int64',
      'int32_bitmask: Int32',
      'string_list: List<Utf8>',
      'int32_to_int32_list_map: Map<{key:Int32, value:List<Int32>}>',
    ]);
    expect(union.children.map((child) => child.nullable)).toEqual(Array(6).fill(false));
    expect(await collect(client.stream('DoGet', ticket(cmd)))).toHaveLength(2);
  });

  it('fails rather than send a value of another kind than its id demands', async () => {
    const wrong = new Map<number, SqlInfoValue>([[8, { kind: 'bool', value: true }]]);
    const server = await startServer({ producer: { sqlInfo: async () => wrong } });
    const request = ticket(command('CommandGetSqlInfo'));
    const failure = await failureOf(collect(new RawClient(server).stream('DoGet', request)));
    expect(failure.code).toBe(status.INTERNAL);
    expect(failure.details).toBe(
      'SqlInfo FLIGHT_SQL_SERVER_TRANSACTION (8): expected a value of kind int32, got bool',
    );
  });
});

it('the table of ids is the enum of the protocol file', () => {
  const definition = protocol['arrow.flight.protocol.sql.SqlInfo'] as unknown as {
    type: { value: { name: string; number: number }[] };
  };
  const enumeration = definition.type.value.map(({ name, number }) => [name, number]);
  expect(Object.entries(SQL_INFO).map(([name, { id }]) => [name, id])).toEqual(enumeration);
});
