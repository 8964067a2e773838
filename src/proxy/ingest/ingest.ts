import { randomBytes } from 'node:crypto';
import type { ArrowBatch } from '../../arrow/batch.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { HanaConnection, HanaStatement } from '../../driver/hana-connection.ts';
import type { BatchStream, IngestRequest } from '../../flight/producer.ts';
import { executeAll, type RowStream } from '../statements/row-execution.ts';
import { IngestTarget } from './ingest-target.ts';
import { peekFirst } from './peeked-stream.ts';

/** HANA's error for a column that the table does not have. */
const INVALID_COLUMN = 260;

/** An ingest that is being done. */
interface Work {
  readonly connection: HanaConnection;
  readonly target: IngestTarget;
  readonly rows: RowStream;
  readonly sample: ArrowBatch | undefined;
}

type Mode = (work: Work) => Promise<number>;

/** What each pair of "if it does not exist" and "if it exists" means. */
const MODES: Readonly<
  Record<IngestRequest['ifNotExists'], Readonly<Record<IngestRequest['ifExists'], Mode>>>
> = {
  create: { fail: createAndFill, append: fillOrCreate, replace },
  fail: { fail: refuse, append: fill, replace: replaceExisting },
};

/**
 * Puts record batches into a table. Outside a transaction all rows are kept or none; in one they are
 * part of it, but CREATE and DROP commit what came before, as HANA has it.
 * @returns rows ingested.
 */
export async function ingest(
  connection: HanaConnection,
  request: IngestRequest,
  { stream, signal }: { stream: BatchStream; signal: AbortSignal },
): Promise<number> {
  const target = new IngestTarget(request, stream.schema);
  const { first, all } = await peekFirst(stream.batches);
  try {
    const mode = MODES[request.ifNotExists][request.ifExists];
    return await mode({
      connection,
      target,
      rows: { schema: stream.schema, batches: all, signal },
      sample: first,
    });
  } finally {
    await all.return(undefined);
  }
}

async function createAndFill(work: Work): Promise<number> {
  const { connection, target, sample } = work;
  await connection.execute(target.create(target.name, sample));
  return fillNew(work, target.name);
}

async function fill({ connection, target, rows }: Work): Promise<number> {
  return withStatement(connection, target.insert(target.name), (statement) =>
    fillWith(connection, statement, rows),
  );
}

async function fillOrCreate(work: Work): Promise<number> {
  try {
    return await fill(work);
  } catch (thrown) {
    const { code, hana, message } = HanaFlightError.from(thrown);
    if (hana?.code === INVALID_COLUMN) {
      throw new HanaFlightError(
        'already-exists',
        `the table ${work.target.name} exists with other columns: ${message}`,
        { cause: thrown, hana },
      );
    }
    if (code !== 'not-found') throw thrown;
    return createAndFill(work);
  }
}

async function replaceExisting(work: Work): Promise<number> {
  // Compiling tells whether the table is there; it executes nothing.
  await withStatement(work.connection, work.target.probe(), async () => undefined);
  return replace(work);
}

/** The old table goes only once the new one is complete. */
async function replace(work: Work): Promise<number> {
  const { connection, target, sample } = work;
  if (target.temporary || !connection.autoCommit) return replaceAtOnce(work);
  const staging = target.stagingName(`__ingest_${randomBytes(6).toString('hex')}`);
  await connection.execute(target.create(staging, sample));
  const count = await fillNew(work, staging);
  await dropIfThere(connection, target);
  await connection.execute(target.rename(staging));
  return count;
}

async function replaceAtOnce(work: Work): Promise<number> {
  await dropIfThere(work.connection, work.target);
  return createAndFill(work);
}

async function refuse(): Promise<number> {
  throw new HanaFlightError(
    'invalid-argument',
    'ingest: expected a mode that can succeed; this one fails whether the table exists or not',
  );
}

/** Fills a table that was made for the purpose, and takes it away again when that fails. */
async function fillNew({ connection, target, rows }: Work, name: string): Promise<number> {
  try {
    return await withStatement(connection, target.insert(name), (statement) =>
      fillWith(connection, statement, rows),
    );
  } catch (cause) {
    if (connection.usable && connection.autoCommit) {
      await connection.execute(target.drop(name)).catch(() => {});
    }
    throw cause;
  }
}

async function fillWith(
  connection: HanaConnection,
  statement: HanaStatement,
  rows: RowStream,
): Promise<number> {
  return (await executeAll(connection, statement, rows)).rowCount;
}

async function dropIfThere(connection: HanaConnection, target: IngestTarget): Promise<void> {
  try {
    await connection.execute(target.drop(target.name));
  } catch (thrown) {
    if (HanaFlightError.from(thrown).code !== 'not-found') throw thrown;
  }
}

async function withStatement<T>(
  connection: HanaConnection,
  sql: string,
  work: (statement: HanaStatement) => Promise<T>,
): Promise<T> {
  const statement = await connection.prepare(sql);
  try {
    return await work(statement);
  } finally {
    statement.drop();
  }
}
