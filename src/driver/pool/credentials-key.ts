import { createHmac, randomBytes } from 'node:crypto';
import type { HanaCredentials } from '../../core/hana-credentials.ts';

/**
 * Makes keys that are equal exactly when the credentials are. The pool compares and keeps only these, and
 * they are of no use outside the process.
 */
export class CredentialsKeys {
  readonly #secret = randomBytes(32);

  keyOf(credentials: HanaCredentials): string {
    const { kind, user, password } = credentials;
    const text = JSON.stringify([kind, user, password]);
    return createHmac('sha256', this.#secret).update(text).digest('base64');
  }
}
