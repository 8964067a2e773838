import { createHmac, randomBytes } from 'node:crypto';
import type { HanaCredentials } from '../../core/hana-credentials.ts';

/**
 * Makes keys that are equal exactly when the credentials are. The pool compares and keeps only these, and
 * they are of no use outside the process.
 */
export class CredentialsKeys {
  readonly #secret = randomBytes(32);
  /** A caller shows the same credentials with each call. */
  readonly #known = new WeakMap<HanaCredentials, string>();

  keyOf(credentials: HanaCredentials): string {
    const known = this.#known.get(credentials);
    if (known !== undefined) return known;
    const { kind, user, password } = credentials;
    const text = JSON.stringify([kind, user, password]);
    const key = createHmac('sha256', this.#secret).update(text).digest('base64');
    this.#known.set(credentials, key);
    return key;
  }
}
