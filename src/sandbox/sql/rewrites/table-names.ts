import { type Privilege, SYSTEM_SCHEMA } from '../catalog/catalog.ts';
import type { TableDefinition } from '../catalog/definitions.ts';
import { hanaError, placeOf } from '../errors.ts';
import { objectName } from '../rendered-sql.ts';
import { isName, isToken, sqlToken, type Token } from '../token.ts';
import type { CompileContext } from './rewrite.ts';

/** A name of a table in SQL text, found in the catalogue. */
export interface ResolvedTable {
  readonly table: TableDefinition;
  /** The table's name in DuckDB, quoted. */
  readonly text: string;
  /** First token behind the name. */
  readonly next: number;
}

/** `name` or `schema.name` at `start`; the schema is the current one when none is given. */
export interface QualifiedName {
  readonly schemaName: string | undefined;
  readonly name: string;
  readonly at: number;
  readonly next: number;
}

export function qualifiedName(tokens: readonly Token[], start: number): QualifiedName | undefined {
  const first = tokens[start];
  if (!isName(first)) return undefined;
  const second = tokens[start + 2];
  if (isToken(tokens[start + 1], '.') && isName(second)) {
    return { schemaName: first.value, name: second.value, at: first.at, next: start + 3 };
  }
  return { schemaName: undefined, name: first.value, at: first.at, next: start + 1 };
}

/**
 * Finds a table or view and checks that the user may do with it what `privilege` names. Errors 362, 259
 * and 258, in HANA's words and with the position of the name.
 */
export function resolveTable(
  tokens: readonly Token[],
  start: number,
  context: CompileContext,
  privilege: Privilege,
): ResolvedTable {
  const found = qualifiedName(tokens, start);
  const token = tokens[start];
  if (found === undefined) {
    const at = token?.at ?? context.sql.trimEnd().length;
    const near = token === undefined ? '' : `incorrect syntax near "${token.source}": `;
    throw hanaError('syntax', `sql syntax error: ${near}${placeOf(context.sql, at)}`, { at });
  }
  return physicalTable(found, context, privilege);
}

/** The same for a name that has been read already. */
export function physicalTable(
  name: QualifiedName,
  context: CompileContext,
  privilege: Privilege,
): ResolvedTable {
  const table = findTable(name, context);
  if (!context.catalog.allows(context.user, privilege, table.schemaName, table.name)) {
    const isOwnTemporary = table.schemaName === context.sessionSchema;
    if (!isOwnTemporary) throw notAuthorized(context, name.at);
  }
  context.tables.push(table);
  return { table, text: physicalName(table, context), next: name.next };
}

export const notAuthorized = (context: CompileContext, at: number): Error =>
  hanaError(
    'insufficientPrivilege',
    `insufficient privilege: Not authorized: ${placeOf(context.sql, at)}`,
    { at },
  );

export function findTable(
  { schemaName, name, at }: QualifiedName,
  context: CompileContext,
): TableDefinition {
  const { catalog, currentSchema, sessionSchema } = context;
  if (schemaName !== undefined && !catalog.hasSchema(schemaName)) {
    const place = placeOf(context.sql, at);
    throw hanaError('invalidSchema', `invalid schema name: ${schemaName}: ${place}`, { at });
  }
  const table = name.startsWith('#')
    ? catalog.find(sessionSchema, name)
    : catalog.find(schemaName ?? currentSchema, name);
  // Every SYS view has a public synonym of its name.
  const found = table ?? (schemaName === undefined ? catalog.find(SYSTEM_SCHEMA, name) : undefined);
  if (found !== undefined) return found;
  const where = `${name} in schema ${schemaName ?? currentSchema}: ${placeOf(context.sql, at)}`;
  throw hanaError('invalidTable', `invalid table name:  Could not find table/view ${where}`, {
    at,
  });
}

/** The name in DuckDB; SYS views are read from the session's copy. */
function physicalName(table: TableDefinition, context: CompileContext): string {
  const isSystemView = table.schemaName === SYSTEM_SCHEMA && table.name !== 'DUMMY';
  if (isSystemView) context.systemViews.add(table.name);
  const schema = isSystemView ? context.sessionSchema : table.schemaName;
  return objectName(schema, table.name);
}

/** The resolved name in place of the tokens that named it. */
export const tableToken = (resolved: ResolvedTable, like: Token): Token =>
  sqlToken(resolved.text, like);
