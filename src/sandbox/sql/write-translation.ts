import { type Privilege, SYSTEM_SCHEMA } from './catalog/catalog.ts';
import {
  type ColumnDefinition,
  columnNamed,
  primaryKeyOf,
  type TableDefinition,
} from './catalog/definitions.ts';
import { translateExpression, translateQuery } from './compile.ts';
import { hanaError, placeOf } from './errors.ts';
import type { MarkerInsert } from './packed-insert/packed-insert.ts';
import { columnLiteral } from './parameter-values.ts';
import { quoteName } from './rendered-sql.ts';
import { dropHints } from './rewrites/hints.ts';
import type { CompileContext } from './rewrites/rewrite.ts';
import { resolveTable } from './rewrites/table-names.ts';
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
}

type Translator = (reader: TokenReader, context: CompileContext) => Translation;

interface Translation {
  readonly tokens: readonly Token[];
  /** Columns that markers are the value of. */
  readonly markerColumns?: ReadonlyMap<number, ColumnDefinition>;
  readonly batch?: TranslatedWrite['batch'];
  readonly markerInsert?: MarkerInsert | undefined;
  readonly insertsKeys?: boolean;
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
  };
}

interface Target {
  readonly table: TableDefinition;
  readonly text: string;
  readonly token: Token;
}

/** The table to change; views cannot be. */
function target(reader: TokenReader, context: CompileContext, privilege: Privilege): Target {
  const token = reader.current;
  const { table, text, next } = resolveTable(reader.tokens, reader.index, context, privilege);
  reader.index = next;
  if (token === undefined) throw reader.unexpected();
  if (table.kind === 'VIEW') {
    const message = `feature not supported: ${table.name} is a view: ${placeOf(context.sql, token.at)}`;
    throw hanaError('notSupported', message, { at: token.at });
  }
  return { table, text, token };
}

/** The named columns, or all of them. Error 260 for one the table has not. */
function columnList(
  reader: TokenReader,
  { table }: Target,
  context: CompileContext,
): readonly ColumnDefinition[] {
  const isList = reader.sees('(') && !isToken(reader.tokens[reader.index + 1], 'SELECT', 'WITH');
  if (!isList) return table.columns;
  return splitAtCommas(reader.parenthesized()).map(([name]) => {
    const column = columnNamed(table, name?.value ?? '');
    if (column !== undefined) return column;
    const at = name?.at ?? 0;
    const text = `invalid column name: ${name?.value ?? ''}: ${placeOf(context.sql, at)}`;
    throw hanaError('invalidColumn', text, { at });
  });
}

const insert: Translator = (reader, context) => {
  reader.expect('INSERT', 'INTO');
  return insertInto(target(reader, context, 'INSERT'), reader, context, () => '');
};

/** UPSERT replaces the row of the same primary key, as far as the statement names its columns. */
const upsert: Translator = (reader, context) => {
  reader.oneOf('UPSERT', 'REPLACE');
  reader.skips('INTO');
  const into = target(reader, context, 'UPDATE');
  const conditional = upsertWhere(into, reader, context);
  if (conditional !== undefined) return conditional;
  return insertInto(into, reader, context, (columns) => {
    const key = primaryKeyOf(into.table)?.columns ?? [];
    if (key.length === 0) return '';
    const updates = columns
      .filter(({ name }) => !key.includes(name))
      .map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`);
    const action = updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`;
    return ` ON CONFLICT (${key.map(quoteName).join(', ')}) DO ${action}`;
  });
};

function insertInto(
  into: Target,
  reader: TokenReader,
  context: CompileContext,
  conflictClause: (columns: readonly ColumnDefinition[]) => string,
): Translation {
  const columns = columnList(reader, into, context);
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const head = `INSERT INTO ${into.text} (${names})`;
  const tail = conflictClause(columns);
  const first = sqlToken(head, into.token);
  const last = sqlToken(tail, into.token);
  if (!reader.skips('VALUES')) {
    const query = reader.rest();
    if (query.length === 0) throw reader.unexpected();
    return { tokens: [first, ...translateQuery(query, context), last] };
  }
  const values = splitAtCommas(reader.parenthesized());
  reader.skips('WITH', 'PRIMARY', 'KEY');
  reader.end();
  checkCount(columns.length, values, context);
  const list = values.flatMap((value, index) => [
    sqlToken(index === 0 ? 'VALUES (' : ',', value[0] ?? into.token),
    ...translateValue(value, columns[index], context),
  ]);
  return {
    tokens: [first, ...list, sqlToken(')', into.token), last],
    markerColumns: valueMarkers(columns, values),
    // One row may conflict with another of its own batch, which ON CONFLICT refuses.
    batch: tail === '' ? batchOf(head, values) : undefined,
    markerInsert: tail === '' ? markerInsertOf(into.table, columns, values) : undefined,
    insertsKeys: tail === '' && into.table.keys.length > 0,
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
  return {
    tokens: [
      sql(`MERGE INTO ${into.text} USING (SELECT 1) AS ${quoteName('_SYS_ONE_ROW')} ON (`),
      ...translateQuery(reader.rest(), context),
      sql(') WHEN MATCHED THEN UPDATE SET'),
      ...joined((index) => `${names[index]} =`),
      sql(`WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (`),
      ...joined(() => ''),
      sql(')'),
    ],
    markerColumns: valueMarkers(columns, values),
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

/**
 * `INSERT … VALUES ($1, $2), ($3, $4)`: the markers of each row behind those of the row before.
 * Undefined when a value is anything but a marker.
 */
function batchOf(
  head: string,
  values: readonly (readonly Token[])[],
): ((rowCount: number) => string) | undefined {
  const markers = values.map(markerNumber);
  if (markers.includes(undefined)) return undefined;
  const numbers = markers.map((marker) => marker ?? 0);
  const perRow = Math.max(...numbers);
  // A number left out, `:1, :3`, is no parameter.
  if (new Set(numbers).size !== perRow) return undefined;
  return (rowCount) => {
    const rows = Array.from(
      { length: rowCount },
      (_, row) => `(${numbers.map((number) => `$${row * perRow + number}`).join(', ')})`,
    );
    return `${head} VALUES ${rows.join(', ')}`;
  };
}

/** Undefined when a value is no marker, or a marker stands for two values. */
function markerInsertOf(
  table: TableDefinition,
  columns: readonly ColumnDefinition[],
  values: readonly (readonly Token[])[],
): MarkerInsert | undefined {
  // The views of SYS are copies for each session.
  if (table.schemaName === SYSTEM_SCHEMA) return undefined;
  const marked: ColumnDefinition[] = [];
  for (const [index, value] of values.entries()) {
    const marker = markerNumber(value);
    const column = columns[index];
    if (marker === undefined || column === undefined) return undefined;
    marked[marker - 1] = column;
  }
  const names = new Set(marked.map((column: ColumnDefinition | undefined) => column?.name));
  return names.size === values.length && !names.has(undefined)
    ? { table, columns: marked }
    : undefined;
}

/** The number of the marker that a value is; undefined when it is anything else. */
function markerNumber([first, second]: readonly Token[]): number | undefined {
  if (first?.kind !== 'marker' || second !== undefined) return undefined;
  return Number(first.value.slice(1));
}

/** Values that are nothing but a marker take the column's type. */
function valueMarkers(
  columns: readonly ColumnDefinition[],
  values: readonly (readonly Token[])[],
): ReadonlyMap<number, ColumnDefinition> {
  const marked = new Map<number, ColumnDefinition>();
  values.forEach((value, index) => {
    const column = columns[index];
    const marker = markerNumber(value);
    if (column !== undefined && marker !== undefined) marked.set(marker, column);
  });
  return marked;
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
  const rest = translateQuery(reader.rest(), context);
  const head = sqlToken(`UPDATE ${into.text}${alias}`, into.token);
  return { tokens: [head, ...set, ...rest], markerColumns: markers };
};

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
  return { tokens: [head, ...translateQuery(reader.rest(), context)] };
};

const merge: Translator = (reader, context) => {
  reader.expect('MERGE', 'INTO');
  const into = target(reader, context, 'UPDATE');
  const alias = reader.sees('USING') ? '' : ` AS ${quoteName(aliasOf(reader))}`;
  const head = sqlToken(`MERGE INTO ${into.text}${alias}`, into.token);
  return { tokens: [head, ...translateQuery(plainTargets(reader.rest()), context)] };
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
