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
    for await (const batch of cursor.batches({ ...options, onPacket: this.#onPacket }).batches) {
      await this.#takeCredit();
      report({ kind: 'batch', connection, cursor: id, packets: this.#takePackets(), batch });
    }
  }

  async #sendMessages(): Promise<void> {
    const { cursor, order, report } = this.#options;
    const { connection, cursor: id, options } = order;
    const { messages } = cursor.messages({ ...options, onPacket: this.#onPacket });
    for await (const { rowCount, header, body } of messages) {
      await this.#takeCredit();
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

  /** Waits until one more may be sent. @throws once it is stopped: what was cut must not look complete. */
  async #takeCredit(): Promise<void> {
    while (this.#credit === 0 && this.#stoppedBy === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#stoppedBy !== undefined) throw this.#stoppedBy;
    this.#credit--;
  }
}
