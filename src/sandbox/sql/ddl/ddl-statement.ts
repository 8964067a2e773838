import { type Action, type ActionStatement, ddl } from '../action-statement.ts';
import {
  type ColumnDefinition,
  columnNamed,
  type TableDefinition,
} from '../catalog/definitions.ts';
import { hanaError, placeOf } from '../errors.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import type { DuckSession } from '../session.ts';
import type { Token } from '../token.ts';
import { TokenReader } from '../token-reader.ts';

export type DdlCompiler = (
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
) => Promise<ActionStatement>;

/** A DDL statement that begins with `words`; `make` reads what follows. */
export const compiler =
  (
    words: readonly string[],
    make: (reader: TokenReader, context: CompileContext, session: DuckSession) => Action,
  ): DdlCompiler =>
  (sql, tokens, session) => {
    const reader = new TokenReader(tokens, sql);
    reader.expect(...words);
    return Promise.resolve(ddl(session, make(reader, session.compileContext(sql), session)));
  };

/** The column of the name. Error 260 when there is none. */
export function requireColumn(
  table: TableDefinition,
  name: string,
  context: CompileContext,
  at: number,
): ColumnDefinition {
  const column = columnNamed(table, name);
  if (column !== undefined) return column;
  const text = `invalid column name: ${name}: ${placeOf(context.sql, at)}`;
  throw hanaError('invalidColumn', text, { at });
}
