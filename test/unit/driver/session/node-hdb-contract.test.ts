/* oxlint-disable no-underscore-dangle -- the names are node-hdb's */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect as connectTcp } from 'node:net';
import { type Client, createClient, type Reply } from 'hdb';
import { Segment } from 'hdb/lib/protocol/request/index.js';
import { expect, onTestFinished, test } from 'vitest';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import type { RequestMessage } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { scriptedHana } from '../../../support/hana-under-test.ts';
import type { Script } from '../../../support/scripted-hana.ts';
import { intRows, numbers } from '../../../support/scripted-tables.ts';

/*
 * What the adapter takes for granted about node-hdb, undocumented members above all. When a new version
 * turns one of these red, read src/driver/session/reply-guard.ts and log-on.ts again before moving on.
 */

/** Members that the adapter does not use, but must know about. */
interface Internals {
  destroy(error?: Error): void;
  readonly _physicalConnections: {
    getAnchorConnection(): { readonly _socket: { write: (packet: Buffer) => boolean } };
  };
}

const internals = (member: object): Internals => member as Internals;

interface CallbackResult {
  readonly error: unknown;
  readonly reply: Reply | undefined;
}

async function connectedClient(script: Script): Promise<Client> {
  const hana = await scriptedHana(script);
  const client = createClient({
    host: '127.0.0.1',
    port: hana.port,
    user: 'DEMO',
    password: 'Demo1234',
    dataFormatSupport: 8,
    compress: false,
    packetSizeLimit: 1 << 20,
    initializationTimeout: 1000,
  });
  client.on('error', () => {});
  await new Promise<void>((resolve, reject) =>
    client.connect((error) => (error ? reject(error) : resolve())),
  );
  onTestFinished(() => client._connection.disconnect(() => {}));
  return client;
}

/** What a request called back with; undefined when it has not. */
function track(send: (done: (error: unknown, reply: Reply | undefined) => void) => void): {
  readonly results: readonly CallbackResult[];
} {
  const results: CallbackResult[] = [];
  send((error, reply) => results.push({ error, reply }));
  return { results };
}

function request(send: Parameters<typeof track>[0]): Promise<CallbackResult> {
  return new Promise((resolve) => send((error, reply) => resolve({ error, reply })));
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 60));

test('the version is the one this was written for', () => {
  const path = createRequire(import.meta.url).resolve('hdb/package.json');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: '2.29.6' });
});

test('row data is copied, which is why none is handed to it', async () => {
  const { _connection: connection } = await connectedClient(
    numbers({ packets: 2, rowsPerPacket: 1000 }),
  );
  const { reply } = await request((done) => connection.executeDirect({ command: 'SELECT' }, done));
  const buffer = reply?.resultSets[0]?.data?.buffer;
  expect(buffer).toEqual(intRows(0, 1000));
  expect(buffer?.byteOffset).toBe(0);
  expect(buffer?.buffer.byteLength).toBe(5000);
});

test('requests are sent one at a time, in the order they were made', async () => {
  const open: (() => void)[] = [];
  const { _connection: connection } = await connectedClient((_request, wire) => {
    open.push(() => wire.reply(FunctionCode.DDL));
  });
  const first = track((done) => connection.executeDirect({ command: 'A' }, done));
  const second = track((done) => connection.executeDirect({ command: 'B' }, done));
  await soon();
  expect(open).toHaveLength(1);
  open[0]?.();
  await soon();
  expect([open.length, first.results.length, second.results.length]).toEqual([2, 1, 0]);
  open[1]?.();
});

test('a request leaves within the call that makes it when none is open', async () => {
  const { _connection: connection } = await connectedClient(() => {});
  const written: number[] = [];
  const socket = internals(connection)._physicalConnections.getAnchorConnection()._socket;
  const write = socket.write.bind(socket);
  socket.write = (packet: Buffer) => written.push(packet.length) > 0 && write(packet);
  connection.fetchNext({ resultSetId: Buffer.alloc(8, 1), fetchSize: 10 }, () => {});
  expect(written).toHaveLength(1);
});

test('destroy() forgets the request in flight, and rejects those that wait', async () => {
  const client = await connectedClient(() => {});
  const inFlight = track((done) => client._connection.executeDirect({ command: 'A' }, done));
  const waiting = track((done) => client._connection.executeDirect({ command: 'B' }, done));
  internals(client).destroy();
  await soon();
  expect(inFlight.results).toHaveLength(0);
  expect(waiting.results[0]?.error).toMatchObject({ code: 'EHDBCLOSE' });
});

test('an error of the socket reaches the request in flight', async () => {
  const client = await connectedClient(() => {});
  const inFlight = track((done) => client._connection.executeDirect({ command: 'A' }, done));
  const cause = new Error('enough');
  internals(client).destroy(cause);
  await soon();
  expect(inFlight.results[0]?.error).toBe(cause);
});

test('of two replies in one piece the second is lost', async () => {
  const { _connection: connection } = await connectedClient((_request, wire) => {
    const reply = wire.packet(FunctionCode.DDL, []);
    wire.socket.write(Buffer.concat([reply, reply]));
  });
  const first = track((done) => connection.executeDirect({ command: 'A' }, done));
  await soon();
  expect(first.results).toHaveLength(1);
  const second = track((done) => connection.executeDirect({ command: 'B' }, done));
  await soon();
  expect(second.results).toHaveLength(1);
});

test('a part that claims to be of 100 million bytes is allocated unseen', async () => {
  const { _connection: connection } = await connectedClient((_request, wire) => {
    const reply = wire.packet(FunctionCode.SELECT, [
      { kind: 5, attributes: 0, argumentCount: 1, data: Buffer.alloc(8) },
    ]);
    reply.writeInt32LE(100_000_000, 64);
    wire.socket.write(reply);
  });
  const { reply } = await request((done) => connection.executeDirect({ command: 'A' }, done));
  expect(reply?.resultSets[0]?.data?.buffer).toHaveLength(100_000_000);
});

/** Answers everything, and keeps what came. */
const answering =
  (requests: RequestMessage[]): Script =>
  (message, wire) => {
    requests.push(message);
    wire.reply(FunctionCode.INSERT);
  };

const rawPart = (bytes: Buffer, argumentCount: number) => ({
  kind: 32,
  module: {
    getArgumentCount: () => argumentCount,
    write: (part: { buffer: Buffer }) => {
      part.buffer = bytes;
    },
  },
});

/** Sends a message inside a task of its own. */
function sendAlone(client: Client, segment: Segment): Promise<CallbackResult> {
  const { _connection: connection } = client;
  return request((done) => {
    const run = (next: () => void): void => {
      connection.send(segment, (error, reply) => {
        done(error, reply);
        next();
      });
    };
    connection.enqueue({ run, receive: (error) => done(error, undefined) }, () => {});
  });
}

test('a message may have parts of our own bytes, with any argument count', async () => {
  const requests: RequestMessage[] = [];
  const client = await connectedClient(answering(requests));
  const segment = new Segment(MessageType.EXECUTE, 1, 8);
  segment.add(rawPart(Buffer.from([3, 1, 0, 0, 0, 3, 2, 0, 0, 0]), 2), {});
  const { error } = await sendAlone(client, segment);
  expect(error).toBeUndefined();
  expect(requests).toMatchObject([
    { messageType: MessageType.EXECUTE, commitImmediate: true, commandOptions: 8 },
  ]);
  expect(requests[0]?.parts.at(-1)).toEqual({
    kind: 32,
    attributes: 0,
    argumentCount: 2,
    data: Buffer.from([3, 1, 0, 0, 0, 3, 2, 0, 0, 0]),
  });
});

test('a message with more than 32,767 rows of parameters cannot be written', async () => {
  const { _connection: connection } = await connectedClient(() => {});
  const segment = new Segment(MessageType.EXECUTE, 1, 0);
  segment.add(rawPart(Buffer.alloc(8), 32_768), {});
  expect(() => connection.send(segment, () => {})).toThrow(RangeError);
});

test('a message longer than packetSizeLimit calls back with an error and is not sent', async () => {
  const requests: RequestMessage[] = [];
  const client = await connectedClient(answering(requests));
  const segment = new Segment(MessageType.EXECUTE, 1, 0);
  segment.add(rawPart(Buffer.alloc(1 << 20), 1), {});
  expect((await sendAlone(client, segment)).error).toMatchObject({
    message: 'Packet size limit exceeded',
  });
  expect(requests).toEqual([]);
});

test('nothing is sent while a task has not called next', async () => {
  const requests: RequestMessage[] = [];
  const { _connection: connection } = await connectedClient(answering(requests));
  const finish: (() => void)[] = [];
  const run = (next: () => void): void => void finish.push(next);
  connection.enqueue({ run, receive: () => {} }, () => {});
  const later = track((done) => connection.executeDirect({ command: 'A' }, done));
  await request((done) => connection.send(new Segment(MessageType.WRITELOB, 0, 0), done));
  await request((done) => connection.send(new Segment(MessageType.COMMIT, 0, 0), done));
  expect(later.results).toEqual([]);
  finish[0]?.();
  await soon();
  expect(later.results).toHaveLength(1);
  expect(requests.map(({ messageType }) => messageType)).toEqual([
    MessageType.WRITELOB,
    MessageType.COMMIT,
    MessageType.EXECUTEDIRECT,
  ]);
});

test('a waiting task hears of the end of the connection, and a late one is refused', async () => {
  const client = await connectedClient(() => {});
  const { _connection: connection } = client;
  connection.executeDirect({ command: 'A' }, () => {});
  const heard: unknown[] = [];
  const task = {
    run: () => heard.push('run'),
    receive: (error: unknown) => heard.push(['receive', error]),
  };
  connection.enqueue(task, (error) => heard.push(['refused', error]));
  internals(client).destroy();
  await soon();
  connection.enqueue(task, (error) => heard.push(['refused', error]));
  expect(heard).toMatchObject([
    ['receive', { code: 'EHDBCLOSE' }],
    ['refused', { code: 'EHDBCLOSE' }],
  ]);
});

test('autoCommit goes with each request, and result sets are opened to outlive a commit', async () => {
  const requests: RequestMessage[] = [];
  const { _connection: connection } = await connectedClient(answering(requests));
  const statementId = Buffer.alloc(8, 1);
  expect(connection.autoCommit).toBe(true);
  for (const autoCommit of [true, false]) {
    connection.autoCommit = autoCommit;
    await request((done) => connection.executeDirect({ command: 'A' }, done));
    await request((done) =>
      connection.execute({ statementId, functionCode: FunctionCode.SELECT }, done),
    );
  }
  expect(requests.map(({ commitImmediate }) => commitImmediate)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(requests.map(({ commandOptions }) => commandOptions)).toEqual([8, 8, 8, 8]);
});

test('the connection id is among the connect options', async () => {
  const client = await connectedClient(numbers({ packets: 1, rowsPerPacket: 1 }));
  expect(client.connectOptions.connectionId).toBe(4711);
});

test('a connection takes its socket from _connectFn, with host and port', async () => {
  const hana = await scriptedHana(numbers({ packets: 1, rowsPerPacket: 1 }));
  const client = createClient({
    host: '127.0.0.1',
    port: hana.port,
    user: 'DEMO',
    password: 'Demo1234',
    dataFormatSupport: 8,
    compress: false,
    packetSizeLimit: 1 << 20,
    initializationTimeout: 1000,
  });
  const targets: unknown[] = [];
  client._connection._connectFn = (target, callback) => {
    targets.push([target.host, target.port]);
    const socket = connectTcp(target.port, target.host, () => callback(null, socket));
  };
  await new Promise<void>((resolve) => client.connect(() => resolve()));
  expect(targets).toEqual([['127.0.0.1', hana.port]]);
  expect(hana.requests).toEqual([MessageType.AUTHENTICATE, MessageType.CONNECT]);
  await new Promise<void>((resolve) => client._connection.disconnect(() => resolve()));
});

test('the connections of a client are made by its _createConnection', async () => {
  const client = await connectedClient(() => {});
  const made = client._createConnection({});
  expect(made._connectFn).toBeTypeOf('function');
  made.getClientInfo().setProperty('APPLICATION', 'x');
});
