import { HanaFlightError } from '../core/errors.ts';
import type { HanaCredentials } from '../core/hana-credentials.ts';

/**
 * Reads the value of a Basic header, `base64(user:password)`. Padding is optional: the Go ADBC driver
 * sends none, JDBC sends it. The password may hold colons; the user name may not (RFC 7617).
 * @throws HanaFlightError `unauthenticated`; the value is never part of the message.
 */
export function decodeBasic(encoded: string): HanaCredentials {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) {
    throw new HanaFlightError(
      'unauthenticated',
      'basic authorization: expected base64 of user:password',
    );
  }
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) {
    throw new HanaFlightError(
      'unauthenticated',
      'basic authorization: expected user:password with a user name, found no user name or no colon',
    );
  }
  return { kind: 'password', user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The `authorization` header for a user and a password.
 * @throws HanaFlightError `unauthenticated` for a user name that cannot stand in one.
 */
export function encodeBasic(user: string, password: string): string {
  if (user === '' || user.includes(':')) {
    throw new HanaFlightError(
      'unauthenticated',
      'logon: expected a user name without a colon, got an empty one or one with a colon',
    );
  }
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
