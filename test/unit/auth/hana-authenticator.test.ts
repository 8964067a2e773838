import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBasic, encodeBasic } from '../../../src/auth/basic.ts';
import { HanaAuthenticator } from '../../../src/auth/hana-authenticator.ts';
import { parseSecrets, randomSecret, Sealer } from '../../../src/auth/sealing.ts';
import { SessionTokens } from '../../../src/auth/session-token.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import type { HanaCredentials } from '../../../src/core/hana-credentials.ts';

const SECRET = 'a secret that is long enough for the test';

function authenticatorWith(secret = SECRET) {
  const logons: HanaCredentials[] = [];
  let nowMs = 0;
  const authenticator = new HanaAuthenticator({
    tokens: new SessionTokens(new Sealer([secret]), 60),
    basicTrustMs: 1000,
    now: () => nowMs,
    logOn: async (credentials) => {
      logons.push(credentials);
      if (credentials.password !== 'Demo1234') {
        throw new HanaFlightError('unauthenticated', 'HANA 10 authentication failed');
      }
    },
  });
  return { authenticator, logons, advance: (ms: number) => (nowMs += ms) };
}

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function failureOf(promise: Promise<unknown>): Promise<HanaFlightError> {
  const failure = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(failure instanceof HanaFlightError)) throw new Error('expected a HanaFlightError');
  return failure;
}

describe('basic logon', () => {
  test.each([
    ['padded', basic('DEMO', 'Demo1234')],
    ['unpadded', basic('DEMO', 'Demo1234').replace(/=+$/, '')],
    ['with the scheme in lower case', basic('DEMO', 'Demo1234').replace('Basic', 'basic')],
  ])('accepts a header %s', async (_name, header) => {
    const { authenticator } = authenticatorWith();
    expect((await authenticator.authenticate(header)).user).toBe('DEMO');
  });

  test('keeps colons and non-ASCII characters of the password', async () => {
    const { authenticator, logons } = authenticatorWith();
    await failureOf(authenticator.authenticate(basic('DEMO', 'pä:ss:😀')));
    expect(logons).toEqual([{ kind: 'password', user: 'DEMO', password: 'pä:ss:😀' }]);
  });

  test('passes on that HANA refused, and asks again the next time', async () => {
    const { authenticator, logons } = authenticatorWith();
    const header = basic('DEMO', 'wrong');
    expect((await failureOf(authenticator.authenticate(header))).code).toBe('unauthenticated');
    expect((await failureOf(authenticator.authenticate(header))).code).toBe('unauthenticated');
    expect(logons).toHaveLength(2);
  });

  test('asks HANA once for calls that arrive together and again when the trust has run out', async () => {
    const { authenticator, logons, advance } = authenticatorWith();
    const header = basic('DEMO', 'Demo1234');
    await Promise.all([authenticator.authenticate(header), authenticator.authenticate(header)]);
    expect(logons).toHaveLength(1);
    advance(1001);
    await authenticator.authenticate(header);
    expect(logons).toHaveLength(2);
  });
});

describe('a Basic header', () => {
  test('is written as it is read', () => {
    expect(decodeBasic(encodeBasic('DEMO', 'pä:ss:😀').slice('Basic '.length))).toEqual({
      kind: 'password',
      user: 'DEMO',
      password: 'pä:ss:😀',
    });
  });

  test.each([
    ['no user name', ''],
    ['a user name with a colon', 'DE:MO'],
  ])('cannot be written for %s', (_what, user) => {
    expect(() => encodeBasic(user, 'x')).toThrow(/expected a user name without a colon/);
  });
});

describe('session token', () => {
  test('is accepted as Bearer by another process with the same secret, without a logon', async () => {
    const { token } = await authenticatorWith().authenticator.logOn(basic('DEMO', 'Demo1234'));
    const other = authenticatorWith();
    const principal = await other.authenticator.authenticate(`Bearer ${token}`);
    const { sessionId, ...caller } = principal;
    expect(caller).toEqual({
      user: 'DEMO',
      credentials: { kind: 'password', user: 'DEMO', password: 'Demo1234' },
    });
    // 128 bits in base64url.
    expect(sessionId).toMatch(/^[\w-]{22}$/);
    expect(other.logons).toHaveLength(0);
  });

  test('stands for a session of its own, which a logon with the token keeps', async () => {
    const { authenticator } = authenticatorWith();
    const { token } = await authenticator.logOn(basic('DEMO', 'Demo1234'));
    const renewed = await authenticator.logOn(`Bearer ${token}`);
    const again = await authenticator.logOn(basic('DEMO', 'Demo1234'));
    const sessionOf = async (issued: string) =>
      (await authenticator.authenticate(`Bearer ${issued}`)).sessionId;
    expect(await sessionOf(renewed.token)).toBe(await sessionOf(token));
    expect(await sessionOf(again.token)).not.toBe(await sessionOf(token));
  });

  test('is accepted without a session when it was issued before there were any', async () => {
    const sealed = await new Sealer([SECRET]).seal(
      { user: 'DEMO', password: 'Demo1234' },
      { purpose: 'session-token', lifetimeSeconds: 60 },
    );
    const principal = await authenticatorWith().authenticator.authenticate(`Bearer ${sealed}`);
    expect(principal).toMatchObject({ user: 'DEMO', sessionId: undefined });
  });

  test('hides user and password from who holds it', async () => {
    const { token } = await authenticatorWith().authenticator.logOn(basic('DEMO', 'Demo1234'));
    const readable = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(readable.join()).not.toMatch(/DEMO|Demo1234/);
  });

  test('is refused by a process with another secret', async () => {
    const { token } = await authenticatorWith().authenticator.logOn(basic('DEMO', 'Demo1234'));
    const other = authenticatorWith(randomSecret());
    const failure = await failureOf(other.authenticator.authenticate(`Bearer ${token}`));
    expect(failure.code).toBe('unauthenticated');
    expect(failure.message).toContain('a key that this server does not have');
  });

  test('is refused after its lifetime', async () => {
    const sealer = new Sealer([SECRET]);
    const expired = await sealer.seal(
      { user: 'DEMO', password: 'Demo1234' },
      { purpose: 'session-token', lifetimeSeconds: -10 },
    );
    const failure = await failureOf(
      authenticatorWith().authenticator.authenticate(`Bearer ${expired}`),
    );
    expect(failure.message).toBe('session token: expired; log on again');
  });

  test('is refused with any one character changed', async () => {
    const { authenticator } = authenticatorWith();
    const { token } = await authenticator.logOn(basic('DEMO', 'Demo1234'));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: token.length - 1 }),
        fc.constantFrom('A', 'B', 'w', 'z', '0', '9', '-', '_', '.'),
        async (at, character) => {
          fc.pre(token[at] !== character);
          const altered = token.slice(0, at) + character + token.slice(at + 1);
          // The last base64 character of a part may carry bits that decode to nothing.
          fc.pre(
            altered
              .split('.')
              .map((part) => Buffer.from(part, 'base64url').toString('hex'))
              .join() !==
              token
                .split('.')
                .map((part) => Buffer.from(part, 'base64url').toString('hex'))
                .join(),
          );
          const failure = await failureOf(authenticator.authenticate(`Bearer ${altered}`));
          expect(failure.code).toBe('unauthenticated');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never opens what was sealed for another purpose', async () => {
    const sealer = new Sealer([SECRET]);
    const ticket = await sealer.seal(
      { user: 'DEMO', password: 'Demo1234' },
      { purpose: 'statement-ticket', lifetimeSeconds: 60 },
    );
    const failure = await failureOf(
      authenticatorWith().authenticator.authenticate(`Bearer ${ticket}`),
    );
    expect(failure.code).toBe('unauthenticated');
  });

  test('opens with an older secret after a rotation, and new ones are sealed with the newest', async () => {
    const oldSecret = randomSecret();
    const newSecret = randomSecret();
    const options = { purpose: 'session-token', lifetimeSeconds: 60 } as const;
    const old = await new Sealer([oldSecret]).seal({ user: 'A' }, options);
    const rotated = new Sealer([newSecret, oldSecret]);
    expect(await rotated.open(old, 'session-token')).toMatchObject({ user: 'A' });
    const fresh = await rotated.seal({ user: 'B' }, options);
    expect(await new Sealer([newSecret]).open(fresh, 'session-token')).toMatchObject({ user: 'B' });
  });
});

describe('authorization header', () => {
  test.each([
    undefined,
    '',
    'Negotiate abc',
    'Basic',
    'Basic !!!',
    'Basic Og==',
    'Basic REVNTw==',
    'Bearer',
  ])('is refused as unauthenticated when it is %j', async (header) => {
    const failure = await failureOf(authenticatorWith().authenticator.authenticate(header));
    expect(failure.code).toBe('unauthenticated');
  });

  test('of random text is refused, and never shown in the message', async () => {
    const { authenticator } = authenticatorWith();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 12 }),
        fc.constantFrom('Basic ', 'Bearer ', ''),
        async (text, scheme) => {
          const failure = await failureOf(authenticator.authenticate(scheme + text));
          expect(failure.code).toBe('unauthenticated');
          expect(failure.message).not.toContain(text);
        },
      ),
    );
  });
});

describe('a caller without an authorization header', () => {
  const service = { kind: 'password', user: 'SERVICE', password: 'Secret1234' } as const;
  const open = new HanaAuthenticator({
    tokens: new SessionTokens(new Sealer([SECRET]), 60),
    anonymous: service,
    logOn: () =>
      Promise.reject(new HanaFlightError('unauthenticated', 'HANA 10 authentication failed')),
  });

  test('acts as the service user where the server was told so', async () => {
    expect(await open.authenticate(undefined)).toEqual({ user: 'SERVICE', credentials: service });
  });

  test('does not make wrong credentials good', async () => {
    expect((await failureOf(open.authenticate(basic('DEMO', 'x')))).code).toBe('unauthenticated');
  });
});

describe('secret file', () => {
  test('holds one secret a line, newest first, with blank and # lines skipped', () => {
    expect(parseSecrets('# newest\nfirst\r\n\n  second  \n')).toEqual(['first', 'second']);
  });

  test('with a short secret is refused by its line', () => {
    expect(() => new Sealer([SECRET, 'short'])).toThrow(
      'secret 2: expected at least 32 characters, 5 came',
    );
    expect(() => new Sealer([])).toThrow('at least one secret');
  });
});
