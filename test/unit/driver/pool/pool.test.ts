import { describe, expect, test } from 'vitest';
import type { HanaCredentials } from '../../../../src/core/hana-credentials.ts';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { failureOf } from '../../../support/failure.ts';
import { demoCredentials, openCursor, until } from '../../../support/hana-under-test.ts';
import { poolOf } from '../../../support/pool-under-test.ts';
import type { ScriptedHana } from '../../../support/scripted-hana.ts';
import { numbers } from '../../../support/scripted-tables.ts';

/** How often a connection was tried. */
const pings = (hana: ScriptedHana): number =>
  hana.requests.filter((type) => type === MessageType.EXECUTEDIRECT).length;

const other: HanaCredentials = { ...demoCredentials, user: 'OTHER' };

describe('a lease', () => {
  test('opens a connection, which the next lease of the same user gets', async () => {
    const { opened, lease } = await poolOf();
    const first = await lease();
    first.release();
    const second = await lease();
    expect(second.connection).toBe(first.connection);
    expect(opened).toHaveLength(1);
  });

  test('never gets a connection of other credentials', async () => {
    const { opened, lease } = await poolOf();
    (await lease()).release();
    const foreign = await lease(other);
    expect(foreign.connection).not.toBe(opened[0]);
  });

  test('with another password does not get the connection of the right one', async () => {
    const { lease } = await poolOf();
    (await lease()).release();
    const failure = await failureOf(lease({ ...demoCredentials, password: 'wrong' }));
    expect(failure.code).toBe('unauthenticated');
    expect(failure.hana?.code).toBe(10);
  });

  test('takes the connection that was used last', async () => {
    const { lease } = await poolOf();
    const [first, second] = [await lease(), await lease()];
    first.release();
    second.release();
    expect((await lease()).connection).toBe(second.connection);
  });

  test('ends once, whatever is called afterwards', async () => {
    const { pool, lease } = await poolOf();
    const first = await lease();
    first.release();
    first.release();
    first.discard(new Error('too late'));
    expect(pool.stats).toEqual({
      leased: 0,
      idle: 1,
      closing: 0,
      waiting: 0,
      waitingEndpoints: 0,
      endpointBytes: 0,
    });
    expect(first.connection.usable).toBe(true);
  });

  test('that failed to connect leaves its room to others', async () => {
    const { pool, lease } = await poolOf({ poolMax: 1 });
    await failureOf(lease({ ...demoCredentials, password: 'wrong' }));
    expect(pool.stats.leased).toBe(0);
    expect((await lease()).connection.usable).toBe(true);
  });
});

describe('a connection that comes back', () => {
  test('with an open result set is closed', async () => {
    const { pool, lease } = await poolOf({}, numbers({ packets: 9, rowsPerPacket: 1 }));
    const first = await lease();
    await openCursor(first.connection);
    first.release();
    expect(first.connection.usable).toBe(false);
    await until(() => pool.stats.closing === 0);
    expect(pool.stats).toEqual({
      leased: 0,
      idle: 0,
      closing: 0,
      waiting: 0,
      waitingEndpoints: 0,
      endpointBytes: 0,
    });
  });

  test('after a statement that may have changed the session is closed', async () => {
    const { lease } = await poolOf({}, (_request, wire) => wire.reply(FunctionCode.DDL));
    const first = await lease();
    await first.connection.execute("SET 'APPLICATIONUSER' = 'MALLORY'");
    first.release();
    expect((await lease()).connection).not.toBe(first.connection);
  });

  test('broken is forgotten', async () => {
    const { pool, lease } = await poolOf();
    const first = await lease();
    first.connection.destroy(new Error('broken'));
    first.release();
    await until(() => pool.stats.closing === 0);
    expect((await lease()).connection.usable).toBe(true);
  });

  test('by discard is closed at once, and what was in flight fails with the cause', async () => {
    const { pool, lease } = await poolOf({}, () => {});
    const first = await lease();
    const request = first.connection.execute('SELECT');
    first.discard(new Error('the client has gone'));
    expect((await failureOf(request)).message).toBe('the client has gone');
    expect(pool.stats.leased).toBe(0);
  });

  test('beyond the idle limit is closed', async () => {
    const { pool, lease } = await poolOf({ poolMaxIdle: 1 });
    const [first, second] = [await lease(), await lease()];
    first.release();
    second.release();
    await until(() => pool.stats.closing === 0);
    expect(pool.stats.idle).toBe(1);
    expect([first.connection.usable, second.connection.usable]).toEqual([true, false]);
  });
});

describe('limits', () => {
  test('hold back who comes too late, first come first served', async () => {
    const { pool, opened, lease } = await poolOf({ poolMax: 1 });
    const first = await lease();
    const order: string[] = [];
    const waiting = ['A', 'B'].map(async (name) => {
      const next = await lease();
      order.push(name);
      next.release();
    });
    await until(() => pool.stats.waiting === 2);
    first.release();
    await Promise.all(waiting);
    expect(order).toEqual(['A', 'B']);
    expect(opened).toHaveLength(1);
  });

  test('end a wait that takes too long, and name limit and setting', async () => {
    const { pool, clock, lease } = await poolOf({ poolMax: 1, acquireTimeoutMs: 500 });
    await lease();
    const late = failureOf(lease());
    await until(() => pool.stats.waiting === 1);
    clock.advance(500);
    const failure = await late;
    expect(failure.code).toBe('resource-exhausted');
    expect(failure.message).toBe(
      'expected a free connection to HANA within 500 ms (--acquire-timeout), all 1 connections (--pool-total) stayed in use',
    );
    expect(pool.stats.waiting).toBe(0);
  });

  test('of one user do not hold back another', async () => {
    const { clock, lease, pool } = await poolOf({ poolMaxPerUser: 1, acquireTimeoutMs: 500 });
    await lease();
    const late = failureOf(lease());
    expect((await lease(other)).connection.usable).toBe(true);
    await until(() => pool.stats.waiting === 1);
    clock.advance(500);
    expect((await late).message).toContain('all 1 connections of this user (--pool-max)');
  });

  test('let a wait be abandoned', async () => {
    const { pool, lease } = await poolOf({ poolMax: 1 });
    await lease();
    const abort = new AbortController();
    const abandoned = failureOf(lease(demoCredentials, abort.signal));
    await until(() => pool.stats.waiting === 1);
    abort.abort(new Error('gone'));
    const failure = await abandoned;
    expect(failure.code).toBe('cancelled');
    expect(failure.cause).toMatchObject({ message: 'gone' });
    expect(pool.stats.waiting).toBe(0);
  });

  test('make an idle connection of another user give way', async () => {
    const { pool, opened, lease } = await poolOf({ poolMax: 2 });
    const [first, second] = [await lease(), await lease()];
    first.release();
    second.release();
    const foreign = await lease(other);
    expect(foreign.connection.usable).toBe(true);
    expect(opened.map(({ usable }) => usable)).toEqual([false, true, true]);
    expect(pool.stats).toEqual({
      leased: 1,
      idle: 1,
      closing: 0,
      waiting: 0,
      waitingEndpoints: 0,
      endpointBytes: 0,
    });
  });

  test('are never passed, not even while connections are closed and opened', async () => {
    const { pool, opened, lease } = await poolOf({ poolMax: 3 }, (_request, wire) =>
      wire.reply(FunctionCode.DDL),
    );
    let most = 0;
    const users = [demoCredentials, other, { ...demoCredentials, user: 'THIRD' }];
    const tasks = Array.from({ length: 24 }, async (_, task) => {
      const next = await lease(users[task % 3]);
      const { leased, idle, closing } = pool.stats;
      expect(leased + idle + closing).toBeLessThanOrEqual(3);
      most = Math.max(most, opened.filter(({ usable }) => usable).length);
      if (task % 2) await next.connection.execute('SET');
      next.release();
    });
    await Promise.all(tasks);
    expect(most).toBeLessThanOrEqual(3);
    expect(opened.length).toBeGreaterThan(3);
  });
});

describe('a lease for an endpoint', () => {
  test('waits for as long as a lower endpoint of its query is read', async () => {
    const { pool, clock, leaseOf } = await poolOf({ poolMax: 1, acquireTimeoutMs: 500 });
    const lower = await leaseOf('Q0');
    const waiting = leaseOf('Q1');
    await until(() => pool.stats.waitingEndpoints === 1);
    for (let times = 0; times < 5; times++) clock.advance(500);
    lower.release();
    expect((await waiting).connection).toBe(lower.connection);
  });

  test('ends when its user has got no connection for too long, and says what it is about', async () => {
    const limits = { poolMax: 1, acquireTimeoutMs: 500, patienceMs: 100 };
    const { pool, clock, lease, leaseOf } = await poolOf(limits);
    const first = await lease();
    const late = failureOf(leaseOf('Q0'));
    const short = lease();
    await until(() => pool.stats.waiting === 2);
    clock.advance(400);
    first.release();
    await short;
    clock.advance(400);
    expect(pool.stats.waitingEndpoints).toBe(1);
    clock.advance(100);
    expect((await late).code).toBe('resource-exhausted');
    expect((await late).message).toContain('all 1 connections (--pool-total) stayed in use');
    expect(pool.stats.waitingEndpoints).toBe(0);
  });

  test('gets the last connection when the lower ones were expected in vain', async () => {
    const { pool, clock, leaseOf } = await poolOf({ poolMax: 1, patienceMs: 1000 });
    const waiting = leaseOf('Q3');
    await until(() => pool.stats.waitingEndpoints === 1);
    clock.advance(999);
    expect(pool.stats).toMatchObject({ leased: 0, waitingEndpoints: 1 });
    clock.advance(1);
    expect((await waiting).connection.usable).toBe(true);
  });

  test('gets its turn when what was to come before it is abandoned', async () => {
    const { pool, clock, lease, leaseOf } = await poolOf({ poolMax: 1, patienceMs: 1000 });
    const first = await lease();
    const abort = new AbortController();
    const turn = { query: 'Q', endpoint: 0, of: 2 };
    const abandoned = failureOf(pool.lease(demoCredentials, abort.signal, turn));
    const waiting = leaseOf('Q1');
    abort.abort(new Error('gone'));
    expect((await abandoned).code).toBe('cancelled');
    first.release();
    expect(pool.stats).toMatchObject({ leased: 0, waitingEndpoints: 1 });
    clock.advance(1000);
    expect((await waiting).connection).toBe(first.connection);
  });

  test('that is discarded makes room as well', async () => {
    const { leaseOf } = await poolOf({ poolMax: 1 });
    const lower = await leaseOf('Q0');
    const waiting = leaseOf('Q1');
    lower.discard(new Error('the client has gone'));
    expect((await waiting).connection.usable).toBe(true);
  });

  test('waits for memory, and tells how much there is when it waits for too long', async () => {
    const { pool, clock, leaseOf } = await poolOf({
      acquireTimeoutMs: 500,
      memoryBudgetBytes: 10,
      streamBytes: 10,
    });
    const lower = await leaseOf('Q0');
    const late = failureOf(leaseOf('R0'));
    const next = leaseOf('Q1');
    await until(() => pool.stats.waitingEndpoints === 2);
    expect(pool.stats).toMatchObject({ leased: 1, endpointBytes: 10 });
    clock.advance(500);
    expect((await late).message).toContain(
      'results in flight took 10 of 10 bytes (--memory-budget)',
    );
    lower.holds(4);
    expect((await next).connection.usable).toBe(true);
    expect(pool.stats.endpointBytes).toBe(8);
  });
});

describe('an idle connection', () => {
  test('used a moment ago is handed out as it is', async () => {
    const { clock, hana, lease } = await poolOf({ validateAfterMs: 1000 });
    (await lease()).release();
    clock.advance(999);
    await lease();
    expect(pings(hana)).toBe(0);
  });

  test('unused for long is tried first', async () => {
    const { clock, hana, opened, lease } = await poolOf({ validateAfterMs: 1000 });
    (await lease()).release();
    clock.advance(1000);
    await lease();
    expect(pings(hana)).toBe(1);
    expect(opened).toHaveLength(1);
  });

  test('that HANA does not answer on any more is replaced', async () => {
    const limits = { validateAfterMs: 1000, validateTimeoutMs: 200 };
    const { clock, hana, opened, lease } = await poolOf(limits, () => {});
    (await lease()).release();
    clock.advance(1000);
    const second = lease();
    await until(() => pings(hana) === 1);
    clock.advance(200);
    expect((await second).connection).toBe(opened[1]);
    expect(opened[0]?.usable).toBe(false);
  });

  test('whose server went away is not handed out', async () => {
    const { opened, lease } = await poolOf();
    (await lease()).release();
    opened[0]?.destroy(new Error('reset by peer'));
    expect((await lease()).connection).toBe(opened[1]);
  });

  test('is closed after idleTimeoutMs, each by its own time', async () => {
    const { pool, clock, lease } = await poolOf({ idleTimeoutMs: 1000 });
    const [first, second] = [await lease(), await lease()];
    first.release();
    clock.advance(600);
    second.release();
    clock.advance(400);
    await until(() => pool.stats.closing === 0);
    expect([first.connection.usable, second.connection.usable]).toEqual([false, true]);
    clock.advance(600);
    await until(() => pool.stats.closing === 0);
    expect(second.connection.usable).toBe(false);
    expect(pool.stats.idle).toBe(0);
  });

  test('too old is replaced', async () => {
    const { clock, opened, lease } = await poolOf({ maxAgeMs: 5000, validateAfterMs: 1e9 });
    (await lease()).release();
    clock.advance(5000);
    expect((await lease()).connection).toBe(opened[1]);
  });
});

describe('closing the pool', () => {
  test('closes idle connections, waits for leases and refuses new ones', async () => {
    const { pool, lease, hana } = await poolOf();
    const [first, second] = [await lease(), await lease()];
    first.release();
    const finished: string[] = [];
    const closing = pool.close(60_000).finally(() => finished.push('closed'));
    expect((await failureOf(lease())).code).toBe('unavailable');
    await until(() => pool.stats.closing === 0);
    expect(finished).toEqual([]);
    expect(second.connection.usable).toBe(true);
    second.release();
    await closing;
    await until(() => hana.connections() === 0);
  });

  test('cuts those that are still out when the grace is over', async () => {
    const { pool, clock, lease } = await poolOf();
    const first = await lease();
    const closing = pool.close(1000);
    clock.advance(1000);
    await closing;
    expect(first.connection.usable).toBe(false);
  });

  test('sends away those who wait', async () => {
    const { pool, lease } = await poolOf({ poolMax: 1 });
    const first = await lease();
    const waiting = failureOf(lease());
    await until(() => pool.stats.waiting === 1);
    const closing = pool.close(1000);
    expect((await waiting).code).toBe('unavailable');
    first.release();
    await closing;
  });

  test('of an unused pool is done at once', async () => {
    const { pool } = await poolOf();
    await pool.close(1000);
    expect(pool.stats.leased).toBe(0);
  });
});
