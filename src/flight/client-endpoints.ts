import { HanaFlightError } from '../core/errors.ts';
import { type IpcMessage, schemaMessage } from './client-ipc.ts';

/** Messages of one endpoint that may wait until it is that endpoint's turn. */
const WAITING_MESSAGES = 4;

type OpenEndpoint = (signal: AbortSignal) => AsyncIterable<IpcMessage>;

/**
 * Joins endpoints in their order: the schema message once, then every record batch. Up to
 * `parallelism` endpoints are read at the same time, each only a few messages ahead of its turn.
 */
export async function* readInOrder(
  schemaBytes: Uint8Array,
  endpoints: readonly OpenEndpoint[],
  parallelism: number,
): AsyncGenerator<IpcMessage, void, undefined> {
  const left = new AbortController();
  const waiting: ReadAhead[] = [];
  const rest = endpoints.values();
  const openNext = () => {
    const next = rest.next();
    if (!next.done) waiting.push(new ReadAhead(next.value(left.signal)));
  };
  for (let open = 0; open < Math.max(1, parallelism); open++) openNext();
  let schema: IpcMessage | undefined;
  if (waiting.length === 0) yield schemaMessage(schemaBytes);
  try {
    for (let turn = waiting[0]; turn !== undefined; turn = waiting[0]) {
      for await (const message of turn) {
        if (message.kind === 'record-batch') yield message;
        else if (schema === undefined) yield (schema = message);
        else requireSameSchema(schema, message);
      }
      waiting.shift();
      openNext();
    }
  } finally {
    left.abort();
  }
}

/** Reads a stream ahead of its consumer, a bounded number of messages. */
class ReadAhead {
  readonly #source: AsyncIterator<IpcMessage>;
  readonly #messages: Promise<IteratorResult<IpcMessage>>[] = [];

  constructor(source: AsyncIterable<IpcMessage>) {
    this.#source = source[Symbol.asyncIterator]();
    this.#fill();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<IpcMessage, void, undefined> {
    for (let next = this.#messages.shift(); next !== undefined; next = this.#messages.shift()) {
      this.#fill();
      const result = await next;
      if (result.done === true) return;
      yield result.value;
    }
  }

  /** An async generator queues its next() calls, so they may be made before the last is answered. */
  #fill(): void {
    while (this.#messages.length < WAITING_MESSAGES) {
      const next = this.#source.next();
      // Reported when its turn comes; until then the rejection must not count as unhandled.
      next.catch(() => undefined);
      this.#messages.push(next);
    }
  }
}

function requireSameSchema(expected: IpcMessage, actual: IpcMessage): void {
  if (Buffer.compare(expected.header, actual.header) === 0) return;
  throw new HanaFlightError('internal', 'endpoints of one result came with different schemas');
}
