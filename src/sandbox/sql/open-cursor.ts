import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { EngineValue, SandboxError } from '../engine.ts';
import { STAMP_FUNCTION, tellStamp } from './commit-clock.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { hanaError } from './errors.ts';
import { bindRow } from './parameter-values.ts';
import { QueryCursor } from './query-cursor.ts';
import { quoteName, type RenderedSql } from './rendered-sql.ts';
import type { EncodingPlan } from './result-columns.ts';
import type { DuckSession } from './session.ts';
import type { HanaType } from './types/hana-type.ts';

/** A compiled query with the values of its markers. */
export interface OpenableQuery {
  readonly source: string;
  readonly rendered: RenderedSql;
  readonly systemViews: ReadonlySet<string>;
  readonly encoding: EncodingPlan;
  readonly columns: readonly unknown[];
  readonly parameterTypes: readonly HanaType[];
  readonly row: readonly EngineValue[];
}

/** Where a cursor reads. It is in a transaction in any case: see {@link failureBehind}. */
interface CursorPlace {
  readonly connection: DuckDBConnection;
  /** The connection serves this cursor only. */
  readonly own: boolean;
  /** Gives the connection back. */
  release(): Promise<void>;
  /** Mends what a failure has left behind. */
  recover(failure: SandboxError): Promise<void>;
}

/**
 * Outside a transaction a cursor has a connection of its own, so it survives commits and other
 * statements; inside one it must see the transaction's rows, or keep to its snapshot, and reads on the
 * transaction's connection.
 */
export async function openCursor(
  query: OpenableQuery,
  session: DuckSession,
  autoCommit: boolean,
): Promise<QueryCursor> {
  const { transaction } = session;
  const inTransaction = transaction.isOpen || (transaction.keepsSnapshot && !autoCommit);
  const place = await (inTransaction ? transactionPlace : ownPlace)(query, session);
  try {
    const cursor = await session.running(place.connection, () =>
      startCursor(query, session, place),
    );
    session.addCursor(cursor, place.own ? place.connection : undefined);
    return cursor;
  } catch (error) {
    await place.release();
    const failure = hanaErrorOf(error, query);
    await place.recover(failure);
    throw failure;
  }
}

async function ownPlace(query: OpenableQuery, session: DuckSession): Promise<CursorPlace> {
  const { connections, clock } = session.shared;
  const connection = await connections.acquire();
  const place: CursorPlace = {
    connection,
    own: true,
    release: async () => {
      await connection.run('ROLLBACK');
      connections.release(connection);
    },
    recover: () => Promise.resolve(),
  };
  try {
    await session.refresh(query.systemViews, connection);
    const stamp = await clock.begin(connection, 'READ ONLY');
    session.transaction.noteSnapshot(stamp);
  } catch (error) {
    connections.release(connection);
    throw hanaErrorOf(error, query);
  }
  return place;
}

async function transactionPlace(query: OpenableQuery, session: DuckSession): Promise<CursorPlace> {
  const { transaction } = session;
  const connection = await transaction.connection();
  await session.refresh(query.systemViews, connection);
  return {
    connection,
    own: false,
    release: () => Promise.resolve(),
    recover: (failure) => transaction.recover(failure),
  };
}

async function startCursor(
  query: OpenableQuery,
  session: DuckSession,
  place: CursorPlace,
): Promise<QueryCursor> {
  const { snapshotStamp } = session.transaction.facts;
  if (snapshotStamp !== undefined && query.rendered.text.includes(STAMP_FUNCTION)) {
    await tellStamp(place.connection, snapshotStamp);
  }
  const prepared = await place.connection.prepare(query.encoding.sql);
  try {
    bindRow(prepared, query.parameterTypes, query.row);
    const result = await prepared.stream();
    const encoders = query.encoding.makeEncoders(session.lobs);
    const cursor: QueryCursor = new QueryCursor(result, encoders, {
      onExhausted: () => checkEnd(query, place.connection, session),
      onEnd: async () => {
        session.removeCursor(cursor);
        prepared.destroySync();
        await place.release();
      },
      onFailure: (failure) => place.recover(failure),
    });
    return cursor;
  } catch (error) {
    prepared.destroySync();
    throw error;
  }
}

/**
 * DuckDB's client gives the same answer, an empty chunk, at the end of a result and when computing the
 * next rows has failed. But a failure ends the transaction, which then refuses everything: so one more
 * query tells a whole result from a short one.
 */
async function checkEnd(
  query: OpenableQuery,
  connection: DuckDBConnection,
  session: DuckSession,
): Promise<void> {
  try {
    await connection.run('SELECT 1');
  } catch (error) {
    throw await failureBehind(query, session, error);
  }
}

/**
 * Why a result broke off. The client does not tell, so the query is computed again to meet the failure
 * where it is told, without keeping rows.
 */
async function failureBehind(
  query: OpenableQuery,
  session: DuckSession,
  broken: unknown,
): Promise<SandboxError> {
  const { connections } = session.shared;
  const connection = await connections.acquire();
  const names = query.columns.map((_, index) => quoteName(`c${index}`)).join(', ');
  let prepared: DuckDBPreparedStatement | undefined;
  try {
    prepared = await connection.prepare(
      `SELECT bit_xor(hash(q)) FROM (${query.encoding.sql}) AS q(${names})`,
    );
    bindRow(prepared, query.parameterTypes, query.row);
    await prepared.run();
    return hanaError('general', 'general error: the query failed while its rows were read', {
      cause: broken,
    });
  } catch (error) {
    return hanaErrorOf(error, query);
  } finally {
    prepared?.destroySync();
    connections.release(connection);
  }
}
