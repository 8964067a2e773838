import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import { type CorruptingProxy, startCorruptingProxy } from '../support/corrupting-proxy.ts';
import { demoCredentials, packetCursor } from '../support/hana-under-test.ts';
import { type ScriptedHana, startScriptedHana } from '../support/scripted-hana.ts';
import { numbers, readInts } from '../support/scripted-tables.ts';

const ROWS = 80;
let hana: ScriptedHana;
let proxy: CorruptingProxy;
/** Bytes of all replies of one conversation, logon included. */
let conversation: number;
const escaped: unknown[] = [];
const onEscape = (thrown: unknown): void => void escaped.push(thrown);

/** Logs on, prepares, reads four packets and a LOB, and says goodbye. @returns the rows seen. */
async function converse(timeoutMs: number): Promise<number> {
  const endpoint = { host: '127.0.0.1', port: proxy.port };
  const options = { connectTimeoutMs: 2 * timeoutMs, communicationTimeoutMs: timeoutMs };
  const connection = await connectHana(endpoint, demoCredentials, options);
  try {
    const statement = await connection.prepare('SELECT');
    const outcome = await statement.execute();
    if (outcome.kind !== 'rows') return 0;
    const cursor = packetCursor(outcome);
    let rows = 0;
    for await (const packet of cursor.packets()) {
      rows += readInts(packet).length;
      await cursor.readLob(new Uint8Array(8), 1, 16);
    }
    statement.drop();
    return rows;
  } finally {
    await connection.close();
  }
}

beforeAll(async () => {
  hana = await startScriptedHana(numbers({ packets: 4, rowsPerPacket: ROWS / 4 }));
  proxy = await startCorruptingProxy(hana.port);
  process.on('uncaughtException', onEscape);
  process.on('unhandledRejection', onEscape);
  expect(await converse(10_000)).toBe(ROWS);
  conversation = proxy.delivered;
});

afterAll(async () => {
  await proxy.close();
  await hana.close();
  process.off('uncaughtException', onEscape);
  process.off('unhandledRejection', onEscape);
});

test('whatever byte of its replies is damaged, a HANA does no more than fail its own connection', async () => {
  const corruption = fc.record({
    at: fc.nat(conversation - 1),
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constant('flip' as const) },
      { weight: 2, arbitrary: fc.constant('cut' as const) },
      // Waits for the timeout wherever it happens.
      { weight: 1, arbitrary: fc.constant('stop' as const) },
    ),
    mask: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(corruption, async (fault) => {
      proxy.corrupt(fault);
      try {
        const rows = await converse(150);
        // Cut off behind the last row, in the goodbye, it is whole; a changed byte within a row, or in a
        // field that nobody reads, makes a different valid reply.
        if (fault.kind !== 'flip') expect(rows).toBe(ROWS);
      } catch (thrown) {
        if (!(thrown instanceof HanaFlightError)) throw thrown;
      }
      expect(escaped).toEqual([]);
    }),
    { numRuns: 150 },
  );
  proxy.corrupt(undefined);
  expect(await converse(10_000)).toBe(ROWS);
}, 120_000);
