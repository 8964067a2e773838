import { ALL_PRIVILEGES, OBJECT_PRIVILEGES, SYSTEM_USER } from '../catalog/catalog.ts';
import {
  type ColumnDefinition,
  type NewTable,
  type TableDefinition,
} from '../catalog/definitions.ts';
import { hanaError, placeOf } from '../errors.ts';
import { objectName, quoteName } from '../rendered-sql.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import { notAuthorized, type QualifiedName } from '../rewrites/table-names.ts';
import type { DuckSession } from '../session.ts';
import { isToken, splitAtCommas } from '../token.ts';
import type { TokenReader } from '../token-reader.ts';
import { notSupported, ownTable } from './create-statements.ts';
import { compiler, type DdlCompiler, requireColumn } from './ddl-statement.ts';
import { dropStatistics, refreshStatistics } from './statistics-statements.ts';
import { refuseVersioned } from './system-versioning-clause.ts';
import { dropTable, rebuildTable } from './table-changes.ts';

/** DROP TABLE, VIEW, SCHEMA, STATISTICS. */
export const compileDrop: DdlCompiler = compiler(['DROP'], (reader, context, session) => {
  if (reader.skips('STATISTICS')) return dropStatistics(reader, context, session);
  const kinds = ['SCHEMA', 'TABLE', 'VIEW'];
  if (!isToken(reader.current, ...kinds)) throw notSupported(reader.tokens, context.sql);
  const objectKind = reader.oneOf(...kinds);
  const ifExists = reader.skips('IF', 'EXISTS');
  const target = reader.qualified();
  const cascade = reader.skips('CASCADE');
  reader.skips('RESTRICT');
  reader.end();
  if (objectKind === 'SCHEMA') {
    const mayBeMissing = (): boolean => ifExists && !context.catalog.hasSchema(target.name);
    return () =>
      mayBeMissing() ? Promise.resolve() : dropSchema(target, cascade, context, session);
  }
  return async () => {
    const known = context.catalog.find(schemaOf(target, context), target.name);
    if (ifExists && known === undefined) return;
    if (objectKind === 'VIEW' && known === undefined) {
      throw wrongKind(target, objectKind, context);
    }
    const table = ownTable(target, context, 'DROP');
    if (table.kind !== objectKind) throw wrongKind(target, objectKind, context);
    const versioned = context.catalog.versionedBy(table);
    if (versioned !== undefined) refuseVersioned(table, 'DROP TABLE', context, target.at);
    await dropTable(table, session);
  };
});

/** DROP TABLE of a view, or DROP VIEW of what is none. */
function wrongKind({ name, at }: QualifiedName, wanted: string, context: CompileContext): Error {
  const what = wanted === 'VIEW' ? 'view' : 'table';
  const text = `invalid ${what} name: ${name}: ${placeOf(context.sql, at)}`;
  return hanaError(wanted === 'VIEW' ? 'invalidView' : 'invalidTable', text, { at });
}

const schemaOf = (target: QualifiedName, context: CompileContext): string =>
  target.name.startsWith('#')
    ? context.sessionSchema
    : (target.schemaName ?? context.currentSchema);

async function dropSchema(
  { name, at }: QualifiedName,
  cascade: boolean,
  context: CompileContext,
  session: DuckSession,
): Promise<void> {
  const { catalog } = context;
  if (!catalog.hasSchema(name)) {
    throw hanaError('invalidSchema', `invalid schema name: ${name}: ${placeOf(context.sql, at)}`, {
      at,
    });
  }
  if (context.user !== SYSTEM_USER && catalog.schemaOwner(name) !== context.user) {
    throw notAuthorized(context, at);
  }
  if (!cascade && catalog.tablesIn(name).length > 0) {
    throw hanaError('general', `general error: schema ${name} is not empty; use CASCADE`, { at });
  }
  await session.change(`DROP SCHEMA ${quoteName(name)} CASCADE`);
  catalog.dropSchema(name);
}

/** REFRESH STATISTICS ON … */
export const compileRefresh: DdlCompiler = compiler(['REFRESH', 'STATISTICS'], refreshStatistics);

/** TRUNCATE TABLE. */
export const compileTruncate: DdlCompiler = compiler(
  ['TRUNCATE', 'TABLE'],
  (reader, context, session) => {
    const target = reader.qualified();
    reader.end();
    return async () => {
      const { schemaName, name } = ownTable(target, context, 'DELETE');
      await session.change(`DELETE FROM ${objectName(schemaName, name)}`);
    };
  },
);

/** RENAME TABLE a TO b, RENAME COLUMN t.a TO b. */
export const compileRename: DdlCompiler = compiler(['RENAME'], (reader, context, session) => {
  if (reader.skips('TABLE')) {
    const target = reader.qualified();
    reader.expect('TO');
    const renamed = reader.qualified();
    reader.end();
    return () => {
      const old = ownTable(target, context, 'ALTER');
      const { name } = renamed;
      refuseVersioned(old, 'RENAME TABLE', context, target.at);
      checkNewName(old, renamed, context);
      return rebuildTable(old, { ...old, name }, old.columns.map(reference), session);
    };
  }
  reader.expect('COLUMN');
  const path = columnPath(reader);
  reader.expect('TO');
  const name = reader.name();
  return () => {
    const old = ownTable(path.table, context, 'ALTER');
    requireColumn(old, path.column, context, path.table.at);
    refuseVersioned(old, 'RENAME COLUMN', context, path.table.at);
    const renamed = (column: string): string => (column === path.column ? name : column);
    const changed: NewTable = {
      ...old,
      columns: old.columns.map((column) => ({ ...column, name: renamed(column.name) })),
      keys: old.keys.map((key) => ({ ...key, columns: key.columns.map(renamed) })),
    };
    return rebuildTable(old, changed, old.columns.map(reference), session);
  };
});

/** A table stays in its schema, and takes no other's name. */
function checkNewName(
  { schemaName }: TableDefinition,
  renamed: QualifiedName,
  context: CompileContext,
): void {
  const { name, at } = renamed;
  if (renamed.schemaName !== undefined && renamed.schemaName !== schemaName) {
    throw hanaError('notSupported', 'feature not supported: RENAME TABLE to another schema', {
      at,
    });
  }
  if (context.catalog.find(schemaName, name) === undefined) return;
  const text = `cannot use duplicate table name: ${name}: ${placeOf(context.sql, at)}`;
  throw hanaError('duplicateTable', text, { at });
}

const reference = ({ name }: ColumnDefinition): string => quoteName(name);

interface ColumnPath {
  readonly table: QualifiedName;
  readonly column: string;
}

/** `[schema.]table.column` */
function columnPath(reader: TokenReader): ColumnPath {
  const first = reader.qualified();
  if (!reader.skips('.')) {
    if (first.schemaName === undefined) throw reader.unexpected();
    const table = { schemaName: undefined, name: first.schemaName, at: first.at, next: first.next };
    return { table, column: first.name };
  }
  return { table: first, column: reader.name() };
}

/** COMMENT ON TABLE, VIEW, COLUMN … IS '…'. */
export const compileComment: DdlCompiler = compiler(
  ['COMMENT', 'ON'],
  (reader, context, session) => {
    const kind = reader.oneOf('TABLE', 'VIEW', 'COLUMN');
    const path = kind === 'COLUMN' ? columnPath(reader) : { table: reader.qualified(), column: '' };
    reader.expect('IS');
    const comment = reader.skips('NULL') ? undefined : reader.string();
    reader.end();
    return async () => {
      const table = ownTable(path.table, context, 'ALTER');
      if (kind === 'COLUMN') requireColumn(table, path.column, context, path.table.at);
      const columns = table.columns.map((column) =>
        column.name === path.column ? { ...column, comment } : column,
      );
      session.shared.catalog.put(kind === 'COLUMN' ? { ...table, columns } : { ...table, comment });
      await Promise.resolve();
    };
  },
);

/** GRANT and REVOKE of object privileges, by the owner of the schema or SYSTEM. */
const compileGrant = (verb: 'GRANT' | 'REVOKE'): DdlCompiler =>
  compiler([verb], (reader, context, session) => {
    const named = splitAtCommas(reader.upTo('ON')).map((part) =>
      part.map((token) => token.value).join(' '),
    );
    reader.expect('ON');
    const onSchema = reader.skips('SCHEMA');
    const target = reader.qualified();
    reader.expect(verb === 'GRANT' ? 'TO' : 'FROM');
    const user = reader.name();
    reader.skips('WITH', 'GRANT', 'OPTION');
    reader.end();
    const privileges = named.some((name) => name.startsWith('ALL'))
      ? OBJECT_PRIVILEGES
      : ALL_PRIVILEGES.filter((privilege) => named.includes(privilege));
    return async () => {
      const { catalog } = session.shared;
      const table = onSchema ? undefined : ownTable(target, context, 'SELECT');
      const schemaName = table?.schemaName ?? target.name;
      const mayGrant =
        context.user === SYSTEM_USER || catalog.schemaOwner(schemaName) === context.user;
      if (!mayGrant && table?.owner !== context.user) throw notAuthorized(context, target.at);
      for (const privilege of privileges) {
        if (verb === 'GRANT') catalog.grant(user, privilege, schemaName, table?.name);
        else catalog.revoke(user, privilege, schemaName, table?.name);
      }
      await Promise.resolve();
    };
  });

export const compileGrantStatement = compileGrant('GRANT');
export const compileRevokeStatement = compileGrant('REVOKE');
