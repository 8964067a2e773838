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
  const second = await packets.next();
  // One row is a transaction by itself. Of a batch that fails, autocommit may keep the rows before.
  const single = second.done && first.value.rows.rowCount === 1;
  const bracket = connection.autoCommit && !single;
  if (bracket) connection.autoCommit = false;
  try {
    const result = await executePackets(statement, [first, second], packets);
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

/** While HANA works on one packet the next is encoded. */
async function executePackets(
  statement: HanaStatement,
  begun: readonly IteratorResult<Packet, void>[],
  packets: AsyncGenerator<Packet, void, undefined>,
): Promise<{ affectedRows: number; rowCount: number }> {
  let affectedRows = 0;
  let rowCount = 0;
  let running: Promise<number> = Promise.resolve(0);
  const waiting = [...begun];
  try {
    for (;;) {
      const next = waiting.shift() ?? (await packets.next());
      affectedRows += await running;
      running = Promise.resolve(0);
      if (next.done) return { affectedRows, rowCount };
      const { rows, firstRow } = next.value;
      rowCount += rows.rowCount;
      running = statement.executeRows(rows, firstRow);
      // Awaited in the next round; a failure meanwhile must not count as unhandled.
      running.catch(() => {});
    }
  } finally {
    // The encoder's failure must not leave a request behind that another statement would wait for.
    await running.catch(() => {});
  }
}
