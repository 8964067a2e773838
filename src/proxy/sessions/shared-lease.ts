import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { Lease } from '../../driver/pool/pool.ts';

/**
 * A leased connection that stays with one client: the statements of a transaction or of a session
 * borrow it, side by side if need be, because a HANA session answers its requests in order.
 */
export class SharedLease {
  readonly #lease: Lease;
  readonly #onIdle: () => void;
  #borrowers = 0;
  #ending: ((lease: Lease) => void) | undefined;

  /** @param onIdle told each time the last borrower has given it back. */
  constructor(lease: Lease, onIdle: () => void = () => {}) {
    this.#lease = lease;
    this.#onIdle = onIdle;
  }

  get connection(): HanaConnection {
    return this.#lease.connection;
  }

  get idle(): boolean {
    return this.#borrowers === 0;
  }

  /** For one task, which must release or discard what it gets. */
  borrow(): Lease {
    this.#borrowers++;
    let returned = false;
    const giveBack = (): void => {
      if (returned) return;
      returned = true;
      this.#borrowers--;
      if (this.#borrowers > 0) return;
      this.#ending?.(this.#lease);
      this.#onIdle();
    };
    return {
      connection: this.#lease.connection,
      release: giveBack,
      discard: (cause) => {
        // HANA ends what runs on the connection, for all borrowers: there is no other way to stop it.
        this.#lease.discard(cause);
        giveBack();
      },
      // The connection is not for one endpoint.
      holds: () => {},
    };
  }

  /** Hands the connection to `next` as soon as nobody uses it any more. Only the first call counts. */
  end(next: (lease: Lease) => void = (lease) => lease.release()): void {
    if (this.#ending !== undefined) return;
    this.#ending = next;
    if (this.#borrowers === 0) next(this.#lease);
  }

  /** Closes the connection at once; what runs on it fails with `cause`. */
  discard(cause: Error): void {
    this.#ending ??= () => {};
    this.#lease.discard(cause);
  }
}
