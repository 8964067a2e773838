import type { Principal } from './principal.ts';

/** Answer to a successful logon: who it is, and the token that says so from now on. */
export interface Session {
  readonly principal: Principal;
  /** Sealed bearer token, without the word `Bearer`. */
  readonly token: string;
}

/** The one way in: every RPC asks it who calls. */
export interface Authenticator {
  /**
   * Reads the `authorization` header of a call: `Basic` (base64 padded or not) or `Bearer`. Flight's
   * older forms come in the same words: user and password of a Handshake payload as `Basic`, an
   * `auth-token-bin` as `Bearer`.
   * @throws HanaFlightError `unauthenticated` when it is absent, unreadable, expired or refused.
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
  /** As {@link authenticate}, and issues a token; what Handshake does. */
  logOn(authorization: string | undefined): Promise<Session>;
}
