import { RecentlyUsed } from '../../core/recently-used.ts';
import type { HanaStatement } from '../../driver/hana-connection.ts';
import { handleText } from './statement-handles.ts';

/** What HANA says of a statement when it compiles it. */
export type StatementShape = Pick<HanaStatement, 'columns' | 'parameters'>;

interface Description {
  readonly shape: StatementShape;
  readonly expiresAtMs: number;
}

/** Clients ask for a plan of what they prepared at once; a table that is altered meanwhile is noticed by DoGet. */
const LIFETIME_MS = 2_000;
/** Many more than are prepared in that time. */
const MAX_DESCRIPTIONS = 1_000;

/**
 * What HANA said of the queries that were just prepared, each for one use: ADBC and JDBC prepare a query,
 * ask for its plan and read it, and HANA need not compile it for each of these steps.
 */
export class DescribedStatements {
  /** By handle. */
  readonly #descriptions = new RecentlyUsed<Description>(MAX_DESCRIPTIONS);

  remember(handle: Uint8Array, shape: StatementShape): void {
    const expiresAtMs = performance.now() + LIFETIME_MS;
    this.#descriptions.set(handleText(handle), { shape, expiresAtMs });
  }

  /** Undefined when it is unknown, too old, or was used already. */
  take(handle: Uint8Array): StatementShape | undefined {
    const key = handleText(handle);
    const description = this.#descriptions.get(key);
    this.#descriptions.delete(key);
    if (description === undefined || description.expiresAtMs <= performance.now()) return undefined;
    return description.shape;
  }

  /** Something may have changed the tables, or which of them the names in a text refer to. */
  forgetAll(): void {
    this.#descriptions.clear();
  }
}
