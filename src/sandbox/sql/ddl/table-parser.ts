import {
  type ColumnDefinition,
  type ForeignKey,
  type NewTable,
  type Partitioning,
  type PartitionLevel,
  primaryKeyOf,
  type RangePart,
  type SystemTimePeriod,
  type UniqueKey,
} from '../catalog/definitions.ts';
import { translateExpression } from '../compile.ts';
import { sqlText } from '../rendered-sql.ts';
import { parseType } from '../rewrites/casts.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import { findTable } from '../rewrites/table-names.ts';
import { isToken, splitAtCommas, type Token } from '../token.ts';
import { TokenReader } from '../token-reader.ts';

/** The elements between the parentheses of CREATE TABLE or ALTER TABLE … ADD. */
export interface TableElements {
  readonly columns: readonly ColumnDefinition[];
  readonly keys: readonly UniqueKey[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly period?: SystemTimePeriod | undefined;
}

/** Reads `(column type …, PRIMARY KEY (…), …)`. */
export function parseElements(
  tokens: readonly Token[],
  table: Pick<NewTable, 'schemaName' | 'name'>,
  context: CompileContext,
): TableElements {
  const columns: ColumnDefinition[] = [];
  const keys: UniqueKey[] = [];
  const foreignKeys: ForeignKey[] = [];
  let period: SystemTimePeriod | undefined;
  for (const element of splitAtCommas(tokens)) {
    const reader = new TokenReader(element, context.sql);
    const named = reader.skips('CONSTRAINT') ? reader.name() : undefined;
    if (
      reader.sees('PRIMARY') ||
      (reader.sees('UNIQUE') && named !== undefined) ||
      isUniqueList(reader)
    ) {
      const primary = reader.skips('PRIMARY', 'KEY');
      if (!primary) reader.expect('UNIQUE');
      keys.push(keyOf(table, named, nameList(reader.parenthesized()), primary));
    } else if (reader.sees('FOREIGN')) {
      reader.expect('FOREIGN', 'KEY');
      const names = nameList(reader.parenthesized());
      foreignKeys.push(foreignKey(reader, { table, named, columns: names }, context));
    } else if (reader.skips('PERIOD', 'FOR')) {
      period = parsePeriod(reader);
    } else {
      const { column, key } = parseColumn(reader, context);
      columns.push(column);
      if (reader.sees('REFERENCES')) {
        const referring = { table, named: undefined, columns: [column.name] };
        foreignKeys.push(foreignKey(reader, referring, context));
      }
      if (key !== undefined) keys.push(keyOf(table, undefined, [column.name], key === 'PRIMARY'));
    }
  }
  const primary = new Set(keys.filter((key) => key.primary).flatMap((key) => key.columns));
  const required = columns.map((column) =>
    primary.has(column.name) ? { ...column, nullable: false } : column,
  );
  return { columns: required, keys, foreignKeys, ...(period && { period }) };
}

/** `SYSTEM_TIME (start, end)`, behind PERIOD FOR. */
export function parsePeriod(reader: TokenReader): SystemTimePeriod {
  reader.expect('SYSTEM_TIME');
  const [startColumn, endColumn, more] = nameList(reader.parenthesized());
  if (startColumn === undefined || endColumn === undefined || more !== undefined) {
    throw reader.unexpected();
  }
  return { startColumn, endColumn };
}

const isUniqueList = (reader: TokenReader): boolean => reader.sees('UNIQUE', '(');

function keyOf(
  table: Pick<NewTable, 'name'>,
  name: string | undefined,
  columns: readonly string[],
  primary: boolean,
): UniqueKey {
  const generated = `_SYS_TREE_CS_#${table.name}_#0_#${primary ? 'P' : `U_${columns.join('_')}`}`;
  return { name: name ?? generated, columns, primary };
}

const nameList = (tokens: readonly Token[]): readonly string[] =>
  splitAtCommas(tokens).map(([first]) => first?.value ?? '');

interface Referring {
  readonly table: Pick<NewTable, 'schemaName' | 'name'>;
  readonly named: string | undefined;
  readonly columns: readonly string[];
}

/** `REFERENCES t [(a, …)] [ON DELETE …] [ON UPDATE …]`; without columns it is the primary key of `t`. */
function foreignKey(
  reader: TokenReader,
  { table, named, columns }: Referring,
  context: CompileContext,
): ForeignKey {
  reader.expect('REFERENCES');
  const target = reader.qualified();
  const isOwn =
    target.name === table.name && (target.schemaName ?? table.schemaName) === table.schemaName;
  const key = isOwn ? undefined : primaryKeyOf(findTable(target, context))?.columns;
  const referencedColumns = reader.sees('(') ? nameList(reader.parenthesized()) : (key ?? columns);
  const rules = { DELETE: 'RESTRICT', UPDATE: 'RESTRICT' };
  while (reader.skips('ON')) {
    const event = reader.oneOf('DELETE', 'UPDATE') === 'DELETE' ? 'DELETE' : 'UPDATE';
    const rule = reader.oneOf('CASCADE', 'RESTRICT', 'SET', 'NO');
    const more =
      rule === 'SET' || rule === 'NO' ? ` ${reader.oneOf('NULL', 'DEFAULT', 'ACTION')}` : '';
    rules[event] = rule + more;
  }
  return {
    name: named ?? `_SYS_CONSTRAINT_${table.name}_#${columns.join('_')}_#F`,
    columns,
    referencedSchema: target.schemaName ?? table.schemaName,
    referencedTable: target.name,
    referencedColumns,
    deleteRule: rules.DELETE,
    updateRule: rules.UPDATE,
  };
}

interface ParsedColumn {
  readonly column: ColumnDefinition;
  readonly key: 'PRIMARY' | 'UNIQUE' | undefined;
}

/** Words behind a column's type that end its default. */
const COLUMN_WORDS = [
  'NOT',
  'NULL',
  'PRIMARY',
  'UNIQUE',
  'COMMENT',
  'GENERATED',
  'REFERENCES',
] as const;

/** `name type [DEFAULT x] [NOT NULL] [PRIMARY KEY | UNIQUE] [COMMENT '…']` */
export function parseColumn(reader: TokenReader, context: CompileContext): ParsedColumn {
  const name = reader.name();
  const { type, tokens } = parseType(reader.tokens, reader.index, context.sql);
  reader.index += tokens;
  let nullable = true;
  let key: ParsedColumn['key'];
  let defaultValue: string | undefined;
  let comment: string | undefined;
  let generated: Generated = {};
  while (!reader.atEnd) {
    if (reader.skips('NOT', 'NULL')) nullable = false;
    else if (reader.skips('NULL')) nullable = true;
    else if (reader.skips('PRIMARY', 'KEY')) key = 'PRIMARY';
    else if (reader.skips('UNIQUE')) key = 'UNIQUE';
    else if (reader.skips('COMMENT')) comment = reader.string();
    else if (reader.skips('DEFAULT')) {
      defaultValue = sqlText(translateExpression(reader.upTo(...COLUMN_WORDS), context));
    } else if (reader.skips('GENERATED')) generated = parseGenerated(reader);
    else if (reader.sees('REFERENCES')) break;
    else throw reader.unexpected();
  }
  const column = {
    name,
    type,
    nullable: nullable && key !== 'PRIMARY',
    defaultValue,
    comment,
    ...generated,
  };
  return { column, key };
}

type Generated = Pick<ColumnDefinition, 'identity' | 'rowTime'>;

/** `ALWAYS AS ROW START [COMMIT]`, `ALWAYS AS ROW END`, `[ALWAYS | BY DEFAULT] AS IDENTITY [(…)]` */
function parseGenerated(reader: TokenReader): Generated {
  const always = reader.skips('ALWAYS');
  if (always && reader.skips('AS', 'ROW')) {
    const word = reader.oneOf('START', 'END', 'COMMIT');
    if (word !== 'START') return { rowTime: word === 'END' ? 'ROW END' : 'ROW COMMIT' };
    return { rowTime: reader.skips('COMMIT') ? 'ROW START COMMIT' : 'ROW START' };
  }
  reader.skips('BY', 'DEFAULT');
  reader.expect('AS', 'IDENTITY');
  if (reader.sees('(')) reader.parenthesized();
  return { identity: always ? 'ALWAYS AS IDENTITY' : 'BY DEFAULT AS IDENTITY' };
}

/**
 * `HASH (…) PARTITIONS n`, `RANGE (…) (PARTITION a <= VALUES < b, …)`, `ROUNDROBIN PARTITIONS n`, and
 * behind a comma or SUBPARTITION BY a second level.
 */
export function parsePartitioning(reader: TokenReader): Partitioning {
  const start = reader.index;
  const first = parseLevel(reader, ['HASH', 'RANGE', 'ROUNDROBIN']);
  const hasSecond = reader.skips(',') || reader.skips('SUBPARTITION', 'BY');
  const second = hasSecond ? parseLevel(reader, ['HASH', 'RANGE']) : undefined;
  const definition = reader.tokens
    .slice(start, reader.index)
    .map((token) => (token.kind === 'word' ? token.value : token.source))
    .join(' ');
  return { ...first, second, definition };
}

function parseLevel(reader: TokenReader, kinds: readonly PartitionLevel['kind'][]): PartitionLevel {
  const word = reader.oneOf(...kinds);
  const kind = kinds.find((one) => one === word) ?? 'HASH';
  const expressions =
    kind === 'ROUNDROBIN' ? [] : splitAtCommas(reader.parenthesized()).map(sqlText);
  const ranges = kind === 'RANGE' ? parseRanges(reader.parenthesized()) : [];
  const count = kind === 'RANGE' ? ranges.length : parseCount(reader);
  return { kind, expressions, count, ranges };
}

function parseCount(reader: TokenReader): number {
  reader.expect('PARTITIONS');
  return reader.skips('GET_NUM_SERVERS', '(', ')') ? 1 : reader.number();
}

function parseRanges(tokens: readonly Token[]): readonly RangePart[] {
  return splitAtCommas(tokens).map((part): RangePart => {
    const body = isToken(part[0], 'PARTITION') ? part.slice(1) : part;
    if (isToken(body[0], 'OTHERS')) return { min: '', max: undefined, others: true };
    const values = body.findIndex((token) => isToken(token, 'VALUES'));
    if (values > 0) {
      const min = sqlText(body.slice(0, values - 1));
      return { min, max: sqlText(body.slice(values + 2)), others: false };
    }
    const equals = body.findIndex((token) => isToken(token, '='));
    return { min: sqlText(body.slice(equals + 1)), max: undefined, others: false };
  });
}
