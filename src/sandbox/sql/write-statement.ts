import { FunctionCode } from '../../driver/wire/function-code.ts';
import type { ParameterMetadata } from '../../driver/wire/metadata.ts';
import type { EngineOutcome, EngineStatement, EngineValue, PackedRows } from '../engine.ts';
import { hanaError } from './errors.ts';
import { bindStatement } from './markers.ts';
import { type MarkerInsert, PackedInsert } from './packed-insert/packed-insert.ts';
import { parameterMetadata } from './query-statement.ts';
import type { RenderedSql } from './rendered-sql.ts';
import type { CompileContext } from './rewrites/rewrite.ts';
import type { DuckSession } from './session.ts';
import type { Token } from './token.ts';
import type { HanaType } from './types/hana-type.ts';
import type { HistoryWrite } from './write-execution.ts';
import { type TranslatedWrite, translateWrite } from './write-translation.ts';

const FUNCTION_CODES: Readonly<Record<string, number>> = {
  INSERT: FunctionCode.INSERT,
  UPSERT: FunctionCode.INSERT,
  REPLACE: FunctionCode.INSERT,
  MERGE: FunctionCode.INSERT,
  UPDATE: FunctionCode.UPDATE,
  DELETE: FunctionCode.DELETE,
};

interface CompiledWrite extends Omit<TranslatedWrite, 'history'> {
  readonly history: HistoryWrite | undefined;
  readonly rendered: RenderedSql;
  readonly version: string;
  readonly parameterTypes: readonly HanaType[];
}

interface PlannedInsert {
  readonly insert: MarkerInsert | undefined;
  readonly plan: PackedInsert | undefined;
}

/** INSERT, UPSERT, REPLACE, UPDATE, DELETE, MERGE. */
class WriteStatement implements EngineStatement {
  readonly functionCode: number;
  readonly columns = [];
  readonly #session: DuckSession;
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #compiled: CompiledWrite;
  /** Made when it is first needed, and again after the statement was compiled again. */
  #packed: PlannedInsert | undefined;

  constructor(
    session: DuckSession,
    sql: string,
    tokens: readonly Token[],
    compiled: CompiledWrite,
  ) {
    this.#session = session;
    this.#sql = sql;
    this.#tokens = tokens;
    this.#compiled = compiled;
    this.functionCode = FUNCTION_CODES[tokens[0]?.value ?? ''] ?? FunctionCode.INSERT;
  }

  get parameters(): readonly ParameterMetadata[] {
    return parameterMetadata(this.#compiled.parameterTypes, this.#session);
  }

  async execute(
    rows: readonly (readonly EngineValue[])[],
    autoCommit: boolean,
  ): Promise<EngineOutcome> {
    const session = this.#session;
    if (session.readOnly) {
      throw hanaError('notSupported', 'feature not supported: a write in a read-only transaction');
    }
    if (this.#compiled.version !== session.version) {
      this.#compiled = await compileWrite(this.#sql, this.#tokens, session);
    }
    const { systemViews } = this.#compiled;
    try {
      if (systemViews.size > 0) {
        await session.refresh(systemViews, await session.transaction.connection());
      }
      const write = { ...this.#compiled, source: this.#sql, rows };
      const { counts, failures } = await session.runningInTransaction(() =>
        session.transaction.write(write),
      );
      if (autoCommit) await session.commit();
      return { kind: 'count', functionCode: this.functionCode, affectedRows: counts, failures };
    } catch (error) {
      if (autoCommit) await session.rollback();
      throw error;
    }
  }

  async executePacked(rows: PackedRows, autoCommit: boolean): Promise<EngineOutcome | undefined> {
    const session = this.#session;
    const plan = this.#compiled.version === session.version ? this.#packedInsert() : undefined;
    if (plan === undefined || session.readOnly) return undefined;
    try {
      const done = await session.runningInTransaction(() =>
        session.transaction.writePacked(plan, rows),
      );
      if (!done) return undefined;
      if (autoCommit) await session.commit();
    } catch (error) {
      if (autoCommit) await session.rollback();
      throw error;
    }
    const affectedRows = Array<number>(rows.rowCount).fill(1);
    return { kind: 'count', functionCode: this.functionCode, affectedRows };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #packedInsert(): PackedInsert | undefined {
    const { markerInsert } = this.#compiled;
    if (this.#packed?.insert !== markerInsert) {
      const plan = markerInsert && PackedInsert.plan(markerInsert, this.parameters);
      this.#packed = { insert: markerInsert, plan };
    }
    return this.#packed?.plan;
  }
}

export async function compileWriteStatement(
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
): Promise<EngineStatement> {
  return new WriteStatement(session, sql, tokens, await compileWrite(sql, tokens, session));
}

async function compileWrite(
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
): Promise<CompiledWrite> {
  const { version } = session;
  const context = session.compileContext(sql);
  const write = translateWrite(tokens, context);
  const bound = await bindStatement(session.utility, write.tokens, context);
  bound.prepared.destroySync();
  const parameterTypes = bound.markerTypes.map(
    (type, index) => write.markerTypes.get(index + 1) ?? type,
  );
  const history = write.history && (await compileHistory(write.history, context, session));
  return { ...write, rendered: bound.rendered, version, parameterTypes, history };
}

/** The copy uses some of the statement's markers, and counts them by itself. */
async function compileHistory(
  tokens: readonly Token[],
  context: CompileContext,
  session: DuckSession,
): Promise<HistoryWrite> {
  const used = new Set(tokens.filter(({ kind }) => kind === 'marker').map(({ value }) => value));
  const markers = [...used];
  const renumbered = tokens.map((token) =>
    token.kind === 'marker' ? { ...token, value: `:${markers.indexOf(token.value) + 1}` } : token,
  );
  const { rendered, prepared, markerTypes } = await bindStatement(
    session.utility,
    renumbered,
    context,
  );
  prepared.destroySync();
  return {
    text: rendered.text,
    parameterTypes: markerTypes,
    parameters: markers.map((marker) => Number(marker.slice(1)) - 1),
  };
}
