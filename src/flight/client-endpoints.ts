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
  if (waiting.length === 0) yield schemaMessage(schemaBytes);
  const joined = new JoinedSchema();
  try {
    for (let turn = waiting[0]; turn !== undefined; turn = waiting[0]) {
      for await (const message of turn) if (joined.admits(message)) yield message;
      waiting.shift();
      openNext();
    }
  } finally {
    left.abort();
  }
}

/**
 * Joins endpoints as their messages come: the schema message once, then every record batch. Up to
 * `parallelism` endpoints are read at the same time, and none waits for another.
 */
export async function* readAsReady(
  schemaBytes: Uint8Array,
  endpoints: readonly OpenEndpoint[],
  parallelism: number,
): AsyncGenerator<IpcMessage, void, undefined> {
  const left = new AbortController();
  const arrivals = new Arrivals();
  const rest = endpoints.values();
  const openNext = () => {
    const next = rest.next();
    if (!next.done) arrivals.expect(next.value(left.signal)[Symbol.asyncIterator]());
  };
  for (let open = 0; open < Math.max(1, parallelism); open++) openNext();
  if (arrivals.expected === 0) yield schemaMessage(schemaBytes);
  const joined = new JoinedSchema();
  try {
    while (arrivals.expected > 0) {
      const { source, result } = await arrivals.next();
      if (result.done === true) {
        openNext();
        continue;
      }
      // Asked for before the one in hand is passed on, so that it is on its way meanwhile.
      arrivals.expect(source);
      if (joined.admits(result.value)) yield result.value;
    }
  } finally {
    left.abort();
  }
}

/** Lets the schema message of the first endpoint through, and all record batches. */
class JoinedSchema {
  #schema: IpcMessage | undefined;

  /** @throws HanaFlightError `internal` for a schema that differs from that of the other endpoints. */
  admits(message: IpcMessage): boolean {
    if (message.kind === 'record-batch') return true;
    if (this.#schema === undefined) {
      this.#schema = message;
      return true;
    }
    if (Buffer.compare(this.#schema.header, message.header) === 0) return false;
    throw new HanaFlightError('internal', 'endpoints of one result came with different schemas');
  }
}

/** The next message of one of several sources. */
interface Arrival {
  readonly source: AsyncIterator<IpcMessage>;
  readonly result: IteratorResult<IpcMessage>;
}

/** Waits for whichever of several sources has its next message first. */
class Arrivals {
  readonly #ready: Promise<Arrival>[] = [];
  #expected = 0;
  #wake: (() => void) | undefined;

  /** Messages that were asked for and not taken yet. */
  get expected(): number {
    return this.#expected;
  }

  expect(source: AsyncIterator<IpcMessage>): void {
    this.#expected++;
    const arrival = source.next().then((result) => ({ source, result }));
    const arrive = () => {
      this.#ready.push(arrival);
      this.#wake?.();
    };
    arrival.then(arrive, arrive);
  }

  /** Rejects as the source that failed. Something must be expected. */
  async next(): Promise<Arrival> {
    let first = this.#ready.shift();
    while (first === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      first = this.#ready.shift();
    }
    this.#expected--;
    return first;
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
