import type { ArrowBatch } from '../../arrow/batch.ts';
import type { EncodedBatch } from '../../arrow/ipc-batch.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { MessageOptions, ResultMessages } from '../columnar/batch-messages.ts';
import type { BatchOptions, ResultBatches } from '../columnar/batch-stream.ts';
import { resultSchema } from '../columnar/result-schema.ts';
import type { HanaCursor } from '../hana-connection.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';
import type { LaneCalls } from './lane-calls.ts';
import type { LaneOrder, LaneReport, PacketSizes, ReadAhead, RowForm } from './lane-messages.ts';
import { fromPlainError } from './plain-error.ts';

/** Batches of one cursor on their way or in use. HTTP/2 sends one, the lane makes the next one. */
const CREDIT = 2;

/** Memory that costs less than to wake a thread for it. */
const SMALL_BODY_BYTES = 64 * 1024;

type Delivery = Extract<LaneReport, { readonly kind: 'batch' | 'message' | 'end' }>;

export interface LaneCursorOptions {
  /** Its number in the lane. */
  readonly id: number;
  readonly columns: readonly ColumnMetadata[];
  /** The lane reads it already, as messages. */
  readonly begun: boolean;
}

/** How a lane is told to read. */
export function readOrder(form: RowForm, all: MessageOptions): ReadAhead {
  const { onPacket: _, memory: __, ...options } = all;
  return { form, credit: CREDIT, options };
}

/** A result set that a lane reads. */
export class LaneCursor implements HanaCursor {
  readonly columns: readonly ColumnMetadata[];
  readonly #connection: LaneCalls;
  readonly #id: number;
  readonly #begun: boolean;
  readonly #arrived: Delivery[] = [];
  #failure: HanaFlightError | undefined;
  #wake: () => void = () => {};
  #reads = false;
  #open = true;
  #closing: Promise<void> | undefined;

  constructor(connection: LaneCalls, { id, columns, begun }: LaneCursorOptions) {
    this.#connection = connection;
    this.#id = id;
    this.columns = columns;
    this.#begun = begun;
  }

  batches(options: BatchOptions): ResultBatches {
    const schema = resultSchema(this.columns, options.types);
    return { schema, batches: this.#batches(options) };
  }

  messages(options: MessageOptions): ResultMessages {
    const schema = resultSchema(this.columns, options.types);
    return { schema, messages: this.#messages(options) };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Takes what the lane has sent. */
  deliver(delivery: Delivery): void {
    this.#arrived.push(delivery);
    this.#wake();
  }

  /** The lane will send nothing more. */
  fail(failure: HanaFlightError): void {
    this.#failure ??= failure;
    this.#wake();
  }

  async *#batches(options: BatchOptions): AsyncGenerator<ArrowBatch, void, undefined> {
    for await (const delivery of this.#read('batches', options)) {
      if (delivery.kind !== 'batch') continue;
      yield delivery.batch;
      this.#giveCredit();
    }
  }

  async *#messages(options: MessageOptions): AsyncGenerator<EncodedBatch, void, undefined> {
    for await (const delivery of this.#read('messages', options)) {
      if (delivery.kind !== 'message') continue;
      const { message, body, bodyBytes } = delivery;
      const bytes = new Uint8Array(body, 0, bodyBytes);
      yield {
        ...message,
        body: { pieces: bodyBytes === 0 ? [] : [bytes], byteLength: bodyBytes },
        onSent: () => this.#giveCredit(body),
      };
    }
  }

  async *#read(form: RowForm, all: MessageOptions): AsyncGenerator<Delivery, void, undefined> {
    if (this.#reads) throw new HanaFlightError('internal', 'a result set can be read only once');
    this.#reads = true;
    try {
      if (!this.#begun) this.#order({ kind: 'read', ...readOrder(form, all) });
      for (;;) {
        const delivery = await this.#next();
        if (delivery.kind === 'end') {
          this.#open = false;
          if (delivery.failure !== undefined) throw fromPlainError(delivery.failure);
          return;
        }
        tell(delivery.packets, all.onPacket);
        yield delivery;
      }
    } finally {
      await this.close();
    }
  }

  async #next(): Promise<Delivery> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#closing !== undefined) {
        throw new HanaFlightError('cancelled', 'the result set was closed before its last packet');
      }
      const delivery = this.#arrived.shift();
      if (delivery !== undefined) return delivery;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #giveCredit(body?: ArrayBuffer): void {
    if (this.#closing !== undefined || this.#failure !== undefined) return;
    const ended = this.#arrived.at(-1)?.kind === 'end';
    // A result of a few rows is over before its first batch is sent: the lane needs nothing of it any more.
    if (ended && (body === undefined || body.byteLength < SMALL_BODY_BYTES)) return;
    if (body === undefined) this.#order({ kind: 'credit' });
    else this.#order({ kind: 'credit', body }, [body]);
  }

  #order(order: CursorOrder, transfer?: readonly ArrayBuffer[]): void {
    this.#connection.order({ ...order, cursor: this.#id }, transfer);
  }

  async #close(): Promise<void> {
    this.#arrived.length = 0;
    this.#wake();
    await this.#connection.closeCursor(this.#id, this.#open);
  }
}

/** An order to read, and what follows it, without the numbers that every one of them has. */
type CursorOrder =
  | Omit<Extract<LaneOrder, { readonly kind: 'read' }>, 'connection' | 'cursor'>
  | Omit<Extract<LaneOrder, { readonly kind: 'credit' }>, 'connection' | 'cursor'>;

function tell(packets: PacketSizes, onPacket: BatchOptions['onPacket']): void {
  for (const bytes of packets) onPacket?.(bytes);
}
