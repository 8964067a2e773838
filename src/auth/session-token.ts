import { z } from 'zod';
import { HanaFlightError } from '../core/errors.ts';
import type { Principal } from './principal.ts';
import type { Sealer } from './sealing.ts';

const Claims = z.object({ user: z.string(), password: z.string() });

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

  issue(principal: Principal): Promise<string> {
    const { user, password } = principal.credentials;
    return this.#sealer.seal(
      { user, password },
      { purpose: 'session-token', lifetimeSeconds: this.#lifetimeSeconds },
    );
  }

  /** @throws HanaFlightError `unauthenticated` when expired, altered or not ours. */
  async read(token: string): Promise<Principal> {
    const claims = Claims.safeParse(await this.#sealer.open(token, 'session-token'));
    if (!claims.success) {
      throw new HanaFlightError('unauthenticated', 'session token: claims are incomplete', {
        cause: claims.error,
      });
    }
    const { user, password } = claims.data;
    return { user, credentials: { kind: 'password', user, password } };
  }
}
