import { afterEach, expect, test } from 'vitest';
import { MessageType } from '../../../src/driver/wire/message-type.ts';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/server.ts';
import { column, ScriptedEngine } from '../../support/scripted-engine.ts';
import { WireClient } from '../../support/wire-client.ts';

let server: RunningSandbox | undefined;
afterEach(() => server?.close());

/** One row of 200,000 bytes, which the server need not understand. */
const wide = { columns: [column('W', TypeCode.BINARY)], rows: () => [new Uint8Array(200_000)] };

async function start(): Promise<{ server: RunningSandbox; client: WireClient }> {
  const started = await startSandbox({ engine: new ScriptedEngine({ wide }) });
  server = started;
  return { server: started, client: await WireClient.logOn(started.port) };
}

async function durationMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

// Only the least time is looked at: a busy machine makes everything slower, but nothing faster.

test('a reply takes at least its length divided by the rate', async () => {
  const { server: shaped, client } = await start();
  shaped.shaping.bytesPerSecond = 1_000_000;
  expect(await durationMs(() => client.execute('wide'))).toBeGreaterThan(175);
});

test('every reply waits for the latency', async () => {
  const { server: shaped, client } = await start();
  shaped.shaping.latencyMs = 40;
  const pings = async () => {
    for (let index = 0; index < 3; index++) await client.request(MessageType.CLIENT_PING);
  };
  expect(await durationMs(pings)).toBeGreaterThan(115);
});

test('a shaped reply arrives whole', async () => {
  const { server: shaped, client } = await start();
  const plain = await client.execute('wide');
  shaped.shaping.bytesPerSecond = 3_000_000;
  const slow = await client.execute('wide');
  expect(slow.parts[2]?.data.length).toBe(200_000);
  expect(slow.parts.map((part) => part.kind)).toEqual(plain.parts.map((part) => part.kind));
});

test('closing the server does not wait for a slow reply', async () => {
  const { server: shaped, client } = await start();
  shaped.shaping.bytesPerSecond = 10;
  client.send(MessageType.CLIENT_PING);
  await shaped.close();
  await client.untilClosed();
  expect(client.closed).toBe(true);
});
