import { status } from '@grpc/grpc-js';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { CITIES } from '../../../examples/memory-producer.ts';
import { encodeSchemaHeader, encodeSchemaMessage } from '../../../src/arrow/ipc-schema.ts';
import { decodeFlightData } from '../../../src/flight/flight-data.ts';
import { FLIGHT, messageCodec, packAny, unpackAny } from '../../../src/flight/protocol.ts';
import {
  bearer,
  collect,
  command,
  connect,
  descriptor,
  failureOf,
  RawClient,
  SQL_PACKAGE,
  startServer,
  ticket,
} from '../../support/flight-server.ts';

const citiesQuery = command('CommandStatementQuery', { query: 'CITIES' });

const statementTicket = messageCodec<{ statement_handle: Uint8Array }>(
  `${SQL_PACKAGE}TicketStatementQuery`,
);
const createResult = messageCodec<{
  prepared_statement_handle: Uint8Array;
  dataset_schema: Uint8Array;
  parameter_schema: Uint8Array;
  is_update: boolean;
}>(`${SQL_PACKAGE}ActionCreatePreparedStatementResult`);

/** The one result of CreatePreparedStatement for a SQL text. */
async function prepare(client: RawClient, query: string) {
  const body = command('ActionCreatePreparedStatementRequest', { query });
  const action = FLIGHT.action.encode({ type: 'CreatePreparedStatement', body });
  const [reply] = await collect(client.stream('DoAction', action));
  const { typeName, value } = unpackAny(FLIGHT.result.decode(reply ?? Buffer.alloc(0)).body, 'r');
  expect(typeName).toBe(createResult.name);
  return createResult.decode(value);
}

describe('a statement', () => {
  it('is planned with schema, one endpoint without location, and the descriptor echoed', async () => {
    const client = new RawClient(await startServer());
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(citiesQuery)));
    expect(Buffer.from(info.schema)).toEqual(Buffer.from(encodeSchemaMessage(CITIES.schema)));
    expect(Buffer.from(info.flight_descriptor?.cmd ?? [])).toEqual(citiesQuery);
    expect(info).toMatchObject({ total_records: '3', total_bytes: '-1', ordered: true });
    expect(info.endpoint).toHaveLength(1);
    expect(info.endpoint[0]?.location).toEqual([]);
  });

  it('is fetched by a packed TicketStatementQuery', async () => {
    const client = new RawClient(await startServer());
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(citiesQuery)));
    const { typeName, value } = unpackAny(info.endpoint[0]?.ticket?.ticket ?? Buffer.alloc(0), 't');
    expect(typeName).toBe(statementTicket.name);
    expect(Buffer.from(statementTicket.decode(value).statement_handle).toString()).toBe('CITIES');
  });

  it('starts its stream with exactly the schema that was promised, then sends each batch', async () => {
    const client = new RawClient(await startServer());
    const request = ticket(packAny(statementTicket, { statement_handle: Buffer.from('CITIES') }));
    const messages = (await collect(client.stream('DoGet', request))).map(decodeFlightData);
    expect(messages).toHaveLength(3);
    expect(Buffer.from(messages[0]?.header ?? [])).toEqual(
      Buffer.from(encodeSchemaHeader(CITIES.schema)),
    );
    expect(messages[0]?.body).toHaveLength(0);
    expect(messages.map(({ body }) => body.length % 8)).toEqual([0, 0, 0]);
  });

  it('tells its schema alone to GetSchema', async () => {
    const client = new RawClient(await startServer());
    const reply = await client.unary('GetSchema', descriptor(citiesQuery));
    const { schema } = FLIGHT.schemaResult.decode(reply);
    expect(RecordBatchReader.from(schema).open().schema.names).toEqual(['NAME', 'FOUNDED', 'AREA']);
  });

  it('sends an error of the backend with its code and text', async () => {
    const client = new RawClient(await startServer());
    const unknown = descriptor(command('CommandStatementQuery', { query: 'NOPE' }));
    expect(await failureOf(client.unary('GetFlightInfo', unknown))).toMatchObject({
      code: status.NOT_FOUND,
      details: 'there is no table NOPE',
    });
  });

  it('hands the transaction id on, and says undefined when there is none', async () => {
    const seen: unknown[] = [];
    const server = await startServer({
      producer: {
        describeStatement: async (query) => {
          seen.push({ ...query });
          return { fields: [] };
        },
      },
    });
    const client = new RawClient(server);
    const inTransaction = { query: 'a', transaction_id: Buffer.from('t1') };
    await client.unary('GetSchema', descriptor(command('CommandStatementQuery', inTransaction)));
    await client.unary('GetSchema', descriptor(command('CommandStatementQuery', { query: 'b' })));
    expect(seen).toEqual([
      { sql: 'a', transactionId: Buffer.from('t1') },
      { sql: 'b', transactionId: undefined },
    ]);
  });

  it('takes a SQL text of 10 MB', async () => {
    const client = new RawClient(await startServer());
    const long = 'x'.repeat(10_000_000);
    const request = descriptor(command('CommandStatementQuery', { query: long }));
    const failure = await failureOf(client.unary('GetFlightInfo', request));
    expect(failure.code).toBe(status.NOT_FOUND);
    expect(failure.details).toMatch(/^there is no table xxx.*\(cut\)$/);
  });

  it('is refused above the limit on received messages, and the server goes on', async () => {
    const client = new RawClient(await startServer({ maxReceiveBytes: 1_000 }));
    const request = descriptor(command('CommandStatementQuery', { query: 'x'.repeat(2_000) }));
    const failure = await failureOf(client.unary('GetFlightInfo', request));
    expect(failure.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await client.unary('GetFlightInfo', descriptor(citiesQuery))).not.toHaveLength(0);
  });
});

describe('a prepared statement', () => {
  it('is created with schemas that are never empty bytes, and is_update always set', async () => {
    const created = await prepare(new RawClient(await startServer()), 'CITIES');
    expect(tableFromIPC(created.dataset_schema).schema.names).toEqual(['NAME', 'FOUNDED', 'AREA']);
    expect(tableFromIPC(created.parameter_schema).schema.names).toEqual([]);
    expect(created).toMatchObject({ is_update: false });
  });

  it('is planned, described, fetched and closed by its handle', async () => {
    const server = await startServer();
    const client = new RawClient(server);
    const { prepared_statement_handle } = await prepare(client, 'CITIES');
    const query = command('CommandPreparedStatementQuery', { prepared_statement_handle });
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(query)));
    const schema = FLIGHT.schemaResult.decode(await client.unary('GetSchema', descriptor(query)));
    expect(info.schema).toEqual(schema.schema);
    const rows = client.stream(
      'DoGet',
      ticket(info.endpoint[0]?.ticket?.ticket ?? Buffer.alloc(0)),
    );
    expect(await collect(rows)).toHaveLength(3);
    const body = command('ActionClosePreparedStatementRequest', { prepared_statement_handle });
    const close = FLIGHT.action.encode({ type: 'ClosePreparedStatement', body });
    expect(await collect(client.stream('DoAction', close))).toEqual([]);
  });
});

it('a result without fields is a schema and nothing else', async () => {
  const server = await startServer({
    producer: {
      planStatement: async () => ({
        schema: { fields: [] },
        endpoints: [{ handle: Buffer.from('h') }],
        totalRecords: 7,
        ordered: true,
      }),
      openStatement: async () => ({ schema: { fields: [] }, batches: (async function* () {})() }),
    },
  });
  const client = await connect(server);
  const result = await client.execute('DELETE');
  expect(result.totalRecords).toBe(7);
  const kinds: string[] = [];
  for await (const message of client.readAll(result)) kinds.push(message.kind);
  expect(kinds).toEqual(['schema']);
});

it('lists no flights, and only the actions that the backend can do', async () => {
  const client = new RawClient(await startServer());
  expect(await collect(client.stream('ListFlights', Buffer.alloc(0)))).toEqual([]);
  const actions = await collect(client.stream('ListActions', Buffer.alloc(0)));
  expect(actions.map((action) => FLIGHT.actionType.decode(action).type)).toEqual([
    'CreatePreparedStatement',
    'ClosePreparedStatement',
  ]);
  const empty = new RawClient(await startServer({ producer: {} }));
  expect(
    await collect(empty.stream('ListActions', Buffer.alloc(0), { headers: bearer() })),
  ).toEqual([]);
});

it('tells what each call came to', async () => {
  const server = await startServer();
  const client = new RawClient(server);
  await client.unary('GetFlightInfo', descriptor(citiesQuery));
  const handle = packAny(statementTicket, { statement_handle: Buffer.from('CITIES') });
  await collect(client.stream('DoGet', ticket(handle)));
  expect(server.ended).toMatchObject([
    { rpc: 'GetFlightInfo', user: 'DEMO', command: 'CommandStatementQuery', error: undefined },
    { rpc: 'DoGet', user: 'DEMO', command: 'TicketStatementQuery', rows: 3, batches: 2 },
  ]);
  expect(server.ended[1]?.bytes).toBeGreaterThan(500);
  expect(server.ended[1]?.userAgent).toMatch(/grpc-node-js/);
});
