import { type Action, type ActionStatement, ddl } from '../action-statement.ts';
import type { Privilege } from '../catalog/catalog.ts';
import { type NewTable, newTable, type TableDefinition } from '../catalog/definitions.ts';
import { queryFacts, translateQuery } from '../compile.ts';
import { hanaError, placeOf } from '../errors.ts';
import { bindStatement } from '../markers.ts';
import { objectName, quoteName } from '../rendered-sql.ts';
import { resultColumns } from '../result-columns.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import { findTable, notAuthorized, type QualifiedName } from '../rewrites/table-names.ts';
import type { DuckSession } from '../session.ts';
import { splitAtCommas, type Token } from '../token.ts';
import { TokenReader } from '../token-reader.ts';
import { createStatistics } from './statistics-statements.ts';
import {
  parseVersioning,
  type VersioningClause,
  withSystemVersioning,
} from './system-versioning-clause.ts';
import { createTable, dropTable, fillTable } from './table-changes.ts';
import { parseElements, parsePartitioning, type TableElements } from './table-parser.ts';

/** CREATE TABLE, VIEW, SCHEMA, STATISTICS; indexes other than unique ones are only noted. */
export function compileCreate(
  sql: string,
  tokens: readonly Token[],
  session: DuckSession,
): Promise<ActionStatement> {
  const reader = new TokenReader(tokens, sql);
  const context = session.compileContext(sql);
  reader.expect('CREATE');
  if (reader.skips('SCHEMA')) return Promise.resolve(ddl(session, createSchema(reader, session)));
  if (reader.skips('STATISTICS')) {
    return Promise.resolve(ddl(session, createStatistics(reader, context, session)));
  }
  const replaces = reader.skips('OR', 'REPLACE');
  if (reader.skips('VIEW')) {
    return Promise.resolve(ddl(session, createView(reader, context, session, replaces)));
  }
  const columnStore = !reader.skips('ROW');
  reader.skips('COLUMN');
  const local = reader.skips('LOCAL', 'TEMPORARY');
  const temporary = local || reader.skips('GLOBAL', 'TEMPORARY') || reader.skips('TEMPORARY');
  reader.skips('ROW');
  reader.skips('COLUMN');
  if (!reader.skips('TABLE')) throw notSupported(tokens, sql);
  // HANA refuses other names for local temporary tables as well; with which error is not known.
  if (local && reader.current?.value.startsWith('#') === false) throw reader.unexpected();
  const options = { columnStore, temporary };
  return Promise.resolve(ddl(session, createTableAction(reader, context, session, options)));
}

export function notSupported(tokens: readonly Token[], sql: string): Error {
  const words = tokens
    .slice(0, 3)
    .map((token) => token.value)
    .join(' ');
  const at = tokens[1]?.at ?? 0;
  return hanaError('notSupported', `feature not supported: ${words}: ${placeOf(sql, at)}`, { at });
}

function createSchema(reader: TokenReader, session: DuckSession): Action {
  const name = reader.name();
  const owner = reader.skips('OWNED', 'BY') ? reader.name() : session.identity.user;
  reader.end();
  return async () => {
    await session.change(`CREATE SCHEMA ${quoteName(name)}`);
    session.shared.catalog.addSchema(name, owner);
  };
}

/** Where a new object goes: a local temporary table into the session's own schema. */
function newName(
  { schemaName, name, at }: QualifiedName,
  context: CompileContext,
): Pick<NewTable, 'schemaName' | 'name'> {
  if (name.startsWith('#')) return { schemaName: context.sessionSchema, name };
  const schema = schemaName ?? context.currentSchema;
  if (!context.catalog.hasSchema(schema)) {
    const text = `invalid schema name: ${schema}: ${placeOf(context.sql, at)}`;
    throw hanaError('invalidSchema', text, { at });
  }
  if (!context.catalog.allows(context.user, 'CREATE ANY', schema)) throw notAuthorized(context, at);
  if (context.catalog.find(schema, name) !== undefined) {
    const text = `cannot use duplicate table name: ${name}: ${placeOf(context.sql, at)}`;
    throw hanaError('duplicateTable', text, { at });
  }
  return { schemaName: schema, name };
}

interface TableOptions {
  readonly columnStore: boolean;
  readonly temporary: boolean;
}

/** Words that end what a query in CREATE TABLE … AS may hold; parentheses are the usual form. */
const AFTER_QUERY = ['WITH'] as const;

function createTableAction(
  reader: TokenReader,
  context: CompileContext,
  session: DuckSession,
  options: TableOptions,
): Action {
  const target = reader.qualified();
  const elementTokens = reader.sees('(') ? reader.parenthesized() : undefined;
  let query: readonly Token[] | undefined;
  let like: QualifiedName | undefined;
  if (reader.skips('AS'))
    query = reader.sees('(') ? reader.parenthesized() : reader.upTo(...AFTER_QUERY);
  else if (reader.skips('LIKE')) like = reader.qualified();
  const withoutData = reader.skips('WITH', 'NO', 'DATA');
  reader.skips('WITH', 'DATA');
  const tail = tableTail(reader);
  return async () => {
    const place = newName(target, context);
    const source = await elementsOf({ elementTokens, query, like }, place, context, session);
    const { versioning, ...storage } = tail;
    const described = newTable({
      ...place,
      ...source.elements,
      ...storage,
      ...options,
      owner: context.user,
    });
    const table =
      versioning === undefined
        ? described
        : await withSystemVersioning(described, versioning, context, session);
    const created = await createTable(table, session);
    if (source.fillSql === undefined || withoutData) return;
    const name = objectName(place.schemaName, place.name);
    try {
      await fillTable(`INSERT INTO ${name} ${source.fillSql}`, session);
    } catch (error) {
      await dropTable(created, session);
      throw error;
    }
  };
}

interface TableSource {
  readonly elementTokens: readonly Token[] | undefined;
  readonly query: readonly Token[] | undefined;
  readonly like: QualifiedName | undefined;
}

async function elementsOf(
  { elementTokens, query, like }: TableSource,
  place: Pick<NewTable, 'schemaName' | 'name'>,
  context: CompileContext,
  session: DuckSession,
): Promise<{ readonly elements: TableElements; readonly fillSql?: string }> {
  if (query !== undefined) {
    const { columns, text } = await describeQuery(query, context, session);
    const names = elementTokens === undefined ? [] : splitAtCommas(elementTokens);
    const renamed = columns.map((column, index) => ({
      ...column,
      name: names[index]?.[0]?.value ?? column.name,
    }));
    return { elements: { columns: renamed, keys: [], foreignKeys: [] }, fillSql: text };
  }
  if (like !== undefined) {
    const { columns, keys } = findTable(like, context);
    const plain = columns.map((column) => ({ ...column, rowTime: undefined }));
    return { elements: { columns: plain, keys, foreignKeys: [] } };
  }
  const reader = new TokenReader(elementTokens ?? [], context.sql);
  if (reader.atEnd) throw reader.unexpected();
  return { elements: parseElements(reader.rest(), place, context) };
}

/** Columns that a query gives a table or view, and the query for DuckDB. */
async function describeQuery(
  query: readonly Token[],
  context: CompileContext,
  session: DuckSession,
): Promise<{ readonly columns: NewTable['columns']; readonly text: string }> {
  const translated = translateQuery(query, context);
  await session.refresh(context.systemViews, session.utility);
  const { rendered, prepared } = await bindStatement(session.utility, translated, context);
  try {
    const facts = await queryFacts(session.utility, rendered.text, (origin) =>
      session.columnFact(origin),
    );
    const columns = resultColumns(prepared, facts).map(({ name, type, fact }) => ({
      name,
      type,
      nullable: fact.nullable,
    }));
    return { columns, text: rendered.text };
  } finally {
    prepared.destroySync();
  }
}

interface TableTail extends Pick<NewTable, 'partitioning' | 'comment'> {
  readonly versioning?: VersioningClause;
}

/** Partitioning, comment and system versioning; what only concerns storage is passed over. */
function tableTail(reader: TokenReader): TableTail {
  let tail: TableTail = {};
  while (!reader.atEnd) {
    if (reader.skips('PARTITION', 'BY'))
      tail = { ...tail, partitioning: parsePartitioning(reader) };
    else if (reader.skips('COMMENT')) tail = { ...tail, comment: reader.string() };
    else if (reader.skips('WITH', 'SYSTEM', 'VERSIONING'))
      tail = { ...tail, versioning: parseVersioning(reader) };
    else if (!skipsStorageOption(reader)) throw reader.unexpected();
  }
  return tail;
}

const STORAGE_OPTIONS: readonly (readonly string[])[] = [
  ['AUTO', 'MERGE'],
  ['NO', 'AUTO', 'MERGE'],
  ['NO', 'LOGGING'],
  ['LOGGING'],
  ['RECORD', 'COMMIT', 'TIMESTAMP'],
  ['PAGE', 'LOADABLE'],
  ['COLUMN', 'LOADABLE'],
  ['ON', 'COMMIT', 'PRESERVE', 'ROWS'],
  ['ON', 'COMMIT', 'DELETE', 'ROWS'],
];

function skipsStorageOption(reader: TokenReader): boolean {
  if (reader.skips('UNLOAD', 'PRIORITY')) return reader.number() >= 0;
  return STORAGE_OPTIONS.some((words) => reader.skips(...words));
}

const VIEW_OWNER_PRIVILEGES: readonly Privilege[] = ['SELECT'];

function createView(
  reader: TokenReader,
  context: CompileContext,
  session: DuckSession,
  replaces: boolean,
): Action {
  const target = reader.qualified();
  const names = reader.sees('(') ? splitAtCommas(reader.parenthesized()) : [];
  reader.expect('AS');
  const start = reader.current?.at ?? 0;
  const query = reader.rest();
  return async () => {
    const schemaName = target.schemaName ?? context.currentSchema;
    const old = context.catalog.find(schemaName, target.name);
    if (replaces && old?.kind === 'VIEW') await dropTable(old, session);
    const place = newName(target, context);
    const { columns, text } = await describeQuery(query, context, session);
    if (context.systemViews.size > 0) {
      throw hanaError('notSupported', 'feature not supported: a view over system views');
    }
    const view: NewTable = newTable({
      ...place,
      kind: 'VIEW',
      owner: context.user,
      definition: context.sql.slice(start),
      columns: columns.map((column, index) => ({
        ...column,
        name: names[index]?.[0]?.value ?? column.name,
      })),
    });
    await session.change(createViewSql(view, text));
    const { name } = context.catalog.put(view);
    for (const privilege of VIEW_OWNER_PRIVILEGES) {
      context.catalog.grant(context.user, privilege, schemaName, name);
    }
  };
}

function createViewSql(view: NewTable, query: string): string {
  const names = view.columns.map(({ name }) => quoteName(name)).join(', ');
  return `CREATE VIEW ${objectName(view.schemaName, view.name)} (${names}) AS ${query}`;
}

/** The table or view of a DDL statement, if the user may change it. */
export function ownTable(
  name: QualifiedName,
  context: CompileContext,
  privilege: Privilege,
): TableDefinition {
  const table = findTable(name, context);
  const isTemporary = table.schemaName === context.sessionSchema;
  if (
    !isTemporary &&
    !context.catalog.allows(context.user, privilege, table.schemaName, table.name)
  ) {
    throw notAuthorized(context, name.at);
  }
  return table;
}
