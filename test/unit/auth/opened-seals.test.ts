import { afterEach, describe, expect, test, vi } from 'vitest';
import { Sealer } from '../../../src/auth/sealing.ts';

const SECRET = 'the secret that seals the tickets of the tests';
const TICKET = { purpose: 'statement-ticket', lifetimeSeconds: 60 } as const;

afterEach(() => {
  vi.useRealTimers();
});

describe('what a process has sealed or opened itself', () => {
  test('opens as it does in a process that has not', async () => {
    const sealer = new Sealer([SECRET]);
    const payload = { sql: 'SELECT 1', left: undefined, when: new Date(0), list: [1, { a: null }] };
    const sealed = await sealer.seal(payload, TICKET);
    const elsewhere = new Sealer([SECRET]);
    const opened = await elsewhere.open(sealed, 'statement-ticket');
    expect(opened).toMatchObject({ sql: 'SELECT 1', when: '1970-01-01T00:00:00.000Z' });
    expect(await sealer.open(sealed, 'statement-ticket')).toEqual(opened);
    expect(await elsewhere.open(sealed, 'statement-ticket')).toEqual(opened);
  });

  test('expires on the same second', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-01T00:00:00.900Z') });
    const sealer = new Sealer([SECRET]);
    const sealed = await sealer.seal({ sql: 'SELECT 1' }, TICKET);
    for (const [at, expired] of [
      ['2026-01-01T00:00:59.999Z', false],
      ['2026-01-01T00:01:00.000Z', true],
    ] as const) {
      vi.setSystemTime(Date.parse(at));
      for (const opening of [sealer, new Sealer([SECRET])]) {
        const opened = opening.open(sealed, 'statement-ticket');
        if (expired) await expect(opened).rejects.toThrow('ticket: expired; call GetFlightInfo');
        else expect(await opened).toMatchObject({ sql: 'SELECT 1' });
      }
    }
  });

  test('does not open for another purpose, before and after it was opened for its own', async () => {
    const sealer = new Sealer([SECRET]);
    const sealed = await sealer.seal({ user: 'DEMO' }, TICKET);
    for (let round = 0; round < 2; round++) {
      await expect(sealer.open(sealed, 'session-token')).rejects.toThrow(
        'not one that this server',
      );
      expect(await sealer.open(sealed, 'statement-ticket')).toMatchObject({ user: 'DEMO' });
    }
  });

  test('cannot be changed by who has opened it', async () => {
    const sealer = new Sealer([SECRET]);
    const sealed = await sealer.seal({ user: 'DEMO' }, TICKET);
    const opened = await sealer.open(sealed, 'statement-ticket');
    expect(() => Object.assign(opened, { user: 'OTHER' })).toThrow(TypeError);
    expect(await sealer.open(sealed, 'statement-ticket')).toMatchObject({ user: 'DEMO' });
  });

  test('is opened anew once thousands of others came after it', async () => {
    const sealer = new Sealer([SECRET]);
    const first = await sealer.seal({ index: -1 }, TICKET);
    for (let index = 0; index < 2_500; index++) await sealer.seal({ index }, TICKET);
    expect(await sealer.open(first, 'statement-ticket')).toMatchObject({ index: -1 });
  });
});
