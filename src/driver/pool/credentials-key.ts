import { createHmac, randomBytes } from 'node:crypto';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import { oncePerObject } from '../../core/once-per-object.ts';

/**
 * Makes keys that are equal exactly when the credentials are. The pool compares and keeps only these, and
 * they are of no use outside the process.
 */
export class CredentialsKeys {
  readonly #secret = randomBytes(32);

  /** Once for the credentials that a caller shows with each call. */
  readonly keyOf = oncePerObject(({ kind, user, password }: HanaCredentials): string => {
    const text = JSON.stringify([kind, user, password]);
    return createHmac('sha256', this.#secret).update(text).digest('base64');
  });
}
