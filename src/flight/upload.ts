import { movedToAlignment } from '../arrow/alignment.ts';
import type { ArrowBatch } from '../arrow/batch.ts';
import { BatchReader } from '../arrow/batch-reader.ts';
import { HanaFlightError } from '../core/errors.ts';
import type { CallRecord } from './call-scope.ts';
import { decodeFlightData, type FlightData } from './flight-data.ts';
import type { IncomingMessages } from './incoming-messages.ts';
import type { BatchStream } from './producer.ts';
import type { UploadedBatches } from './sql/command-table.ts';

/**
 * The first message of an upload, the one with the descriptor. What comes after it is left with the
 * client: Java and C++ do not half-close before they have an answer.
 * @throws HanaFlightError `invalid-argument` when there is no message, it is not FlightData or has no
 * descriptor; the reason of the call's signal when that aborts before.
 */
export async function readFirstMessage(
  rpc: string,
  messages: IncomingMessages,
): Promise<FlightData> {
  const bytes = await messages.next();
  if (bytes === undefined) {
    throw new HanaFlightError('invalid-argument', `${rpc}: expected a message, got none`);
  }
  const message = decodeFlightData(bytes);
  if (message.descriptor.length === 0) {
    throw new HanaFlightError(
      'invalid-argument',
      `${rpc}: expected a flight descriptor in the first message, got none`,
    );
  }
  return message;
}

/** The Arrow data of a DoPut whose first message has been read. */
export class Upload implements UploadedBatches {
  readonly #first: FlightData;
  readonly #messages: IncomingMessages;
  readonly #record: CallRecord;

  constructor(first: FlightData, messages: IncomingMessages, record: CallRecord) {
    this.#first = first;
    this.#messages = messages;
    this.#record = record;
  }

  parameters(): BatchStream | undefined {
    if (this.#first.header.length === 0) return undefined;
    const reader = new BatchReader(this.#first.header);
    return reader.schema.fields.length === 0 ? undefined : this.#streamOf(reader);
  }

  async rows(): Promise<BatchStream> {
    let { header } = this.#first;
    while (header.length === 0) {
      const next = await this.#next();
      if (next === undefined) throw noSchema();
      ({ header } = next);
    }
    return this.#streamOf(new BatchReader(header));
  }

  #streamOf(reader: BatchReader): BatchStream {
    return { schema: reader.schema, batches: this.#batches(reader) };
  }

  async *#batches(reader: BatchReader): AsyncGenerator<ArrowBatch, void, undefined> {
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
      // Application metadata alone, as C++ may send it.
      if (next.header.length === 0 && next.body.length === 0) continue;
      const batch = reader.read(next.header, next.body);
      if (batch === undefined) continue;
      this.#record.rows += batch.rowCount;
      this.#record.batches += 1;
      yield batch;
    }
  }

  async #next(): Promise<Pick<FlightData, 'header' | 'body'> | undefined> {
    const bytes = await this.#messages.next();
    if (bytes === undefined) return undefined;
    this.#record.bytes += bytes.length;
    const { header, body } = decodeFlightData(bytes);
    // The body may be moved over the end of what comes before it.
    return { header: header.slice(), body: movedToAlignment(body, bytes) };
  }
}

function noSchema(): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    'DoPut: expected an Arrow schema, the upload ended without one',
  );
}
