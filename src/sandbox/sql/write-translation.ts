import type { Privilege } from './catalog/catalog.ts';
import {
  type ColumnDefinition,
  columnNamed,
  primaryKeyOf,
  type TableDefinition,
} from './catalog/definitions.ts';
import { translateExpression, translateQuery } from './compile.ts';
import { hanaError, placeOf } from './errors.ts';
import { batchOf, markerInsertOf, valueMarkers } from './insert-markers.ts';
import type { MarkerInsert } from './packed-insert/packed-insert.ts';
import { columnLiteral } from './parameter-values.ts';
import { quoteName } from './rendered-sql.ts';
import { dropHints } from './rewrites/hints.ts';
import type { CompileContext } from './rewrites/rewrite.ts';
import { resolveTable } from './rewrites/table-names.ts';
import { historyCopy, sameKey, settableColumns, versionAssignment } from './system-versioning.ts';
import { isToken, splitAtCommas, sqlToken, type Token } from './token.ts';
import { TokenReader } from './token-reader.ts';
import type { HanaType } from './types/hana-type.ts';

/** A statement that changes rows, for DuckDB. */
export interface TranslatedWrite {
  readonly tokens: readonly Token[];
  /** Types of those markers that stand for a column's value. */
  readonly markerTypes: ReadonlyMap<number, HanaType>;
  readonly systemViews: ReadonlySet<string>;
  /** Markers that may not be NULL, counted from 0, with the name of the column they are the value of. */
  readonly required: ReadonlyMap<number, string>;
  /** The statement for so many rows at once, where it is a plain INSERT of markers. */
  readonly batch: ((rowCount: number) => string) | undefined;
  /** What the statement inserts where it is a plain INSERT of a marker per parameter. */
  readonly markerInsert: MarkerInsert | undefined;
  /** An INSERT of values into a table with a key. */
  readonly insertsKeys: boolean;
  /** The table, when the system keeps a period of its rows. */
  readonly versioned: TableDefinition | undefined;
  /** Copies the rows to be changed into the history table; executed before the statement. */
  readonly history: readonly Token[] | undefined;
}

type Translator = (reader: TokenReader, context: CompileContext) => Translation;

interface Translation {
  readonly tokens: readonly Token[];
  /** Columns that markers are the value of. */
  readonly markerColumns?: ReadonlyMap<number, ColumnDefinition>;
  readonly batch?: TranslatedWrite['batch'];
  readonly markerInsert?: MarkerInsert | undefined;
  readonly insertsKeys?: boolean;
  readonly versioned: TableDefinition | undefined;
  readonly history?: readonly Token[] | undefined;
}

export function translateWrite(tokens: readonly Token[], context: CompileContext): TranslatedWrite {
  const plain = dropHints(tokens, context);
  const translator = TRANSLATORS[plain[0]?.value ?? ''];
  const reader = new TokenReader(plain, context.sql);
  if (translator === undefined) throw reader.unexpected();
  const {
    tokens: written,
    markerColumns,
    batch,
    insertsKeys,
    markerInsert,
    versioned,
    history,
  } = translator(reader, context);
  const marked = [...(markerColumns ?? [])];
  const required = marked.filter(([, { nullable }]) => !nullable);
  return {
    tokens: written,
    markerTypes: new Map(marked.map(([marker, { type }]) => [marker, type])),
    required: new Map(required.map(([marker, { name }]) => [marker - 1, name])),
    systemViews: context.systemViews,
    batch,
    markerInsert,
    insertsKeys: insertsKeys ?? false,
    versioned,
    history,
  };
}

interface Target {
  readonly table: TableDefinition;
  readonly text: string;
  readonly token: Token;
  /** The table itself, when it has a period. */
  readonly versioned: TableDefinition | undefined;
}

/** The table to change; views cannot be, and history tables not while the system fills them. */
function target(reader: TokenReader, context: CompileContext, privilege: Privilege): Target {
  const token = reader.current;
  const { table, text, next } = resolveTable(reader.tokens, reader.index, context, privilege);
  reader.index = next;
  if (token === undefined) throw reader.unexpected();
  if (table.kind === 'VIEW') {
    const message = `feature not supported: ${table.name} is a view: ${placeOf(context.sql, token.at)}`;
    throw hanaError('notSupported', message, { at: token.at });
  }
  if (context.catalog.versionedBy(table) !== undefined) {
    throw refused(`changing the history table ${table.name}`, token, context);
  }
  return { table, text, token, versioned: table.period && table };
}

function refused(what: string, { at }: Token, context: CompileContext): Error {
  const text = `feature not supported: ${what}: ${placeOf(context.sql, at)}`;
  return hanaError('notSupported', text, { at });
}

/** The named columns, or all of them. Error 260 for one the table has not. */
function columnList(
  reader: TokenReader,
  { table }: Target,
  context: CompileContext,
): readonly ColumnDefinition[] {
  const isList = reader.sees('(') && !isToken(reader.tokens[reader.index + 1], 'SELECT', 'WITH');
  const settable = settableColumns(table);
  if (!isList) return settable;
  return splitAtCommas(reader.parenthesized()).map(([name]) => {
    const column = columnNamed(table, name?.value ?? '');
    if (column !== undefined && !settable.includes(column) && name !== undefined) {
      throw refused(`setting the generated column ${column.name}`, name, context);
    }
    if (column !== undefined) return column;
    const at = name?.at ?? 0;
    const text = `invalid column name: ${name?.value ?? ''}: ${placeOf(context.sql, at)}`;
    throw hanaError('invalidColumn', text, { at });
  });
}

const insert: Translator = (reader, context) => {
  reader.expect('INSERT', 'INTO');
  return insertInto(target(reader, context, 'INSERT'), reader, context, () => NO_CONFLICT);
};

/** What an INSERT does about a row of the same primary key. */
interface OnConflict {
  readonly clause: string;
  /** The key by which the row is updated; empty when it is not. */
  readonly updatedBy: readonly string[];
}

const NO_CONFLICT: OnConflict = { clause: '', updatedBy: [] };

/** UPSERT replaces the row of the same primary key, as far as the statement names its columns. */
const upsert: Translator = (reader, context) => {
  reader.oneOf('UPSERT', 'REPLACE');
  reader.skips('INTO');
  const into = target(reader, context, 'UPDATE');
  const conditional = upsertWhere(into, reader, context);
  if (conditional !== undefined) return conditional;
  return insertInto(into, reader, context, (columns) => {
    const key = primaryKeyOf(into.table)?.columns ?? [];
    if (key.length === 0) return NO_CONFLICT;
    const updates = columns
      .filter(({ name }) => !key.includes(name))
      .map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`);
    const head = ` ON CONFLICT (${key.map(quoteName).join(', ')}) DO`;
    if (updates.length === 0) return { clause: `${head} NOTHING`, updatedBy: [] };
    const assignments = [...updates, versionAssignment(into.table)].filter(isText);
    return { clause: `${head} UPDATE SET ${assignments.join(', ')}`, updatedBy: key };
  });
};

const isText = (text: string | undefined): text is string => text !== undefined;

function insertInto(
  into: Target,
  reader: TokenReader,
  context: CompileContext,
  onConflict: (columns: readonly ColumnDefinition[]) => OnConflict,
): Translation {
  const { table, token, versioned } = into;
  const columns = columnList(reader, into, context);
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const head = `INSERT INTO ${into.text} (${names})`;
  const { clause: tail, updatedBy } = onConflict(columns);
  const first = sqlToken(head, token);
  const last = sqlToken(tail, token);
  if (!reader.skips('VALUES')) {
    const query = reader.rest();
    if (query.length === 0) throw reader.unexpected();
    if (versioned !== undefined && updatedBy.length > 0) {
      throw refused('UPSERT of a query into a system-versioned table', token, context);
    }
    return { tokens: [first, ...translateQuery(query, context), last], versioned };
  }
  const values = splitAtCommas(reader.parenthesized());
  reader.skips('WITH', 'PRIMARY', 'KEY');
  reader.end();
  checkCount(columns.length, values, context);
  const translated = values.map((value, index) => translateValue(value, columns[index], context));
  const list = translated.flatMap((value, index) => [
    sqlToken(index === 0 ? 'VALUES (' : ',', values[index]?.[0] ?? token),
    ...value,
  ]);
  return {
    tokens: [first, ...list, sqlToken(')', token), last],
    markerColumns: valueMarkers(columns, values),
    // One row may conflict with another of its own batch, which ON CONFLICT refuses.
    batch: tail === '' ? batchOf(head, values) : undefined,
    markerInsert: tail === '' ? markerInsertOf(table, columns, values) : undefined,
    insertsKeys: tail === '' && table.keys.length > 0,
    versioned,
    history:
      updatedBy.length === 0
        ? undefined
        : historyCopy(table, into.text, sameKey(updatedBy, columns, translated, token), token),
  };
}

/**
 * `UPSERT … VALUES (…) WHERE condition` updates the rows of the condition, and inserts when there are
 * none. Undefined, with the reader where it was, when the statement is no such one.
 */
function upsertWhere(
  into: Target,
  reader: TokenReader,
  context: CompileContext,
): Translation | undefined {
  const start = reader.index;
  const columns = columnList(reader, into, context);
  const values = reader.skips('VALUES') ? splitAtCommas(reader.parenthesized()) : [];
  if (!reader.skips('WHERE')) {
    reader.index = start;
    return undefined;
  }
  checkCount(columns.length, values, context);
  const sql = (text: string): Token => sqlToken(text, into.token);
  const translated = values.map((value, index) => translateValue(value, columns[index], context));
  const joined = (prefix: (index: number) => string): readonly Token[] =>
    translated.flatMap((value, index) => [
      sql(`${index === 0 ? '' : ', '}${prefix(index)}`),
      ...value,
    ]);
  const names = columns.map(({ name }) => quoteName(name));
  const condition = translateQuery(reader.rest(), context);
  const version = versionAssignment(into.table);
  return {
    tokens: [
      sql(`MERGE INTO ${into.text} USING (SELECT 1) AS ${quoteName('_SYS_ONE_ROW')} ON (`),
      ...condition,
      sql(') WHEN MATCHED THEN UPDATE SET'),
      ...joined((index) => `${names[index]} =`),
      sql(version === undefined ? '' : `, ${version}`),
      sql(`WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (`),
      ...joined(() => ''),
      sql(')'),
    ],
    markerColumns: valueMarkers(columns, values),
    versioned: into.versioned,
    history: historyCopy(into.table, into.text, condition, into.token),
  };
}

/** A literal takes the column's type as a parameter would: '' is the empty date, hexadecimal is binary. */
function translateValue(
  value: readonly Token[],
  column: ColumnDefinition | undefined,
  context: CompileContext,
): readonly Token[] {
  const [literal, more] = value;
  if (column === undefined || literal?.kind !== 'string' || more !== undefined) {
    return translateExpression(value, context);
  }
  const text = columnLiteral(literal.value, column.type);
  return text === undefined ? value : [sqlToken(text, literal)];
}

function checkCount(
  expected: number,
  values: readonly (readonly Token[])[],
  context: CompileContext,
): void {
  if (values.length === expected) return;
  const at = values[0]?.[0]?.at ?? 0;
  const what = values.length < expected ? 'not enough values' : 'too many values';
  throw hanaError('columnCount', `${what}: ${placeOf(context.sql, at)}`, { at });
}

const update: Translator = (reader, context) => {
  reader.expect('UPDATE');
  const into = target(reader, context, 'UPDATE');
  const alias = reader.sees('SET') ? '' : ` AS ${quoteName(aliasOf(reader))}`;
  reader.expect('SET');
  const assignments = splitAtCommas(reader.upTo('WHERE', 'FROM'));
  const markers = new Map<number, ColumnDefinition>();
  const set = assignments.flatMap((assignment, index) => {
    const equals = assignment.findIndex((token) => isToken(token, '='));
    const name = assignment[equals - 1];
    if (equals < 1 || name === undefined) throw reader.unexpected();
    const column = columnNamed(into.table, name.value);
    if (column !== undefined && !settableColumns(into.table).includes(column)) {
      throw refused(`setting the generated column ${column.name}`, name, context);
    }
    const value = assignment.slice(equals + 1);
    if (column !== undefined) {
      for (const [marker, named] of valueMarkers([column], [value])) markers.set(marker, named);
    }
    const text = `${index === 0 ? 'SET' : ','} ${quoteName(name.value)} =`;
    const isQuery = value.some((token) => isToken(token, 'SELECT'));
    return [
      sqlToken(text, name),
      ...(isQuery ? translateQuery(value, context) : translateValue(value, column, context)),
    ];
  });
  const { rest, history } = changedRows(into, alias, reader, context);
  const head = sqlToken(`UPDATE ${into.text}${alias}`, into.token);
  const version = versionAssignment(into.table);
  const stamp = version === undefined ? [] : [sqlToken(`, ${version}`, into.token)];
  return {
    tokens: [head, ...set, ...stamp, ...rest],
    markerColumns: markers,
    versioned: into.versioned,
    history,
  };
};

/** What follows in UPDATE or DELETE, usually WHERE, and the copy of the rows it picks. */
function changedRows(
  into: Target,
  alias: string,
  reader: TokenReader,
  context: CompileContext,
): { readonly rest: readonly Token[]; readonly history: readonly Token[] | undefined } {
  const hasOthers = !reader.atEnd && !reader.sees('WHERE');
  if (hasOthers && into.versioned !== undefined) {
    throw refused('joins in a change of a system-versioned table', into.token, context);
  }
  const rest = translateQuery(reader.rest(), context);
  const condition = rest.length === 0 ? undefined : rest.slice(1);
  return { rest, history: historyCopy(into.table, into.text + alias, condition, into.token) };
}

function aliasOf(reader: TokenReader): string {
  reader.skips('AS');
  return reader.name();
}

const remove: Translator = (reader, context) => {
  reader.expect('DELETE');
  reader.skips('FROM');
  const into = target(reader, context, 'DELETE');
  const hasAlias = !reader.atEnd && !reader.sees('WHERE');
  const alias = hasAlias ? ` AS ${quoteName(aliasOf(reader))}` : '';
  const head = sqlToken(`DELETE FROM ${into.text}${alias}`, into.token);
  const { rest, history } = changedRows(into, alias, reader, context);
  return { tokens: [head, ...rest], versioned: into.versioned, history };
};

const merge: Translator = (reader, context) => {
  reader.expect('MERGE', 'INTO');
  const into = target(reader, context, 'UPDATE');
  if (into.versioned !== undefined) {
    throw refused('MERGE into a system-versioned table', into.token, context);
  }
  const alias = reader.sees('USING') ? '' : ` AS ${quoteName(aliasOf(reader))}`;
  const head = sqlToken(`MERGE INTO ${into.text}${alias}`, into.token);
  return {
    tokens: [head, ...translateQuery(plainTargets(reader.rest()), context)],
    versioned: undefined,
  };
};

/** `SET t.a = …, t.b = …` without the table's name, which DuckDB does not take there. */
function plainTargets(tokens: readonly Token[]): readonly Token[] {
  const result: Token[] = [];
  let inSet = false;
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (isToken(token, '(')) depth++;
    if (isToken(token, ')')) depth--;
    if (isToken(token, 'SET', 'WHEN')) inSet = isToken(token, 'SET');
    result.push(token);
    const beginsTarget = inSet && depth === 0 && isToken(token, 'SET', ',');
    if (beginsTarget && isToken(tokens[index + 2], '.')) index += 2;
  }
  return result;
}

const TRANSLATORS: Readonly<Record<string, Translator>> = {
  INSERT: insert,
  UPSERT: upsert,
  REPLACE: upsert,
  UPDATE: update,
  DELETE: remove,
  MERGE: merge,
};
