import type { Connection } from 'hdb';
import { HanaFlightError } from '../../core/errors.ts';
import { findPart } from '../wire/message.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeOptions } from '../wire/parts/options.ts';
import { TransactionFlag } from '../wire/parts/transaction-flags.ts';
import { commitRequest, rollbackRequest } from './request.ts';
import type { HanaReply, Requests } from './requests.ts';

/** The transaction of a session as this side sees it. */
export class TransactionState {
  readonly #hdb: Connection;
  #open = false;
  #lostBy: HanaFlightError | undefined;

  constructor(hdb: Connection) {
    this.#hdb = hdb;
  }

  get autoCommit(): boolean {
    return this.#hdb.autoCommit;
  }

  set autoCommit(on: boolean) {
    this.#hdb.autoCommit = on;
  }

  /** Nothing is left of any transaction, and none would begin with the next statement. */
  get over(): boolean {
    return this.autoCommit && !this.#open && this.#lostBy === undefined;
  }

  /** What HANA said when it rolled back on its own. */
  get lostBy(): HanaFlightError | undefined {
    return this.#lostBy;
  }

  /** Says that a statement is being sent. */
  begin(): void {
    if (!this.autoCommit) this.#open = true;
  }

  /** Says that HANA rolled back; without an open transaction that was the statement's own. */
  lose(failure: HanaFlightError): void {
    if (this.#open) this.#lostBy ??= failure;
  }

  async commit(requests: Requests): Promise<void> {
    const cause = this.#lostBy;
    if (cause !== undefined) {
      // What was executed since then must not be kept without what went before.
      await this.rollback(requests);
      throw new HanaFlightError(
        'aborted',
        `the transaction cannot be committed, HANA has rolled it back: ${cause.message}`,
        { cause },
      );
    }
    const reply = await requests.sequence((send) => send(commitRequest()));
    this.#end();
    if (rolledBack(reply)) {
      throw new HanaFlightError('aborted', 'HANA answered COMMIT with a rollback');
    }
  }

  async rollback(requests: Requests): Promise<void> {
    await requests.sequence((send) => send(rollbackRequest()));
    this.#end();
  }

  #end(): void {
    this.#open = false;
    this.#lostBy = undefined;
  }
}

function rolledBack(reply: HanaReply): boolean {
  const part = findPart(reply, PartKind.TRANSACTIONFLAGS);
  return part !== undefined && decodeOptions(part).get(TransactionFlag.ROLLED_BACK)?.value === true;
}
