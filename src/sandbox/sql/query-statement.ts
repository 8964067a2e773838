import { FunctionCode } from '../../driver/wire/function-code.ts';
import type { ColumnMetadata, ParameterMetadata } from '../../driver/wire/metadata.ts';
import type { EngineOutcome, EngineStatement, EngineValue } from '../engine.ts';
import { queryFacts, translateQuery } from './compile.ts';
import { bindStatement } from './markers.ts';
import { openCursor } from './open-cursor.ts';
import type { QueryCursor } from './query-cursor.ts';
import type { RenderedSql } from './rendered-sql.ts';
import {
  columnMetadata,
  type EncodingPlan,
  encodingPlan,
  resultColumns,
  typeMetadata,
} from './result-columns.ts';
import { locksRows } from './rewrites/row-locks.ts';
import type { DuckSession } from './session.ts';
import { isToken, type Token } from './token.ts';
import type { HanaType } from './types/hana-type.ts';

/** A query made ready for DuckDB; valid as long as the session's version stays the same. */
interface CompiledQuery {
  readonly version: string;
  readonly rendered: RenderedSql;
  readonly systemViews: ReadonlySet<string>;
  /** It reads a view, whose text is not in that of the query. */
  readonly readsViews: boolean;
  readonly encoding: EncodingPlan;
  readonly columns: readonly ColumnMetadata[];
  readonly parameterTypes: readonly HanaType[];
}

/** Words of DuckDB's by which one text has other results each time. */
const VOLATILE = /\b(?:now|random|rand|uuid|nextval|currval|tablesample|getvariable)\b/i;

/** SELECT and WITH. */
class QueryStatement implements EngineStatement {
  readonly functionCode: number;
  readonly #session: DuckSession;
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #compiled: CompiledQuery;

  constructor(
    session: DuckSession,
    sql: string,
    tokens: readonly Token[],
    compiled: CompiledQuery,
  ) {
    this.#session = session;
    this.#sql = sql;
    this.#tokens = tokens;
    this.#compiled = compiled;
    this.functionCode = locksRows(tokens) ? FunctionCode.SELECTFORUPDATE : FunctionCode.SELECT;
  }

  get columns(): readonly ColumnMetadata[] {
    return this.#compiled.columns;
  }

  get parameters(): readonly ParameterMetadata[] {
    return parameterMetadata(this.#compiled.parameterTypes, this.#session);
  }

  async execute(
    rows: readonly (readonly EngineValue[])[],
    autoCommit: boolean,
  ): Promise<EngineOutcome> {
    const session = this.#session;
    if (this.#compiled.version !== session.version) {
      this.#compiled = await compileQuery(this.#sql, this.#tokens, session);
    }
    const { functionCode } = this;
    const { columns } = this.#compiled;
    const key = autoCommit ? this.#replayKey() : undefined;
    if (key === undefined) {
      const cursor = await this.#open(rows, autoCommit);
      return { kind: 'rows', functionCode, columns, rows: cursor.rows };
    }
    const { replay, clock } = session.shared;
    const recorded = replay.find(key, clock.stamp);
    if (recorded !== undefined) {
      await session.commit();
      return { kind: 'rows', functionCode, columns, rows: recorded };
    }
    const cursor = await this.#open(rows, autoCommit);
    const source = replay.record(key, cursor.stamp, cursor.rows);
    return { kind: 'rows', functionCode, columns, rows: source };
  }

  async #open(
    rows: readonly (readonly EngineValue[])[],
    autoCommit: boolean,
  ): Promise<{ readonly rows: QueryCursor; readonly stamp: bigint }> {
    const session = this.#session;
    const query = { ...this.#compiled, source: this.#sql, row: rows[0] ?? [] };
    const cursor = await openCursor(query, session, autoCommit);
    const stamp = session.transaction.facts.snapshotStamp ?? 0n;
    if (autoCommit) await session.commit();
    return { rows: cursor, stamp };
  }

  /** What tells the result apart, besides the data; undefined when it may not be replayed. */
  #replayKey(): string | undefined {
    const { shared, transaction, identity } = this.#session;
    const { rendered, systemViews, readsViews, columns, parameterTypes } = this.#compiled;
    const isPlain = systemViews.size === 0 && !readsViews && parameterTypes.length === 0;
    // A LOB's locator belongs to its session.
    const hasLobs = columns.some(({ length }) => length < 0);
    const replayable = isPlain && !hasLobs && !VOLATILE.test(rendered.text);
    if (!shared.replay.enabled || transaction.isOpen || !replayable) return undefined;
    if (this.functionCode !== FunctionCode.SELECT) return undefined;
    return `${identity.dataFormatVersion} ${rendered.text}`;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function parameterMetadata(
  types: readonly HanaType[],
  session: DuckSession,
): readonly ParameterMetadata[] {
  return types.map((type) => ({
    ...typeMetadata(type, session.identity.dataFormatVersion),
    nullable: true,
    mode: 'in',
    name: undefined,
  }));
}

export async function compileQueryStatement(
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
): Promise<EngineStatement> {
  return new QueryStatement(session, sql, tokens, await compileQuery(sql, tokens, session));
}

async function compileQuery(
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
): Promise<CompiledQuery> {
  const { version } = session;
  const context = session.compileContext(sql);
  const translated = translateQuery(unwrapped(tokens), context);
  const connection = session.utility;
  const { rendered, prepared, markerTypes } = await bindStatement(connection, translated, context);
  try {
    const facts = await queryFacts(connection, rendered.text, (origin) =>
      session.columnFact(origin),
    );
    const columns = resultColumns(prepared, facts);
    const { dataFormatVersion } = session.identity;
    return {
      version,
      rendered,
      systemViews: context.systemViews,
      readsViews: context.tables.some(({ kind }) => kind === 'VIEW'),
      encoding: encodingPlan(rendered.text, columns, dataFormatVersion),
      columns: columns.map((column) => columnMetadata(column, dataFormatVersion)),
      parameterTypes: markerTypes,
    };
  } finally {
    prepared.destroySync();
  }
}

/** A query in parentheses is the query. */
function unwrapped(tokens: readonly Token[]): readonly Token[] {
  return isToken(tokens[0], '(') && isToken(tokens[1], '(') ? tokens.slice(1, -1) : tokens;
}
