import { randomBytes } from 'node:crypto';
import type { CallSession } from './producer.ts';

/** Name of the cookie that carries a session id. */
const SESSION_COOKIE = 'hana_flight_session';

/** 128 random bits in base64url; anything else is not one of our ids. */
const SESSION_ID = /^[A-Za-z0-9_-]{22}$/;

/**
 * The session of a call. ADBC keeps no cookies unless told to, so the id inside a bearer token counts
 * first; JDBC, ODBC and whoever sends Basic on each call have the cookie.
 */
export class CookieSession implements CallSession {
  readonly #setCookie: (cookie: string) => void;
  #id: string | undefined;

  /**
   * @param tokenId the session inside the bearer token, if there is one.
   * @param cookies values of the `cookie` headers.
   * @param setCookie sends a value of `set-cookie` with the answer.
   */
  constructor(
    tokenId: string | undefined,
    cookies: readonly string[],
    setCookie: (cookie: string) => void,
  ) {
    this.#id = tokenId ?? sessionCookie(cookies);
    this.#setCookie = setCookie;
  }

  get id(): string | undefined {
    return this.#id;
  }

  open(): string {
    if (this.#id !== undefined) return this.#id;
    const id = newSessionId();
    this.#id = id;
    this.#setCookie(`${SESSION_COOKIE}=${id}`);
    return id;
  }
}

function newSessionId(): string {
  return randomBytes(16).toString('base64url');
}

/** Tolerates what clients send: several headers, pairs joined by `;` without a space, quoted values. */
function sessionCookie(cookies: readonly string[]): string | undefined {
  for (const pair of cookies.flatMap((header) => header.split(';'))) {
    const equals = pair.indexOf('=');
    if (pair.slice(0, Math.max(0, equals)).trim() !== SESSION_COOKIE) continue;
    const value = pair.slice(equals + 1).trim();
    const id = value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    if (SESSION_ID.test(id)) return id;
  }
  return undefined;
}
