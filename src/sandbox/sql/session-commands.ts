import { type Action, ActionStatement } from './action-statement.ts';
import { SYSTEM_USER } from './catalog/catalog.ts';
import { notSupported } from './ddl/create-statements.ts';
import { hanaError } from './errors.ts';
import type { DuckSession } from './session.ts';
import type { Token } from './token.ts';
import { TokenReader } from './token-reader.ts';
import type { IsolationLevel } from './transaction.ts';

type CommandCompiler = (
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
) => Promise<ActionStatement>;

const command =
  (parse: (reader: TokenReader, session: DuckSession, sql: string) => Action): CommandCompiler =>
  (sql, tokens, session) => {
    const action = parse(new TokenReader(tokens, sql), session, sql);
    return Promise.resolve(new ActionStatement(action));
  };

/** COMMIT [WORK] */
export const compileCommit = command((reader, session) => {
  reader.expect('COMMIT');
  reader.skips('WORK');
  reader.end();
  return () => session.commit();
});

/** ROLLBACK [WORK], ROLLBACK TO SAVEPOINT s */
export const compileRollback = command((reader, session) => {
  reader.expect('ROLLBACK');
  reader.skips('WORK');
  if (!reader.skips('TO', 'SAVEPOINT')) {
    reader.end();
    return () => session.rollback();
  }
  const name = reader.name();
  reader.end();
  return async () => {
    if (!(await session.transaction.rollbackTo(name))) throw unknownSavepoint(name);
  };
});

const unknownSavepoint = (name: string): Error =>
  hanaError('general', `general error: invalid savepoint name: ${name}`);

/** SAVEPOINT s */
export const compileSavepoint = command((reader, session) => {
  reader.expect('SAVEPOINT');
  const name = reader.name();
  reader.end();
  return async () => {
    session.transaction.setSavepoint(name);
    await Promise.resolve();
  };
});

/** RELEASE SAVEPOINT s */
export const compileRelease = command((reader, session) => {
  reader.expect('RELEASE', 'SAVEPOINT');
  const name = reader.name();
  reader.end();
  return async () => {
    if (!session.transaction.releaseSavepoint(name)) throw unknownSavepoint(name);
    await Promise.resolve();
  };
});

/** LOCK TABLE: DuckDB has no table locks to take. */
export const compileLock = command((reader) => {
  reader.expect('LOCK', 'TABLE');
  return () => Promise.resolve();
});

/** SET SCHEMA, SET TRANSACTION, SET [SESSION] 'name' = 'value' */
export const compileSet = command((reader, session) => {
  reader.expect('SET');
  if (reader.skips('SCHEMA')) return setSchema(reader, session);
  if (reader.skips('TRANSACTION')) return setTransaction(reader, session);
  reader.skips('SESSION');
  const name = variableName(reader);
  reader.expect('=');
  const value = variableValue(reader);
  reader.end();
  return async () => {
    session.setVariable(name, value);
    await Promise.resolve();
  };
});

function variableName(reader: TokenReader): string {
  return reader.current?.kind === 'string' ? reader.string() : reader.name();
}

function variableValue(reader: TokenReader): string {
  return reader.current?.kind === 'number' ? String(reader.number()) : variableName(reader);
}

/** UNSET [SESSION] 'name' */
export const compileUnset = command((reader, session) => {
  reader.expect('UNSET');
  reader.skips('SESSION');
  const name = variableName(reader);
  reader.end();
  return async () => {
    session.unsetVariable(name);
    await Promise.resolve();
  };
});

function setSchema(reader: TokenReader, session: DuckSession): Action {
  const at = reader.current?.at ?? 0;
  const name = reader.name();
  reader.end();
  return async () => {
    if (!session.shared.catalog.hasSchema(name)) {
      throw hanaError('invalidSchema', `invalid schema name: ${name}`, { at });
    }
    session.currentSchema = name;
    await Promise.resolve();
  };
}

function setTransaction(reader: TokenReader, session: DuckSession): Action {
  if (reader.skips('READ')) {
    const readOnly = reader.oneOf('ONLY', 'WRITE') === 'ONLY';
    reader.end();
    return async () => {
      session.readOnly = readOnly;
      await Promise.resolve();
    };
  }
  if (reader.skips('AUTOCOMMIT', 'DDL') || reader.skips('LOCK', 'WAIT', 'TIMEOUT')) {
    reader.rest();
    return () => Promise.resolve();
  }
  reader.expect('ISOLATION', 'LEVEL');
  const level = isolationLevel(reader);
  reader.end();
  return async () => {
    session.transaction.setIsolation(level);
    await Promise.resolve();
  };
}

function isolationLevel(reader: TokenReader): IsolationLevel {
  if (reader.skips('READ', 'COMMITTED')) return 'READ COMMITTED';
  if (reader.skips('REPEATABLE', 'READ')) return 'REPEATABLE READ';
  reader.expect('SERIALIZABLE');
  return 'SERIALIZABLE';
}

/** ALTER SYSTEM CANCEL [WORK IN] SESSION 'id', ALTER SYSTEM DISCONNECT SESSION 'id' */
export const compileAlterSystem = command((reader, session, sql) => {
  reader.expect('ALTER', 'SYSTEM');
  if (!reader.sees('CANCEL') && !reader.sees('DISCONNECT')) throw notSupported(reader.tokens, sql);
  const verb = reader.oneOf('CANCEL', 'DISCONNECT');
  reader.skips('WORK', 'IN');
  reader.expect('SESSION');
  const id = Number(variableValue(reader));
  reader.end();
  return async () => {
    const { registry } = session.shared;
    const owner = registry?.snapshots().find(({ connectionId }) => connectionId === id)?.user;
    const victim = registry?.find(id);
    if (victim === undefined) {
      throw hanaError('unknownSession', `invalid session id: ${id}`);
    }
    if (session.identity.user !== SYSTEM_USER && owner !== session.identity.user) {
      throw hanaError('insufficientPrivilege', 'insufficient privilege: Not authorized');
    }
    if (verb === 'CANCEL') victim.cancel();
    else victim.disconnect();
    await Promise.resolve();
  };
});
