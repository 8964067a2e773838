import { describe, expect, test } from 'vitest';
import type { Lease } from '../../../../src/driver/pool/pool.ts';
import type { PoolLimits } from '../../../../src/driver/pool/pool-limits.ts';
import { cancelRunning } from '../../../../src/driver/pool/statement-cancel.ts';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import { findPart, type RequestMessage } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { decodeCommand } from '../../../../src/driver/wire/parts/command.ts';
import { failureOf } from '../../../support/failure.ts';
import { demoCredentials, until } from '../../../support/hana-under-test.ts';
import { poolOf } from '../../../support/pool-under-test.ts';
import type { ScriptedWire } from '../../../support/scripted-hana.ts';

const CANCEL = "ALTER SYSTEM CANCEL SESSION '4711'";
const PATIENCE_MS = 50;
const GRACE_MS = 800;

interface CancelOptions {
  /** Answers the cancel; by default by ending what runs first. */
  readonly onCancel?: (cancel: ScriptedWire, victim: ScriptedWire | undefined) => void;
  readonly limits?: Partial<PoolLimits>;
}

const endBoth = (cancel: ScriptedWire, victim: ScriptedWire | undefined): void => {
  victim?.error(139, 'current operation cancelled by request and transaction rolled back');
  cancel.reply(FunctionCode.DDL);
};

/** A pool whose HANA runs the statement LONG until it is cancelled. */
async function cancellable({ onCancel = endBoth, limits = {} }: CancelOptions = {}) {
  const texts: string[] = [];
  let victim: ScriptedWire | undefined;
  const script = (request: RequestMessage, wire: ScriptedWire): void => {
    const command = findPart(request, PartKind.COMMAND);
    const sql = command === undefined ? '' : decodeCommand(command);
    if (sql !== '') texts.push(sql);
    if (sql === 'SELECT LONG') victim = wire;
    else if (sql === CANCEL) onCancel(wire, victim);
    else if (request.messageType === MessageType.DISCONNECT) wire.reply(FunctionCode.DISCONNECT);
    else wire.reply(FunctionCode.INSERT);
  };
  const { pool, clock, opened, lease } = await poolOf(limits, script);
  const cancel = (victimLease: Lease): Promise<void> =>
    cancelRunning(victimLease, { pool, credentials: demoCredentials, clock });
  return { pool, clock, opened, lease, texts, cancel };
}

describe('the cancel of a statement', () => {
  test('ends it inside HANA, and the connection goes on', async () => {
    const { pool, clock, lease, texts, cancel } = await cancellable();
    const running = await lease();
    const failure = failureOf(running.connection.execute('SELECT LONG'));
    await until(() => texts.length === 1);
    const cancelled = cancel(running);
    clock.advance(PATIENCE_MS);
    await cancelled;
    expect((await failure).code).toBe('cancelled');
    expect(texts).toEqual(['SELECT LONG', CANCEL]);
    expect(running.connection.reusable).toBe(true);
    running.release();
    expect(pool.stats.idle).toBe(1);
  });

  test('sends nothing when nothing runs', async () => {
    const { lease, texts, opened, cancel } = await cancellable();
    await cancel(await lease());
    expect([texts, opened.length]).toEqual([[], 1]);
  });

  test('sends nothing when what runs ends by itself at once', async () => {
    const { lease, texts, cancel } = await cancellable();
    const running = await lease();
    const outcome = running.connection.execute('INSERT');
    await cancel(running);
    await outcome;
    expect(texts).toEqual(['INSERT']);
  });

  test('takes an idle connection of the same user, and gives it back', async () => {
    const { pool, clock, lease, opened, texts, cancel } = await cancellable();
    const [running, other] = [await lease(), await lease()];
    other.release();
    const failure = failureOf(running.connection.execute('SELECT LONG'));
    const cancelled = cancel(running);
    clock.advance(PATIENCE_MS);
    await cancelled;
    await failure;
    expect(texts.at(-1)).toBe(CANCEL);
    expect(opened).toHaveLength(2);
    expect(pool.stats.idle).toBe(1);
  });

  test('waits for the answer to the cancel, so that it cannot hit the next statement', async () => {
    const answers: (() => void)[] = [];
    const { clock, lease, texts, cancel } = await cancellable({
      onCancel: (wire, victim) => {
        victim?.error(139, 'cancelled');
        answers.push(() => wire.reply(FunctionCode.DDL));
      },
    });
    const running = await lease();
    const failure = failureOf(running.connection.execute('SELECT LONG'));
    const events: string[] = [];
    const cancelled = cancel(running).finally(() => events.push('cancelled'));
    clock.advance(PATIENCE_MS);
    await failure;
    await until(() => texts.includes(CANCEL));
    expect(events).toEqual([]);
    answers[0]?.();
    await cancelled;
    expect(running.connection.usable).toBe(true);
  });

  test('closes the connection when HANA does not end the statement in time', async () => {
    const { clock, lease, texts, cancel } = await cancellable({
      onCancel: (wire) => wire.reply(FunctionCode.DDL),
    });
    const running = await lease();
    const failure = failureOf(running.connection.execute('SELECT LONG'));
    const cancelled = cancel(running);
    clock.advance(PATIENCE_MS);
    await until(() => texts.includes(CANCEL));
    clock.advance(GRACE_MS);
    await cancelled;
    expect((await failure).code).toBe('cancelled');
    expect((await failure).message).toContain('HANA did not end it within 800 ms');
    expect(running.connection.usable).toBe(false);
  });

  test('closes the connection when HANA refuses to cancel', async () => {
    const { clock, lease, cancel } = await cancellable({
      onCancel: (wire) => wire.error(258, 'insufficient privilege'),
    });
    const running = await lease();
    const failure = failureOf(running.connection.execute('SELECT LONG'));
    const cancelled = cancel(running);
    clock.advance(PATIENCE_MS);
    await cancelled;
    expect((await failure).code).toBe('cancelled');
    expect((await failure).message).toContain('insufficient privilege');
    expect(running.connection.usable).toBe(false);
  });
});

describe('HanaPool.cancel', () => {
  test('works when all connections of the pool are in use', async () => {
    const { pool, lease, opened, texts } = await cancellable({ limits: { poolMax: 1 } });
    await lease();
    await pool.cancel(demoCredentials, 4711);
    expect(texts).toEqual([CANCEL]);
    expect(opened.map(({ usable }) => usable)).toEqual([true, false]);
    expect(pool.stats).toEqual({
      leased: 1,
      idle: 0,
      closing: 0,
      waiting: 0,
      waitingEndpoints: 0,
      endpointBytes: 0,
    });
  });

  test('opens at most four connections at a time', async () => {
    const waiting: ScriptedWire[] = [];
    const { pool, texts } = await cancellable({ onCancel: (wire) => waiting.push(wire) });
    const cancels = Array.from({ length: 6 }, () => pool.cancel(demoCredentials, 4711));
    await until(() => waiting.length === 4);
    // Time enough for a fifth one to arrive.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(texts).toHaveLength(4);
    for (const wire of waiting.splice(0)) wire.reply(FunctionCode.DDL);
    await until(() => waiting.length === 2);
    for (const wire of waiting) wire.reply(FunctionCode.DDL);
    await Promise.all(cancels);
  });

  test('passes over an idle connection that is gone', async () => {
    const { pool, lease, opened, texts } = await cancellable();
    (await lease()).release();
    opened[0]?.destroy(new Error('reset by peer'));
    await pool.cancel(demoCredentials, 4711);
    expect(texts).toEqual([CANCEL]);
    expect(opened).toHaveLength(2);
  });

  test('tells what HANA answers', async () => {
    const { pool } = await cancellable({
      onCancel: (wire) => wire.error(258, 'insufficient privilege'),
    });
    const failure = await failureOf(pool.cancel(demoCredentials, 4711));
    expect(failure.code).toBe('permission-denied');
  });

  test('gives up when HANA does not answer', async () => {
    const { pool, clock, texts } = await cancellable({
      onCancel: () => {},
      limits: { validateTimeoutMs: 200 },
    });
    const failure = failureOf(pool.cancel(demoCredentials, 4711));
    await until(() => texts.length === 1);
    clock.advance(200);
    expect((await failure).code).toBe('unavailable');
  });

  test('is refused once the pool is closed', async () => {
    const { pool } = await cancellable();
    await pool.close(0);
    expect((await failureOf(pool.cancel(demoCredentials, 4711))).code).toBe('unavailable');
  });
});
