import { createHmac, randomBytes } from 'node:crypto';
import { HanaFlightError } from '../core/errors.ts';
import type { HanaCredentials } from '../core/hana-credentials.ts';
import type { Authenticator, Session } from './authenticator.ts';
import { decodeBasic } from './basic.ts';
import type { Principal } from './principal.ts';
import type { SessionTokens } from './session-token.ts';

/** Proves credentials by using them; rejects with `unauthenticated` when HANA refuses them. */
export type LogOnToHana = (credentials: HanaCredentials) => Promise<void>;

export interface HanaAuthenticatorOptions {
  readonly logOn: LogOnToHana;
  readonly tokens: SessionTokens;
  /**
   * Who a caller without any `authorization` header is. Absent: such callers are refused. Whoever sets
   * it lets everybody who reaches the port act as this user.
   */
  readonly anonymous?: HanaCredentials | undefined;
  /** How long a Basic header that HANA accepted is believed without asking again. */
  readonly basicTrustMs?: number;
  /** Milliseconds since some fixed instant. */
  readonly now?: () => number;
}

/** Clients that never take a token send Basic on each call; a minute spares HANA most of those logons. */
const DEFAULT_BASIC_TRUST_MS = 60_000;
/** More distinct callers than this within the trust time: the oldest is asked to prove itself again. */
const MAX_TRUSTED = 10_000;

interface Trusted {
  readonly principal: Promise<Principal>;
  readonly until: number;
}

/** Callers prove who they are with HANA's own user and password, or with a token issued for them. */
export class HanaAuthenticator implements Authenticator {
  readonly #options: HanaAuthenticatorOptions;
  readonly #now: () => number;
  /** Keyed by a keyed hash, so that a memory dump does not hold the headers themselves. */
  readonly #trusted = new Map<string, Trusted>();
  readonly #hashKey = randomBytes(32);

  constructor(options: HanaAuthenticatorOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  async authenticate(authorization: string | undefined): Promise<Principal> {
    const { anonymous } = this.#options;
    if (anonymous !== undefined && isAbsent(authorization)) {
      return { user: anonymous.user, credentials: anonymous };
    }
    const { scheme, value } = splitHeader(authorization);
    return scheme === 'bearer' ? this.#options.tokens.read(value) : this.#trustBasic(value);
  }

  async logOn(authorization: string | undefined): Promise<Session> {
    const principal = await this.authenticate(authorization);
    return { principal, token: await this.#options.tokens.issue(principal) };
  }

  #trustBasic(value: string): Promise<Principal> {
    const key = createHmac('sha256', this.#hashKey).update(value).digest('base64url');
    const known = this.#trusted.get(key);
    if (known !== undefined && known.until > this.#now()) return known.principal;
    const principal = this.#prove(value);
    this.#remember(key, principal);
    return principal;
  }

  async #prove(value: string): Promise<Principal> {
    const credentials = decodeBasic(value);
    await this.#options.logOn(credentials);
    return { user: credentials.user, credentials };
  }

  /** Calls that arrive together share one logon; a refused one is forgotten at once. */
  #remember(key: string, principal: Promise<Principal>): void {
    this.#trusted.delete(key);
    const until = this.#now() + (this.#options.basicTrustMs ?? DEFAULT_BASIC_TRUST_MS);
    this.#trusted.set(key, { principal, until });
    principal.catch(() => this.#trusted.delete(key));
    if (this.#trusted.size <= MAX_TRUSTED) return;
    const oldest = this.#trusted.keys().next();
    if (!oldest.done) this.#trusted.delete(oldest.value);
  }
}

function isAbsent(authorization: string | undefined): authorization is undefined {
  return authorization === undefined || authorization.trim() === '';
}

function splitHeader(authorization: string | undefined): {
  scheme: 'basic' | 'bearer';
  value: string;
} {
  if (isAbsent(authorization)) {
    throw new HanaFlightError(
      'unauthenticated',
      'no authorization header: expected Basic with a HANA user and password, or Bearer with a token of this server',
    );
  }
  const match = /^(basic|bearer)\s+(\S+)\s*$/i.exec(authorization.trim());
  const value = match?.[2];
  if (match === null || value === undefined) {
    throw new HanaFlightError(
      'unauthenticated',
      'authorization header: expected "Basic …" or "Bearer …"',
    );
  }
  return { scheme: match[1]?.toLowerCase() === 'bearer' ? 'bearer' : 'basic', value };
}
