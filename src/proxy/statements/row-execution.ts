import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import type { HanaConnection, HanaStatement } from '../../driver/hana-connection.ts';
import { parameterEncoder } from '../../driver/parameters/parameter-encoder.ts';
import { type Packet, packetsOf } from './packets.ts';

/** Rows of parameter values on their way. */
export interface RowStream {
  readonly schema: ArrowSchema;
  readonly batches: AsyncIterable<ArrowBatch> | Iterable<ArrowBatch>;
  /** Aborted when whoever sends them has given up: then nothing is committed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Executes a statement once a row: all of them or, unless the connection is in a transaction already,
 * none.
 * @returns rows affected and rows given.
 */
export async function executeAll(
  connection: HanaConnection,
  statement: HanaStatement,
  stream: RowStream,
): Promise<{ readonly affectedRows: number; readonly rowCount: number }> {
  const encoder = parameterEncoder(statement.parameters, stream.schema);
  const packets = packetsOf(encoder, stream.batches);
  const first = await packets.next();
  if (first.done) return { affectedRows: 0, rowCount: 0 };
  // One row is a transaction by itself. Of a batch that fails, autocommit may keep the rows before.
  const second = first.value.rows.rowCount === 1 ? await packets.next() : undefined;
  const single = second?.done === true;
  const bracket = connection.autoCommit && !single;
  if (bracket) connection.autoCommit = false;
  try {
    const begun = second === undefined ? [first] : [first, second];
    const result = await executePackets(statement, begun, packets);
    stream.signal?.throwIfAborted();
    if (bracket) await connection.commit();
    return result;
  } catch (cause) {
    if (bracket && connection.usable) await connection.rollback().catch(() => {});
    throw cause;
  } finally {
    if (bracket) connection.autoCommit = true;
    await packets.return();
  }
}

/** One that HANA works on, and one that is with the connection when HANA has answered. */
const PACKETS_UNDER_WAY = 2;

/** Meanwhile the next one is encoded. */
async function executePackets(
  statement: HanaStatement,
  begun: readonly IteratorResult<Packet, void>[],
  packets: AsyncGenerator<Packet, void, undefined>,
): Promise<{ affectedRows: number; rowCount: number }> {
  let affectedRows = 0;
  let rowCount = 0;
  const waiting = [...begun];
  const underWay: Promise<number>[] = [];
  try {
    for (;;) {
      const next = waiting.shift() ?? (await packets.next());
      if (next.done) break;
      if (underWay.length === PACKETS_UNDER_WAY) affectedRows += (await underWay.shift()) ?? 0;
      const { rows, firstRow } = next.value;
      rowCount += rows.rowCount;
      const execution = statement.executeRows(rows, firstRow);
      // Awaited later; a failure meanwhile must not count as unhandled.
      execution.catch(() => {});
      underWay.push(execution);
    }
    for (const execution of underWay) affectedRows += await execution;
    return { affectedRows, rowCount };
  } finally {
    // The encoder's failure must not leave a request behind that another statement would wait for.
    await Promise.allSettled(underWay);
  }
}
