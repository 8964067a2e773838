import type { JWTPayload } from 'jose';
import { RecentlyUsed } from '../core/recently-used.ts';
import type { SealPurpose } from './seal-purposes.ts';

/** Those that were used last. With the longest text that is kept, a few megabytes. */
const MAX_SEALS = 2_000;
/** A ticket with parameters may be megabytes long, and opening it costs little beside reading it. */
const MAX_CHARACTERS = 4_096;

interface OpenedSeal {
  readonly purpose: SealPurpose;
  readonly payload: Readonly<JWTPayload>;
}

/**
 * What this process has sealed or opened itself. A client shows its token with every call, and each ticket
 * comes back within milliseconds: opening one again takes two turns on another thread.
 */
export class OpenedSeals {
  /** By sealed text. */
  readonly #seals = new RecentlyUsed<OpenedSeal>(MAX_SEALS);

  /** @param payload with its claims, `exp` among them; not asked for when the text is too long to be kept. */
  remember(sealed: string, purpose: SealPurpose, payload: () => JWTPayload): void {
    if (sealed.length > MAX_CHARACTERS) return;
    this.#seals.set(sealed, { purpose, payload: Object.freeze({ ...payload() }) });
  }

  /** Undefined for one that is unknown, has expired, or was made for another purpose. */
  find(sealed: string, purpose: SealPurpose): Readonly<JWTPayload> | undefined {
    const seal = this.#seals.get(sealed);
    if (seal === undefined || seal.purpose !== purpose) return undefined;
    return isValid(seal.payload) ? seal.payload : undefined;
  }
}

/** As RFC 7519, 4.1.4 has it: not on the second that it names, nor after. */
function isValid({ exp }: JWTPayload): boolean {
  return exp !== undefined && exp > Math.floor(Date.now() / 1000);
}
