import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HanaFlightError } from '../core/errors.ts';
import { oncePerObject } from '../core/once-per-object.ts';
import type { Principal } from './principal.ts';
import type { Sealer } from './sealing.ts';

/** `sid` is absent from tokens that were issued before there were sessions. */
const Claims = z.object({ user: z.string(), password: z.string(), sid: z.string().optional() });

/** Nobody guesses the session of another. */
const SESSION_ID_BYTES = 16;

/**
 * Session tokens carry the HANA credentials, sealed, so that any process with the same secrets can
 * serve the caller without state.
 */
export class SessionTokens {
  readonly #sealer: Sealer;
  readonly #lifetimeSeconds: number;

  constructor(sealer: Sealer, lifetimeSeconds: number) {
    this.#sealer = sealer;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** Every token stands for a session: the one of the principal, else a new one. */
  issue(principal: Principal): Promise<string> {
    const { user, password } = principal.credentials;
    const sid = principal.sessionId ?? randomBytes(SESSION_ID_BYTES).toString('base64url');
    return this.#sealer.seal(
      { user, password, sid },
      { purpose: 'session-token', lifetimeSeconds: this.#lifetimeSeconds },
    );
  }

  /** @throws HanaFlightError `unauthenticated` when expired, altered or not ours. */
  async read(token: string): Promise<Principal> {
    return principalIn(await this.#sealer.open(token, 'session-token'));
  }
}

/**
 * Who a token stands for, once for what a sealer remembers.
 * @throws HanaFlightError `unauthenticated` when something is missing.
 */
const principalIn = oncePerObject((sealed: object): Principal => {
  const claims = Claims.safeParse(sealed);
  if (!claims.success) {
    throw new HanaFlightError('unauthenticated', 'session token: claims are incomplete', {
      cause: claims.error,
    });
  }
  const { user, password, sid } = claims.data;
  return { user, credentials: { kind: 'password', user, password }, sessionId: sid };
});
