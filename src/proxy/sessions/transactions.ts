import { randomBytes } from 'node:crypto';
import { HanaFlightError } from '../../core/errors.ts';
import type { Call } from '../../flight/producer.ts';
import type { Connections } from './connections.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import { Transaction, type TransactionEnding } from './transaction.ts';

interface Savepoint {
  readonly transaction: Transaction;
  readonly name: string;
}

const ID_BYTES = 16;
/** A client that only begins must not fill the memory. */
const MAX_OPEN_PER_SESSION = 1_000;

/** The open transactions of all sessions by their ids, and their savepoints. They live in this process only. */
export class Transactions {
  readonly #sessions: Sessions;
  readonly #connections: Connections;
  readonly #open = new Map<string, Transaction>();
  readonly #savepoints = new Map<string, Savepoint>();

  constructor(sessions: Sessions, connections: Connections) {
    this.#sessions = sessions;
    this.#connections = connections;
  }

  /** Opens one; HANA learns of it with its first statement. */
  begin(call: Call): Transaction {
    const session = this.#sessions.open(call);
    this.#forgetEnded(session);
    if (session.transactions.size >= MAX_OPEN_PER_SESSION) {
      throw new HanaFlightError(
        'resource-exhausted',
        `expected at most ${MAX_OPEN_PER_SESSION} open transactions in a session`,
      );
    }
    const transaction = new Transaction({
      id: newId(),
      user: call.principal.user,
      now: this.#sessions.now,
      connect: (signal) => this.#connections.connectTransaction(call.principal, session, signal),
      disconnect: (shared) => this.#connections.disconnectTransaction(session, shared),
    });
    session.transactions.add(transaction);
    this.#open.set(transaction.id, transaction);
    return transaction;
  }

  /** @throws HanaFlightError `not-found` for one that is over or of another process, `permission-denied`. */
  find(id: string, call: Call): Transaction {
    const transaction = this.#open.get(id);
    if (transaction === undefined || transaction.ended) {
      throw new HanaFlightError(
        'not-found',
        'the transaction is over, or its session ended, or another server process began it',
      );
    }
    checkOwner(transaction, call);
    return transaction;
  }

  /** As {@link find}, but undefined for what is over. */
  findOpen(id: string, call: Call): Transaction | undefined {
    const transaction = this.#open.get(id);
    if (transaction === undefined || transaction.ended) return undefined;
    checkOwner(transaction, call);
    return transaction;
  }

  async end(id: string, ending: TransactionEnding, call: Call): Promise<void> {
    const transaction = this.find(id, call);
    this.#open.delete(id);
    for (const [key, savepoint] of this.#savepoints) {
      if (savepoint.transaction === transaction) this.#savepoints.delete(key);
    }
    try {
      await transaction.end(ending);
    } finally {
      const session = this.#sessions.find(call);
      session?.transactions.delete(transaction);
    }
  }

  async beginSavepoint(id: string, name: string, call: Call): Promise<string> {
    if (name === '') {
      throw new HanaFlightError('invalid-argument', 'expected a name for the savepoint, got none');
    }
    const transaction = this.find(id, call);
    await transaction.setSavepoint(name, call.signal);
    const savepointId = newId();
    this.#savepoints.set(savepointId, { transaction, name });
    return savepointId;
  }

  async endSavepoint(id: string, ending: 'release' | 'rollback', call: Call): Promise<void> {
    const savepoint = this.#savepoints.get(id);
    if (savepoint === undefined || savepoint.transaction.ended) {
      throw new HanaFlightError(
        'not-found',
        'the savepoint was released, or its transaction is over, or another server process set it',
      );
    }
    checkOwner(savepoint.transaction, call);
    await savepoint.transaction.endSavepoint(savepoint.name, ending, call.signal);
    // After a rollback to it a savepoint stays, as in SQL; released, it is gone.
    if (ending === 'release') this.#savepoints.delete(id);
  }

  /** Those that a closed or expired session ended leave their ids behind. */
  #forgetEnded(session: Session): void {
    for (const transaction of session.transactions) {
      if (transaction.ended) session.transactions.delete(transaction);
    }
    for (const [key, transaction] of this.#open) if (transaction.ended) this.#open.delete(key);
    for (const [key, { transaction }] of this.#savepoints) {
      if (transaction.ended) this.#savepoints.delete(key);
    }
  }
}

function newId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

function checkOwner(transaction: Transaction, call: Call): void {
  if (transaction.user === call.principal.user) return;
  throw new HanaFlightError(
    'permission-denied',
    `the transaction was begun by another user than ${call.principal.user}`,
  );
}
