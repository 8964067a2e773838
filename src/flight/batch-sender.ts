import type { ArrowBatch } from '../arrow/batch.ts';
import { type BodyCompression, encodeMessage } from '../arrow/body-compression.ts';
import type { EncodedBatch } from '../arrow/ipc-batch.ts';
import { encodeSchemaHeader } from '../arrow/ipc-schema.ts';
import { HanaFlightError } from '../core/errors.ts';
import type { CallRecord } from './call-scope.ts';
import { frameFlightData } from './flight-data.ts';
import type { FrameSink } from './frame-sink.ts';
import type { ResultStream } from './producer.ts';
import type { ReaderProgress } from './reader-progress.ts';

/**
 * Default limit of one message: what Rust, .NET, raw Go and grpc-js clients accept unless told
 * otherwise.
 */
export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** How batches become messages. */
export interface MessageOptions {
  /** Largest FlightData message that is sent. */
  readonly maxMessageBytes: number;
  /** Absent: bodies go as they are. */
  readonly compression?: BodyCompression | undefined;
}

export interface BatchSenderOptions {
  readonly sink: FrameSink;
  readonly messages: MessageOptions;
  readonly record: CallRecord;
  /** That of the sink. */
  readonly progress: ReaderProgress;
}

/** Sends a result as FlightData: its schema first and always, then every batch that has rows. */
export class BatchSender {
  readonly #options: BatchSenderOptions;

  constructor(options: BatchSenderOptions) {
    this.#options = options;
  }

  /**
   * Pulls a batch only when the one before has found room. However it ends, the batches' iterator is
   * closed by then.
   * @throws HanaFlightError `resource-exhausted` for a message above the limit; what the batches and the
   * sink throw.
   */
  async send(stream: ResultStream): Promise<void> {
    const batches = stream.batches[Symbol.asyncIterator]();
    const pull = () => this.#options.progress.during(() => batches.next());
    try {
      await this.#send('schema', { header: encodeSchemaHeader(stream.schema) });
      for (let next = await pull(); next.done !== true; next = await pull()) {
        // Older JDBC drivers take an empty batch for the end.
        if (next.value.rowCount > 0) await this.#sendBatch(next.value);
      }
    } finally {
      // Also when not even the schema could be sent: a loop that never began would leave them open.
      await batches.return?.();
    }
  }

  async #sendBatch(batch: ArrowBatch | EncodedBatch): Promise<void> {
    const { messages, record } = this.#options;
    const message = 'header' in batch ? batch : await encodeMessage(batch, messages.compression);
    await this.#send(`record batch of ${batch.rowCount} rows`, message);
    record.rows += batch.rowCount;
    record.batches += 1;
  }

  async #send(
    what: string,
    { header, body, onSent }: Partial<EncodedBatch> & Pick<EncodedBatch, 'header'>,
  ): Promise<void> {
    const { sink, messages, record } = this.#options;
    const frame = frameFlightData(header, body);
    if (frame.byteLength > messages.maxMessageBytes) {
      throw new HanaFlightError(
        'resource-exhausted',
        `${what}: needs a message of ${frame.byteLength} bytes, the limit max-message-bytes is ${messages.maxMessageBytes}`,
      );
    }
    record.bytes += frame.byteLength;
    await sink.send(frame, onSent);
  }
}
