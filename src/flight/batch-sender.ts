import type { ArrowBatch } from '../arrow/batch.ts';
import { encodeBatch } from '../arrow/ipc-batch.ts';
import { encodeSchemaHeader } from '../arrow/ipc-schema.ts';
import { HanaFlightError } from '../core/errors.ts';
import type { CallRecord } from './call-scope.ts';
import { encodeFlightData, type FlightBody, flightDataSize } from './flight-data.ts';
import type { FrameSink } from './frame-sink.ts';
import type { BatchStream } from './producer.ts';
import type { ReaderProgress } from './reader-progress.ts';

/**
 * Default limit of one message: what Rust, .NET, raw Go and grpc-js clients accept unless told
 * otherwise.
 */
export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

export interface BatchSenderOptions {
  readonly sink: FrameSink;
  readonly maxMessageBytes: number;
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
  async send(stream: BatchStream): Promise<void> {
    const batches = stream.batches[Symbol.asyncIterator]();
    const pull = () => this.#options.progress.during(() => batches.next());
    try {
      await this.#send('schema', encodeSchemaHeader(stream.schema));
      for (let next = await pull(); next.done !== true; next = await pull()) {
        // Older JDBC drivers take an empty batch for the end.
        if (next.value.rowCount > 0) await this.#sendBatch(next.value);
      }
    } finally {
      // Also when not even the schema could be sent: a loop that never began would leave them open.
      await batches.return?.();
    }
  }

  async #sendBatch(batch: ArrowBatch): Promise<void> {
    const { header, body } = encodeBatch(batch);
    await this.#send(`record batch of ${batch.rowCount} rows`, header, body);
    this.#options.record.rows += batch.rowCount;
    this.#options.record.batches += 1;
  }

  async #send(what: string, header: Uint8Array, body?: FlightBody): Promise<void> {
    const { sink, maxMessageBytes, record } = this.#options;
    const size = flightDataSize(header, body);
    if (size > maxMessageBytes) {
      throw new HanaFlightError(
        'resource-exhausted',
        `${what}: needs a message of ${size} bytes, the limit max-message-bytes is ${maxMessageBytes}`,
      );
    }
    record.bytes += size;
    await sink.send(encodeFlightData(header, body));
  }
}
