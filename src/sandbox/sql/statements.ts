import type { EngineStatement } from '../engine.ts';
import { compileAlterTable } from './ddl/alter-table.ts';
import {
  compileComment,
  compileDrop,
  compileGrantStatement,
  compileRefresh,
  compileRename,
  compileRevokeStatement,
  compileTruncate,
} from './ddl/change-statements.ts';
import { compileCreate } from './ddl/create-statements.ts';
import { hanaError, placeOf, syntaxError } from './errors.ts';
import { compileExplain } from './explain-statement.ts';
import { compileQueryStatement } from './query-statement.ts';
import { numberMarkers } from './rendered-sql.ts';
import type { DuckSession } from './session.ts';
import {
  compileAlterSystem,
  compileCommit,
  compileLock,
  compileRelease,
  compileRollback,
  compileSavepoint,
  compileSet,
  compileUnset,
} from './session-commands.ts';
import { isName, isToken, type Token } from './token.ts';
import { tokenize } from './tokenizer.ts';
import { compileWriteStatement } from './write-statement.ts';

type Compiler = (
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
) => Promise<EngineStatement>;

/** Statements by their first word. Whatever is not here is a syntax error, as an unknown word in HANA. */
const COMPILERS: Readonly<Record<string, Compiler>> = {
  SELECT: compileQueryStatement,
  WITH: compileQueryStatement,
  INSERT: compileWriteStatement,
  UPSERT: compileWriteStatement,
  REPLACE: compileWriteStatement,
  UPDATE: compileWriteStatement,
  DELETE: compileWriteStatement,
  MERGE: compileWriteStatement,
  CREATE: compileCreate,
  DROP: compileDrop,
  TRUNCATE: compileTruncate,
  RENAME: compileRename,
  REFRESH: compileRefresh,
  COMMENT: compileComment,
  GRANT: compileGrantStatement,
  REVOKE: compileRevokeStatement,
  ALTER: (sql, tokens, session) =>
    isToken(tokens[1], 'TABLE')
      ? compileAlterTable(sql, tokens, session)
      : compileAlterSystem(sql, tokens, session),
  COMMIT: compileCommit,
  ROLLBACK: compileRollback,
  SAVEPOINT: compileSavepoint,
  RELEASE: compileRelease,
  LOCK: compileLock,
  SET: compileSet,
  UNSET: compileUnset,
  EXPLAIN: compileExplain,
  CALL: refuseCall,
  DO: refuseBlock,
};

export async function compileStatement(
  sql: string,
  session: DuckSession,
): Promise<EngineStatement> {
  const tokens = numberMarkers(tokenize(sql));
  const first = tokens.find((token) => !isToken(token, '('));
  const compiler = first?.kind === 'word' ? COMPILERS[first.value] : undefined;
  if (first === undefined || compiler === undefined) {
    throw syntaxError(sql, first?.at ?? sql.length, first?.source ?? '');
  }
  refuseSecondStatement(sql, tokens);
  return compiler(sql, tokens, session);
}

/** One statement per request, as in HANA; only the body of a block or a procedure holds several. */
function refuseSecondStatement(sql: string, tokens: readonly Token[]): void {
  const hasBody =
    isToken(tokens[0], 'DO') ||
    (isToken(tokens[0], 'CREATE') && tokens.slice(1, 4).some((token) => isToken(token, ...BODIES)));
  const semicolon = hasBody ? undefined : tokens.find((token) => isToken(token, ';'));
  if (semicolon !== undefined) throw syntaxError(sql, semicolon.at, semicolon.source);
}

const BODIES = ['PROCEDURE', 'FUNCTION', 'TRIGGER', 'LIBRARY'] as const;

/** The sandbox has no procedures, so none is found. */
function refuseCall(sql: string, tokens: readonly Token[]): Promise<EngineStatement> {
  const name = tokens
    .slice(1)
    .filter((token) => isName(token))
    .at(-1);
  const at = name?.at ?? 0;
  const text = `invalid name of function or procedure: ${name?.value ?? ''}: ${placeOf(sql, at)}`;
  return Promise.reject(hanaError('invalidFunction', text, { at }));
}

function refuseBlock(): Promise<EngineStatement> {
  return Promise.reject(hanaError('notSupported', 'feature not supported: anonymous blocks'));
}
