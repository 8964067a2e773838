import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { EncryptJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { Sealer } from '../../../src/auth/sealing.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import type { StatementHandles } from '../../../src/proxy/statements/statement-handles.ts';
import { endpointsThatFit, MAX_TICKETS_BYTES } from '../../../src/proxy/statements/ticket-size.ts';
import { FULL_TICKET, handlesWith, principal, SECRET } from '../../support/tickets.ts';

const OTHER_SECRET = 'another secret that is long enough as well';

const handles = handlesWith();
const seal = async (from: StatementHandles = handles) =>
  (await from.sealTicket(FULL_TICKET, principal())).handle;

async function refusal(handle: Uint8Array, user = 'DEMO', by = handles): Promise<HanaFlightError> {
  const thrown = await by.openTicket(handle, principal(user)).then(
    () => new Error('the ticket was accepted'),
    (error: unknown) => error,
  );
  if (thrown instanceof HanaFlightError) return thrown;
  throw thrown;
}

const tagOf = (sealed: string) => Buffer.from(sealed.split('.')[4] ?? '', 'base64url');
const textOf = (handle: Uint8Array) => Buffer.from(handle).toString('latin1');
const bytesOf = (text: string) => Buffer.from(text, 'latin1');

describe('a ticket', () => {
  test('comes back with all it holds, in another process with the same secret', async () => {
    const ticket = await handlesWith().openTicket(await seal(), principal());
    expect(ticket).toMatchObject(FULL_TICKET);
    expect(Object.keys(ticket).toSorted()).toEqual(Object.keys(FULL_TICKET).toSorted());
  });

  test('is renewed with all it holds', async () => {
    const opened = await handles.openTicket(await seal(), principal());
    const renewed = await handles.sealTicket(opened, principal());
    expect(await handles.openTicket(renewed.handle, principal())).toEqual(opened);
  });

  test('of before there were endpoints is read as before', async () => {
    const { kind, id, sql, fingerprint } = FULL_TICKET;
    const ticket = { kind, id, sql, fingerprint };
    const { handle } = await handles.sealTicket(ticket, principal());
    expect(await handlesWith().openTicket(handle, principal())).toEqual(ticket);
  });

  test('tells when it expires', async () => {
    const { expiresAt } = await handlesWith([SECRET], 60).sealTicket(FULL_TICKET, principal());
    const left = expiresAt.getTime() - Date.now();
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test('is opened by an older secret until that is taken away', async () => {
    const old = await seal(handlesWith([OTHER_SECRET]));
    const rotated = handlesWith([SECRET, OTHER_SECRET]);
    expect(await rotated.openTicket(old, principal())).toMatchObject({ id: FULL_TICKET.id });
    expect(await rotated.openTicket(await seal(), principal())).toBeDefined();
    const [header = ''] = textOf(await seal(rotated)).split('.');
    expect(header).toBe(textOf(await seal()).split('.')[0]);
    expect(await refusal(old)).toMatchObject({
      code: 'invalid-argument',
      message: 'ticket: sealed with a key that this server does not have',
    });
  });
});

describe('a ticket is refused that is', () => {
  const altered = {
    code: 'invalid-argument',
    message: 'ticket: not one that this server made, or altered on its way',
  };

  test('forged: sealed with a secret that only looks like ours', async () => {
    const [header] = textOf(await seal()).split('.');
    const [, ...rest] = textOf(await seal(handlesWith([OTHER_SECRET]))).split('.');
    expect(await refusal(bytesOf([header, ...rest].join('.')))).toMatchObject(altered);
  });

  test.each([
    ['nothing', ''],
    ['a text', 'SELECT * FROM DUMMY'],
    ['an unsealed token', `${bytesOf('{"alg":"none"}').toString('base64url')}.e30.`],
    ['dots', '....'],
    ['bytes that are no text', '\u00ff\u0000\u00fe'],
  ])('%s', async (_what, text) => {
    expect(await refusal(bytesOf(text))).toMatchObject(altered);
  });

  test('changed by one bit, whichever', async () => {
    const handle = Buffer.from(await seal());
    for (let bit = 0; bit < handle.length * 8; bit += 5) {
      const flipped = Buffer.from(handle);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { code } = await refusal(flipped);
      expect(code).toBe('invalid-argument');
    }
  });

  test('cut short, whatever is left', async () => {
    const handle = await seal();
    for (let length = 0; length < handle.length; length += 7) {
      expect(await refusal(handle.subarray(0, length))).toMatchObject(altered);
    }
  });

  test('written in another way, although the same bytes are meant', async () => {
    const text = textOf(await seal());
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(text.at(-1) ?? '');
    // The tag has 16 bytes: the last of its 22 characters carries two bits, and four that mean nothing.
    const sameBytes = text.slice(0, -1) + alphabet[last ^ 1];
    expect(tagOf(sameBytes)).toEqual(tagOf(text));
    for (const variant of [sameBytes, `${text}=`, `${text}==`, `${text} `, `${text}\n`]) {
      expect(await refusal(bytesOf(variant))).toMatchObject(altered);
    }
  });

  test('expired', async () => {
    expect(await refusal(await seal(handlesWith([SECRET], 0)))).toMatchObject({
      code: 'failed-precondition',
      message: 'ticket: expired; call GetFlightInfo again',
    });
  });

  test("another user's", async () => {
    expect(await refusal(await seal(), 'OTHER')).toMatchObject({
      code: 'permission-denied',
      message: 'the statement ticket was made for another user than OTHER',
    });
  });

  test('no ticket but a prepared statement, or a session token', async () => {
    const prepared = await handles.sealPrepared({ sql: 'SELECT 1 FROM DUMMY' }, principal());
    expect(await refusal(prepared)).toMatchObject(altered);
    const options = { purpose: 'session-token', lifetimeSeconds: 60 } as const;
    const token = await new Sealer([SECRET]).seal({ user: 'DEMO', password: 'x' }, options);
    expect(await refusal(bytesOf(token))).toMatchObject(altered);
  });

  test('of another version', async () => {
    const options = { purpose: 'statement-ticket', lifetimeSeconds: 60 } as const;
    const payload = { ...FULL_TICKET, endpoint: 'all', user: 'DEMO' };
    const sealed = await new Sealer([SECRET]).seal(payload, options);
    expect(await refusal(bytesOf(sealed))).toMatchObject({
      code: 'failed-precondition',
      message: 'ticket: made by another version of hana-flight; call GetFlightInfo again',
    });
  });
});

async function sizeOf(sql: string): Promise<number> {
  return (await handles.sealTicket({ ...FULL_TICKET, sql }, principal())).handle.length;
}

describe('the size of a ticket', () => {
  const columns = Array.from({ length: 2000 }, (_, at) => `"COLUMN_${at}"`).join(', ');

  test('is less than that of its SQL when that is long', async () => {
    const sql = `SELECT ${columns} FROM SALES.WIDE`;
    const bytes = await sizeOf(sql);
    expect(bytes).toBeLessThan(sql.length / 2);
    const { handle } = await handles.sealTicket({ ...FULL_TICKET, sql }, principal());
    expect(await handlesWith().openTicket(handle, principal())).toMatchObject({ sql });
  });

  test('never passes what can be opened: a huge one is not deflated', async () => {
    const sql = `SELECT '${'x'.repeat(17 * 1024 * 1024)}' FROM DUMMY`;
    const { handle } = await handles.sealTicket({ ...FULL_TICKET, sql }, principal());
    const opened = await handlesWith().openTicket(handle, principal());
    expect(opened).toMatchObject({ id: FULL_TICKET.id });
    expect(handle.length).toBeGreaterThan(sql.length);
  });

  test('decides how many endpoints a FlightInfo has room for', async () => {
    const short = await sizeOf('SELECT * FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID < 1000');
    expect(endpointsThatFit(short)).toBeGreaterThan(256);
    const random = randomBytes(100_000).toString('hex');
    const long = await sizeOf(`SELECT '${random}' FROM DUMMY`);
    const fitting = endpointsThatFit(long);
    expect(fitting).toBeGreaterThan(1);
    expect(fitting * long).toBeLessThanOrEqual(MAX_TICKETS_BYTES);
    expect(endpointsThatFit(10 * MAX_TICKETS_BYTES)).toBe(1);
  });
});

test('what inflates to more than 16 MiB is refused, and for a session token whatever is deflated', async () => {
  // The key as it is derived from the secret, and the id of the key.
  const info = 'hana-flight sealing key v1';
  const key = new Uint8Array(hkdfSync('sha256', SECRET, '', info, 32));
  const kid = createHash('sha256').update(key).digest('hex').slice(0, 16);
  const sealed = (audience: string, text: string) =>
    new EncryptJWT({ text })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, zip: 'DEF' })
      .setIssuer('hana-flight')
      .setAudience(audience)
      .setExpirationTime('60 seconds')
      .encrypt(key);
  const sealer = new Sealer([SECRET]);
  const small = await sealed('statement-ticket', 'x');
  expect(await sealer.open(small, 'statement-ticket')).toMatchObject({ text: 'x' });
  const bomb = await sealed('statement-ticket', 'x'.repeat(16 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(50_000);
  await expect(sealer.open(bomb, 'statement-ticket')).rejects.toThrow('ticket: not one that');
  const token = await sealed('session-token', 'x');
  await expect(sealer.open(token, 'session-token')).rejects.toThrow('session token: not one that');
});

test('a session token, which holds a password, is never deflated', async () => {
  const sealer = new Sealer([SECRET]);
  const options = { purpose: 'session-token', lifetimeSeconds: 60 } as const;
  const lengths = [];
  for (const text of ['a'.repeat(3000), randomBytes(1500).toString('hex')]) {
    lengths.push((await sealer.seal({ text }, options)).length);
  }
  expect(lengths[0]).toBe(lengths[1]);
});
