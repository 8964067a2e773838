import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeRequest, type Part, requirePart } from '../../src/driver/wire/message.ts';
import { MessageType } from '../../src/driver/wire/message-type.ts';
import { PartKind } from '../../src/driver/wire/part-kind.ts';
import { encodeAuthentication } from '../../src/driver/wire/parts/authentication.ts';
import { encodeClientInfo } from '../../src/driver/wire/parts/client-info.ts';
import { encodeCommand } from '../../src/driver/wire/parts/command.ts';
import { encodeFetchSize } from '../../src/driver/wire/parts/fetch-size.ts';
import { encodeParameters } from '../../src/driver/wire/parts/parameters.ts';
import { encodeReadLobRequest } from '../../src/driver/wire/parts/read-lob-request.ts';
import { encodeResultSetId } from '../../src/driver/wire/parts/result-set-id.ts';
import { encodeStatementId } from '../../src/driver/wire/parts/statement-id.ts';
import { encodeWriteLobRequests } from '../../src/driver/wire/parts/write-lob-request.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { column, intRows, parameter, ScriptedEngine } from '../support/scripted-engine.ts';
import { WireClient } from '../support/wire-client.ts';

const inserted = [parameter(TypeCode.INT), parameter(TypeCode.NCLOB)];

let server: RunningSandbox;
let good: WireClient;

beforeAll(async () => {
  const engine = new ScriptedEngine({
    numbers: { columns: [column('N', TypeCode.INT)], rows: () => intRows(100) },
    insert: { functionCode: 2, parameters: inserted, affectedRows: (rows) => rows.map(() => 1) },
  });
  server = await startSandbox({ engine, maxPacketBytes: 1 << 20, trace: () => undefined });
  good = await WireClient.logOn(server.port, 'SCRAMSHA256');
});

afterAll(async () => {
  good.close();
  await server.close();
});

const locator = new Uint8Array(8);
const lob = { kind: 'lob', character: true, data: Buffer.from('abc'), complete: false } as const;

/** A request of each kind that a real client sends, as the seed of what no real client sends. */
const SEEDS: readonly (readonly [number, readonly Part[]])[] = [
  [MessageType.AUTHENTICATE, [encodeAuthentication([locator, locator, locator])]],
  [MessageType.CONNECT, [encodeAuthentication([locator, locator, locator])]],
  [MessageType.EXECUTEDIRECT, [encodeCommand('numbers'), encodeFetchSize(7)]],
  [MessageType.PREPARE, [encodeClientInfo(new Map([['A', 'B']])), encodeCommand('insert')]],
  [
    MessageType.EXECUTE,
    [
      encodeStatementId(1n),
      encodeParameters(
        [
          [1, lob],
          [2, null],
        ],
        inserted,
      ),
    ],
  ],
  [
    MessageType.WRITELOB,
    [encodeWriteLobRequests([{ locator, offset: 0n, data: locator, last: true }])],
  ],
  [MessageType.READLOB, [encodeReadLobRequest({ locator, offset: 1n, length: 9 })]],
  [MessageType.FETCHNEXT, [encodeResultSetId(1n), encodeFetchSize(10)]],
  [MessageType.CLOSERESULTSET, [encodeResultSetId(1n)]],
  [MessageType.DROPSTATEMENTID, [encodeStatementId(1n)]],
  [MessageType.COMMIT, []],
  [MessageType.CLIENT_PING, []],
];

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });

/** Some bytes of a good packet replaced, or any bytes at all. */
const packet: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...SEEDS), fc.boolean(), edits).map(mutated) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }) },
);

function mutated([seed, commitImmediate, changes]: [
  readonly [number, readonly Part[]],
  boolean,
  [number, number][],
]): Uint8Array {
  const [messageType, parts] = seed;
  const bytes = encodeRequest({
    sessionId: 1n,
    packetCount: 1,
    messageType,
    commitImmediate,
    commandOptions: 0,
    parts,
  });
  // The length of the packet stays as it is: a wrong one would only make the server wait.
  for (const [at, byte] of changes) bytes[16 + (at % (bytes.length - 16))] = byte;
  return bytes;
}

async function throwAtServer(packets: readonly Uint8Array[], loggedOn: boolean): Promise<void> {
  const client = loggedOn
    ? await WireClient.logOn(server.port, 'SCRAMSHA256')
    : await WireClient.open(server.port);
  if (!loggedOn) await client.initialize();
  for (const bytes of packets) client.sendRaw(bytes);
  client.send(MessageType.DISCONNECT);
  // The server ends the connection over a bad packet; if it waits for the rest of one, the client goes.
  const timer = setTimeout(() => client.close(), 200);
  await client.untilClosed();
  clearTimeout(timer);
}

test('whatever is sent, the server lives and serves a good client', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (packets, loggedOn) => {
        await throwAtServer(packets, loggedOn);
        const reply = await good.execute('SELECT 1 FROM DUMMY');
        expect(requirePart(reply, PartKind.RESULTSET).argumentCount).toBe(1);
      },
    ),
    { numRuns: 150 },
  );
  await expect.poll(() => server.connections).toBe(1);
});

test('whatever comes instead of the initialization, only that connection ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 14, maxLength: 40 }), async (bytes) => {
      const client = await WireClient.open(server.port);
      client.sendRaw(bytes);
      client.socket.end();
      await client.untilClosed();
      expect((await good.execute('SELECT 1 FROM DUMMY')).kind).toBe('reply');
    }),
    { numRuns: 50 },
  );
});
