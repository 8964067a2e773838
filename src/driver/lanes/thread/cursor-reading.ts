import type { HanaFlightError } from '../../../core/errors.ts';
import type { HanaCursor } from '../../hana-connection.ts';
import type { LaneOrder, PacketSizes, SendReport } from '../lane-messages.ts';
import { type PlainError, toPlainError } from '../plain-error.ts';

export interface CursorReadingOptions {
  readonly cursor: HanaCursor;
  readonly order: Omit<Extract<LaneOrder, { readonly kind: 'read' }>, 'kind'>;
  readonly report: SendReport;
}

/** Reads a result set and hands its rows to the main thread, as fast as that gives credit. */
export class CursorReading {
  readonly #options: CursorReadingOptions;
  #packets: number[] = [];
  #credit: number;
  #stoppedBy: HanaFlightError | undefined;
  #wake: () => void = () => {};

  constructor(options: CursorReadingOptions) {
    this.#options = options;
    this.#credit = options.order.credit;
  }

  /** Reads to the end, or to the failure that it resolves with. The cursor is closed then. */
  async run(): Promise<PlainError | undefined> {
    try {
      await (this.#options.order.form === 'batches' ? this.#sendBatches() : this.#sendMessages());
      return undefined;
    } catch (thrown) {
      return toPlainError(thrown);
    }
  }

  giveCredit(): void {
    this.#credit++;
    this.#wake();
  }

  /** It ends with `reason`; the cursor is closed, or lost. */
  stop(reason: HanaFlightError): void {
    this.#stoppedBy = reason;
    this.#wake();
  }

  async #sendBatches(): Promise<void> {
    const { cursor, order, report } = this.#options;
    const { connection, cursor: id, options } = order;
    const { batches } = cursor.batches({ ...options, onPacket: this.#onPacket });
    for await (const batch of this.#asCreditComes(batches)) {
      report({ kind: 'batch', connection, cursor: id, packets: this.#takePackets(), batch });
    }
  }

  async #sendMessages(): Promise<void> {
    const { cursor, order, report } = this.#options;
    const { connection, cursor: id, options } = order;
    const { messages } = cursor.messages({ ...options, onPacket: this.#onPacket });
    for await (const { rowCount, header, body } of this.#asCreditComes(messages)) {
      const [piece] = body.pieces;
      // The main thread gives the memory back with the credit.
      const memory = piece?.buffer instanceof ArrayBuffer ? piece.buffer : new ArrayBuffer(0);
      const message = { rowCount, header: header.slice() };
      const packets = this.#takePackets();
      report(
        {
          kind: 'message',
          connection,
          cursor: id,
          packets,
          message,
          body: memory,
          bodyBytes: body.byteLength,
        },
        [memory],
      );
    }
  }

  readonly #onPacket = (bytes: number): void => {
    this.#packets.push(bytes);
  };

  #takePackets(): PacketSizes {
    const packets = this.#packets;
    this.#packets = [];
    return packets;
  }

  /**
   * Makes each item only when it may be sent: one that waits for that would fill memory. The end needs
   * credit as well, which comes when the item before the last has been sent.
   * @throws once it is stopped: what was cut must not look complete.
   */
  async *#asCreditComes<T>(items: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void> {
    try {
      for (;;) {
        await this.#takeCredit();
        const next = await items.next();
        this.#throwIfStopped();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await items.return();
    }
  }

  async #takeCredit(): Promise<void> {
    while (this.#credit === 0 && this.#stoppedBy === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#throwIfStopped();
    this.#credit--;
  }

  #throwIfStopped(): void {
    if (this.#stoppedBy !== undefined) throw this.#stoppedBy;
  }
}
