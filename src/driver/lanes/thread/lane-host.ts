import { THREAD_BLOCKS } from '../../wire/block-memory.ts';
import type { LaneOrder, SendReport } from '../lane-messages.ts';
import { fromPlainError } from '../plain-error.ts';
import { HostedConnection } from './hosted-connection.ts';

export interface LaneHostOptions {
  readonly report: SendReport;
  /** Lets the thread end. */
  readonly end: () => void;
}

/** Does in a lane what the main thread orders. */
export class LaneHost {
  readonly #options: LaneHostOptions;
  readonly #connections = new Map<number, HostedConnection>();

  constructor(options: LaneHostOptions) {
    this.#options = options;
  }

  take(order: LaneOrder): void {
    if (order.kind === 'end') {
      this.#end();
      return;
    }
    if (order.kind === 'credit' && order.body !== undefined) THREAD_BLOCKS.give(order.body);
    const connection = this.#connectionFor(order);
    if (connection === undefined) return;
    switch (order.kind) {
      case 'call':
        connection.call(order);
        break;
      case 'abandon':
        connection.abandon(fromPlainError(order.reason));
        break;
      case 'auto-commit':
        connection.setAutoCommit(order.on);
        break;
      case 'destroy':
        connection.destroy(fromPlainError(order.reason));
        break;
      case 'drop-statement':
        connection.dropStatement(order.statement);
        break;
      case 'read':
        connection.read(order);
        break;
      case 'credit':
        connection.giveCredit(order.cursor);
    }
  }

  /** Undefined for one that is gone, as the main thread has been told or will read soon. */
  #connectionFor(
    order: Exclude<LaneOrder, { readonly kind: 'end' }>,
  ): HostedConnection | undefined {
    const { connection: id } = order;
    const known = this.#connections.get(id);
    if (known !== undefined) return known;
    if (order.kind !== 'call' || order.method !== 'connect') return undefined;
    const connection = new HostedConnection({
      id,
      report: this.#options.report,
      onGone: () => this.#connections.delete(id),
    });
    this.#connections.set(id, connection);
    return connection;
  }

  #end(): void {
    for (const connection of this.#connections.values()) connection.end();
    this.#options.end();
  }
}
