import type { Action } from '../action-statement.ts';
import type { DataStatistics, TableDefinition } from '../catalog/definitions.ts';
import { statisticsContents } from '../data-statistics.ts';
import { hanaError, placeOf } from '../errors.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import { findTable, notAuthorized, type QualifiedName } from '../rewrites/table-names.ts';
import type { DuckSession } from '../session.ts';
import { splitAtCommas } from '../token.ts';
import type { TokenReader } from '../token-reader.ts';
import { isLob } from '../types/hana-type.ts';
import { requireColumn } from './ddl-statement.ts';

/** The tables and columns that a statement about statistics names. */
interface StatisticsSource {
  readonly table: QualifiedName;
  /** Empty: all of the table. */
  readonly columns: readonly string[];
}

function parseSource(reader: TokenReader): StatisticsSource {
  const table = reader.qualified();
  const names = reader.sees('(') ? splitAtCommas(reader.parenthesized()) : [];
  return { table, columns: names.map(([name]) => name?.value ?? '') };
}

/** To make, refresh or drop statistics the user must own the table or have ALTER on it. */
function alterableTable(name: QualifiedName, context: CompileContext): TableDefinition {
  const table = findTable(name, context);
  if (context.catalog.allows(context.user, 'ALTER', table.schemaName, table.name)) return table;
  throw notAuthorized(context, name.at);
}

const TYPES: readonly DataStatistics['type'][] = ['HISTOGRAM', 'SIMPLE', 'TOPK'];

/** The word behind TYPE. Error 7 for those that the sandbox does not compute. */
function parseType(reader: TokenReader, context: CompileContext): DataStatistics['type'] {
  const token = reader.current;
  const word = reader.name();
  const type = TYPES.find((known) => known === word);
  if (type !== undefined) return type;
  const at = token?.at ?? 0;
  const text = `feature not supported: statistics of type ${word}: ${placeOf(context.sql, at)}`;
  throw hanaError('notSupported', text, { at });
}

/**
 * CREATE STATISTICS [name] ON t (c, …) [TYPE HISTOGRAM | SIMPLE | TOPK] [BUCKETS n] …; the other
 * properties tell HANA how to build and keep the object, and are passed over.
 */
export function createStatistics(
  reader: TokenReader,
  context: CompileContext,
  session: DuckSession,
): Action {
  const name = reader.sees('ON') ? undefined : reader.qualified();
  reader.expect('ON');
  const source = parseSource(reader);
  let type: DataStatistics['type'] = 'HISTOGRAM';
  let buckets: number | undefined;
  while (!reader.atEnd) {
    if (reader.skips('TYPE')) type = parseType(reader, context);
    else if (reader.skips('BUCKETS')) buckets = reader.number();
    else if (!skipsProperty(reader)) throw reader.unexpected();
    reader.skips(',');
  }
  return async () => {
    const table = alterableTable(source.table, context);
    if (source.columns.length === 0) throw reader.unexpected();
    for (const column of source.columns) {
      const { type: columnType } = requireColumn(table, column, context, source.table.at);
      if (isLob(columnType)) {
        throw hanaError('notSupported', `feature not supported: statistics on LOB ${column}`);
      }
      const definition = { type, column, buckets };
      const createdAt = new Date();
      context.catalog.putStatistics({
        ...definition,
        // How HANA calls statistics that were given no name is not known.
        name: name?.name ?? `_SYS_STATISTICS_${table.name}_${column}_${type}`,
        table: { schemaName: table.schemaName, name: table.name },
        createdAt,
        refreshedAt: createdAt,
        refreshReason: 'CREATE',
        contents: await statisticsContents(table, definition, session.utility),
      });
    }
  };
}

/** Properties that change nothing here: words, and how many tokens of value follow them. */
const PROPERTIES: readonly (readonly [words: readonly string[], values: number])[] = [
  [['REFRESH', 'TYPE'], 1],
  [['ENABLE'], 1],
  [['QERROR'], 1],
  [['QTHETA'], 1],
  [['MEMORY', 'PERCENT'], 1],
  [['MEMORY'], 1],
  [['PERSISTENT'], 1],
  [['VALID', 'FOR', 'ESTIMATION'], 0],
  [['VALID', 'FOR', 'DATA', 'DEPENDENCY'], 0],
  [['CONSTRAINT'], 1],
  [['INITIAL', 'REFRESH'], 0],
];

function skipsProperty(reader: TokenReader): boolean {
  const property = PROPERTIES.find(([words]) => reader.skips(...words));
  if (property === undefined) return false;
  reader.index += property[1];
  return true;
}

/** Picks the statistics that DROP or REFRESH STATISTICS ON t [(c, …)] [[HAVING] TYPE …] means. */
function parseMatch(
  reader: TokenReader,
  context: CompileContext,
): () => (statistics: DataStatistics) => boolean {
  const source = parseSource(reader);
  if (!reader.skips('EXACT')) reader.skips('CASCADE');
  reader.skips('HAVING');
  const ofAnyType = !reader.skips('TYPE') || reader.skips('ALL');
  const type = ofAnyType ? undefined : parseType(reader, context);
  reader.end();
  return () => {
    const table = alterableTable(source.table, context);
    return (statistics) =>
      statistics.table.schemaName === table.schemaName &&
      statistics.table.name === table.name &&
      (source.columns.length === 0 || source.columns.includes(statistics.column)) &&
      (type === undefined || statistics.type === type);
  };
}

/** DROP STATISTICS name, …; DROP STATISTICS ON t [(c, …)] [TYPE …] */
export function dropStatistics(
  reader: TokenReader,
  context: CompileContext,
  _session: DuckSession,
): Action {
  if (reader.skips('ON')) {
    const match = parseMatch(reader, context);
    return async () => {
      context.catalog.dropStatistics(match());
      await Promise.resolve();
    };
  }
  const names = [reader.qualified()];
  while (reader.skips(',')) names.push(reader.qualified());
  reader.end();
  return async () => {
    for (const { name, at } of names) {
      const found = context.catalog.statistics.find((statistics) => statistics.name === name);
      if (found === undefined) {
        const text = `general error: no data statistics object ${name}: ${placeOf(context.sql, at)}`;
        throw hanaError('general', text, { at });
      }
      alterableTable({ ...found.table, at, next: 0 }, context);
      context.catalog.dropStatistics((statistics) => statistics === found);
    }
    await Promise.resolve();
  };
}

/** REFRESH STATISTICS ON t [(c, …)] [TYPE …] */
export function refreshStatistics(
  reader: TokenReader,
  context: CompileContext,
  session: DuckSession,
): Action {
  reader.expect('ON');
  const match = parseMatch(reader, context);
  return async () => {
    for (const statistics of context.catalog.statistics.filter(match())) {
      const table = findTable({ ...statistics.table, at: 0, next: 0 }, context);
      const contents = await statisticsContents(table, statistics, session.utility);
      context.catalog.putStatistics({
        ...statistics,
        refreshedAt: new Date(),
        refreshReason: 'REFRESH',
        contents,
      });
    }
  };
}
