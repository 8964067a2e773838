import { expect, test, vi } from 'vitest';
import type { EncodedBatch } from '../../../../src/arrow/ipc-batch.ts';
import { HanaFlightError } from '../../../../src/core/errors.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../../../src/driver/columnar/batch-stream.ts';
import type { HanaCursor } from '../../../../src/driver/hana-connection.ts';
import type { LaneReport } from '../../../../src/driver/lanes/lane-messages.ts';
import { CursorReading } from '../../../../src/driver/lanes/thread/cursor-reading.ts';

const NO_ROWS = (async function* () {})();

/** Reads `count` messages with so much credit; notes how many were begun, and what was reported. */
function readingOf(count: number, credit: number) {
  const state = { made: 0, ended: false, reports: new Array<LaneReport>() };
  const schema = { fields: [] };
  async function* messages(): AsyncGenerator<EncodedBatch, void, undefined> {
    try {
      while (state.made < count) {
        state.made++;
        const pieces = [new Uint8Array(8)];
        yield { rowCount: 1, header: new Uint8Array(8), body: { pieces, byteLength: 8 } };
      }
    } finally {
      state.ended = true;
    }
  }
  const cursor: HanaCursor = {
    columns: [],
    batches: () => ({ schema, batches: NO_ROWS }),
    messages: () => ({ schema, messages: messages() }),
    close: async () => {},
  };
  const reading = new CursorReading({
    cursor,
    order: {
      connection: 1,
      cursor: 1,
      form: 'messages',
      credit,
      options: DEFAULT_BATCH_OPTIONS,
    },
    report: (report) => void state.reports.push(report),
  });
  return { reading, state, end: reading.run() };
}

const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

test('a message is not made before it may be sent', async () => {
  const { reading, state } = readingOf(10, 2);
  await vi.waitUntil(() => state.reports.length === 2);
  await settle();
  expect(state.made).toBe(2);
  reading.giveCredit();
  await vi.waitUntil(() => state.reports.length === 3);
  await settle();
  expect(state.made).toBe(3);
});

test('all messages are sent, and the end is found, with credit for one at a time', async () => {
  const { reading, state, end } = readingOf(3, 1);
  for (let sent = 1; sent <= 3; sent++) {
    await vi.waitUntil(() => state.reports.length === sent);
    reading.giveCredit();
  }
  expect(await end).toBeUndefined();
  expect(state.ended).toBe(true);
});

test('a reading that is stopped while it waits for credit ends with the reason, and its rows with it', async () => {
  const { reading, state, end } = readingOf(10, 1);
  await vi.waitUntil(() => state.reports.length === 1);
  reading.stop(new HanaFlightError('cancelled', 'by a test'));
  expect(await end).toMatchObject({ code: 'cancelled', message: 'by a test' });
  expect(state).toMatchObject({ made: 1, ended: true });
});
