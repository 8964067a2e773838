import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it, vi } from 'vitest';
import { CITIES, memoryProducer } from '../../../examples/memory-producer.ts';
import type { ArrowBatch } from '../../../src/arrow/batch.ts';
import { int32Column, makeBatch } from '../../../src/arrow/columns.ts';
import type { ArrowSchema } from '../../../src/arrow/types.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import { connectFlight, ipcStream, recordBatches } from '../../../src/flight/client.ts';
import type { Call, FlightSqlProducer } from '../../../src/flight/producer.ts';
import { rowsOf } from '../../support/arrow-rows.ts';
import { connect, Gate, PASSWORD, startServer, USER } from '../../support/flight-server.ts';

const schema: ArrowSchema = {
  fields: [{ name: 'N', type: { kind: 'int', bits: 32, signed: true }, nullable: true }],
};

function rows(...values: number[]): ArrowBatch {
  return makeBatch(values.length, [int32Column(values)]);
}

/** A backend whose result has `count` endpoints in an order, each made by `batches`. */
function endpoints(
  count: number,
  batches: (endpoint: number, call: Call) => AsyncIterable<ArrowBatch>,
  ordered = true,
): FlightSqlProducer {
  return {
    planStatement: async () => ({
      schema,
      endpoints: Array.from({ length: count }, (_, at) => ({ handle: Uint8Array.of(at) })),
      totalRecords: -1,
      ordered,
    }),
    openStatement: async ([at = 0], call) => ({ schema, batches: batches(at, call) }),
  };
}

/** A batch, and then nothing until the call is given up. */
async function* oneAndNoMore(at: number, { signal }: Call): AsyncGenerator<ArrowBatch> {
  yield rows(at);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

async function numbersOf(messages: Parameters<typeof recordBatches>[0]): Promise<number[]> {
  const numbers: number[] = [];
  for await (const batch of recordBatches(messages)) numbers.push(...(batch.getChild('N') ?? []));
  return numbers;
}

describe('logging on', () => {
  it('takes user and password, and lives on the token it gets', async () => {
    const server = await startServer();
    const client = await connect(server, { credentials: { user: USER, password: PASSWORD } });
    expect((await client.execute('CITIES')).totalRecords).toBe(3);
    expect(server.ended.map(({ rpc }) => rpc)).toEqual(['Handshake', 'GetFlightInfo']);
  });

  it("reports a refusal in the server's words", async () => {
    const server = await startServer();
    await expect(
      connect(server, { credentials: { user: USER, password: 'x' } }),
    ).rejects.toMatchObject({ code: 'unauthenticated', message: 'wrong user or password' });
  });

  it('reports a server that is not there as unavailable', async () => {
    const server = await startServer();
    await server.close(0);
    const error = await connect(server, { credentials: { user: 'a', password: 'b' } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'HanaFlightError', code: 'unavailable' });
    expect(String(error)).toMatch(/cannot reach grpc:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  it.each([
    ['localhost:32010', /expected the scheme grpc|expected grpc:\/\/host:port/],
    ['http://localhost:1', /expected the scheme grpc or grpc\+tls, got http/],
    ['grpc://localhost', /expected grpc:\/\/host:port or grpc\+tls:\/\/host:port/],
    ['', /expected grpc:\/\/host:port/],
  ])('refuses the address %j', async (url, message) => {
    const connecting = connectFlight({ url });
    await expect(connecting).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(connecting).rejects.toThrow(message);
  });

  it('can be given up', async () => {
    const server = await startServer();
    const signal = AbortSignal.abort(new HanaFlightError('cancelled', 'interrupted'));
    const connecting = connect(server, { credentials: { user: USER, password: PASSWORD }, signal });
    await expect(connecting).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a query', () => {
  it('tells schema and rows before a row is read', async () => {
    const client = await connect(await startServer());
    const result = await client.execute('CITIES');
    expect(result.schema.names).toEqual(['NAME', 'FOUNDED', 'AREA']);
    expect(result.endpoints).toHaveLength(1);
  });

  it('is described without being planned; what returns no rows has no fields', async () => {
    const update: FlightSqlProducer = { describeStatement: async () => ({ fields: [] }) };
    const server = await startServer();
    const client = await connect(server);
    expect((await client.describe('CITIES')).names).toEqual(['NAME', 'FOUNDED', 'AREA']);
    expect(server.ended.map(({ rpc }) => rpc)).toEqual(['GetSchema']);
    const other = await connect(await startServer({ producer: update }));
    expect((await other.describe('DELETE')).fields).toEqual([]);
  });

  it.each([
    [undefined, ''],
    ['{"strategy":"single"}', '{"strategy":"single"}'],
  ])('brings along what the server says besides: %j', async (said, heard) => {
    const producer: FlightSqlProducer = {
      planStatement: async () => ({
        schema,
        endpoints: [],
        totalRecords: -1,
        ordered: said === undefined,
        ...(said !== undefined && { appMetadata: Buffer.from(said) }),
      }),
    };
    const client = await connect(await startServer({ producer }));
    const { appMetadata, ordered } = await client.execute('x');
    expect(Buffer.from(appMetadata).toString()).toBe(heard);
    expect(ordered).toBe(said === undefined);
  });

  it('is asked by a client that says who it is', async () => {
    const server = await startServer();
    await (await connect(server)).execute('CITIES');
    expect(server.ended[0]?.userAgent).toMatch(/^hana-flight grpc-node-js\//);
  });

  it('comes as messages with their row counts', async () => {
    const client = await connect(await startServer());
    const seen: unknown[] = [];
    for await (const { kind, rowCount } of client.readAll(await client.execute('CITIES'))) {
      seen.push([kind, rowCount]);
    }
    expect(seen).toEqual([
      ['schema', 0],
      ['record-batch', 2],
      ['record-batch', 1],
    ]);
  });

  it('comes as an IPC stream that any Arrow reader takes', async () => {
    const client = await connect(await startServer());
    const chunks: Uint8Array[] = [];
    const messages = client.readAll(await client.execute('CITIES'));
    for await (const chunk of ipcStream(messages)) chunks.push(chunk);
    const table = tableFromIPC(Buffer.concat(chunks));
    expect(rowsOf(table)).toEqual([
      { NAME: 'Walldorf', FOUNDED: 770, AREA: 19.9 },
      { NAME: 'Heidelberg', FOUNDED: 1196, AREA: 108.8 },
      { NAME: 'Köln', FOUNDED: null, AREA: 405 },
    ]);
  });

  it('is an error of the server with its code, text and detail of HANA', async () => {
    const hana = { code: 259, sqlState: 'HY000', position: 15 };
    const producer: FlightSqlProducer = {
      planStatement: async () => {
        throw new HanaFlightError('not-found', 'invalid table name: NOPE', { hana });
      },
    };
    const client = await connect(await startServer({ producer }));
    await expect(client.execute('x')).rejects.toMatchObject({
      code: 'not-found',
      message: 'invalid table name: NOPE',
      hana,
    });
  });

  it('can be given up while it is planned', async () => {
    const producer: FlightSqlProducer = {
      planStatement: (_query, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(HanaFlightError.from(signal.reason)));
        }),
    };
    const server = await startServer({ producer });
    const client = await connect(server);
    const controller = new AbortController();
    const executing = client.execute('x', controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(executing).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitUntil(() => server.ended.length === 1);
  });

  it('takes messages of any size', async () => {
    const large = makeBatch(2_000_000, [int32Column(Array(2_000_000).fill(7))]);
    const table = { schema, batches: [large] };
    const producer = memoryProducer(new Map([['LARGE', table]]));
    const server = await startServer({ producer, maxMessageBytes: 2 ** 30 });
    const client = await connect(server);
    let count = 0;
    for await (const { rowCount } of client.readAll(await client.execute('LARGE')))
      count += rowCount;
    expect(count).toBe(2_000_000);
  });
});

describe('many endpoints', () => {
  it('are delivered in their order, whichever is ready first', async () => {
    const lastThrough = new Gate();
    const producer = endpoints(3, async function* (at) {
      // The first endpoint has nothing to say before the last one is through.
      if (at === 0) await lastThrough.opened;
      yield rows(at * 10);
      yield rows(at * 10 + 1);
      if (at === 2) lastThrough.open();
    });
    const client = await connect(await startServer({ producer }));
    const messages = client.readAll(await client.execute('x'));
    expect(await numbersOf(messages)).toEqual([0, 1, 10, 11, 20, 21]);
  });

  it('are read no more than so many at a time', async () => {
    let open = 0;
    let most = 0;
    const producer = endpoints(9, async function* (at) {
      most = Math.max(most, ++open);
      yield rows(at);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
    });
    const client = await connect(await startServer({ producer }));
    const result = await client.execute('x');
    expect(await numbersOf(client.readAll(result, { parallelism: 3 }))).toHaveLength(9);
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
  });

  it.each([true, false])('none at all is an empty result with its schema', async (ordered) => {
    const producer = endpoints(0, async function* () {}, ordered);
    const client = await connect(await startServer({ producer }));
    const messages = client.readAll(await client.execute('x'));
    const chunks: Uint8Array[] = [];
    for await (const chunk of ipcStream(messages)) chunks.push(chunk);
    const table = tableFromIPC(Buffer.concat(chunks));
    expect([table.numRows, table.schema.names]).toEqual([0, ['N']]);
  });

  it('without an order are delivered as they come', async () => {
    const firstThrough = new Gate();
    const producer = endpoints(
      3,
      async function* (at) {
        // The first endpoint has nothing to say before the reader has all of the others.
        if (at === 0) await firstThrough.opened;
        for (let row = 0; row < 20; row++) yield at === 0 ? rows(0) : rows(1, 1);
      },
      false,
    );
    const client = await connect(await startServer({ producer }));
    const rowCounts: number[] = [];
    for await (const { kind, rowCount } of client.readAll(await client.execute('x'))) {
      if (kind === 'record-batch') rowCounts.push(rowCount);
      if (rowCounts.length === 40) firstThrough.open();
    }
    expect(rowCounts).toEqual([...Array<number>(40).fill(2), ...Array<number>(20).fill(1)]);
  });

  it('without an order are read no more than so many at a time, and all of them', async () => {
    let open = 0;
    let most = 0;
    const producer = endpoints(
      20,
      async function* (at) {
        most = Math.max(most, ++open);
        yield rows(at);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
      },
      false,
    );
    const client = await connect(await startServer({ producer }));
    const numbers = await numbersOf(client.readAll(await client.execute('x')));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(most).toBeLessThanOrEqual(8);
    expect(most).toBeGreaterThan(1);
  });

  it('without an order fail as a whole when one of them fails', async () => {
    const producer = endpoints(
      3,
      async function* (at, { signal }) {
        yield rows(at);
        if (at === 1) throw new HanaFlightError('unavailable', 'gone');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      false,
    );
    const server = await startServer({ producer });
    const client = await connect(server);
    const reading = numbersOf(client.readAll(await client.execute('x')));
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: 'gone' });
    await vi.waitUntil(() => server.ended.filter(({ rpc }) => rpc === 'DoGet').length === 3);
  });

  it('fail as a whole when one of them fails, in its turn', async () => {
    const producer = endpoints(3, async function* (at) {
      yield rows(at);
      if (at === 1) throw new HanaFlightError('unavailable', 'gone');
    });
    const client = await connect(await startServer({ producer }));
    const received: number[] = [];
    const reading = (async () => {
      for await (const batch of recordBatches(client.readAll(await client.execute('x')))) {
        received.push(...(batch.getChild('N') ?? []));
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unavailable', message: 'gone' });
    expect(received[0]).toBe(0);
    expect(received).not.toContain(2);
  });

  it.each([true, false])('are all cancelled when the loop is left', async (ordered) => {
    const producer = endpoints(4, oneAndNoMore, ordered);
    const server = await startServer({ producer });
    const client = await connect(server);
    for await (const message of client.readAll(await client.execute('x'))) {
      if (message.kind === 'record-batch') break;
    }
    await vi.waitUntil(() => server.ended.filter(({ rpc }) => rpc === 'DoGet').length === 4);
    const ends = server.ended.filter(({ rpc }) => rpc === 'DoGet');
    expect(ends.map(({ error }) => (error as HanaFlightError).code)).toEqual(
      Array(4).fill('cancelled'),
    );
  });

  it.each([true, false])('must agree on the schema', async (ordered) => {
    const producer = endpoints(2, async function* () {}, ordered);
    const twoSchemas: FlightSqlProducer = {
      ...producer,
      openStatement: async ([at = 0]) => ({
        schema: at === 0 ? schema : CITIES.schema,
        batches: (async function* () {})(),
      }),
    };
    const client = await connect(await startServer({ producer: twoSchemas }));
    const reading = numbersOf(client.readAll(await client.execute('x')));
    await expect(reading).rejects.toThrow('endpoints of one result came with different schemas');
  });

  it('on another server are refused, on a named same one read', async () => {
    const client = await connect(await startServer());
    const [endpoint] = (await client.execute('CITIES')).endpoints;
    const ticket = endpoint?.ticket ?? new Uint8Array(0);
    expect(() => client.read({ ticket, locations: ['grpc://elsewhere:1'] })).toThrow(/elsewhere/);
    const here = { ticket, locations: ['arrow-flight-reuse-connection://?'] };
    const kinds: string[] = [];
    for await (const { kind } of client.read(here)) kinds.push(kind);
    expect(kinds).toHaveLength(3);
  });
});
