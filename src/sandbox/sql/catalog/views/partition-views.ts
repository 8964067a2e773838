import { levelsOf, partCount } from '../../partition-condition.ts';
import type { Partitioning, PartitionLevel, TableDefinition } from '../definitions.ts';
import {
  BIGINT,
  type Cell,
  FLAG,
  flag,
  HOST,
  INTEGER,
  NAME,
  PORT,
  type SystemView,
  TEXT,
  TIMESTAMP,
  type ViewContext,
  visibleTables,
  WORD,
} from './system-view.ts';

const userTables = (context: ViewContext): readonly TableDefinition[] =>
  visibleTables(context).filter(({ kind, schemaName }) => kind === 'TABLE' && schemaName !== 'SYS');

const total = (counts: readonly number[]): bigint =>
  BigInt(counts.reduce((sum, count) => sum + count, 0));

/** Bytes that a row of a table takes in the monitoring views: a rough figure, as HANA's is. */
const bytesOf = (table: TableDefinition, rows: bigint): bigint =>
  rows * BigInt(12 * table.columns.length);

const M_TABLES: SystemView = {
  name: 'M_TABLES',
  counts: 'tables',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['RECORD_COUNT', BIGINT],
    ['TABLE_SIZE', BIGINT],
    ['IS_COLUMN_TABLE', FLAG],
    ['TABLE_TYPE', WORD],
    ['IS_PARTITIONED', FLAG],
    ['IS_REPLICATED', FLAG],
    ['HAS_RECORD_COMMIT_TIMESTAMP', FLAG],
  ],
  rows: (context) =>
    userTables(context).map((table) => {
      const rows = total(context.recordCounts(table));
      return [
        table.schemaName,
        table.name,
        rows,
        bytesOf(table, rows),
        flag(table.columnStore),
        table.columnStore ? 'COLUMN' : 'ROW',
        flag(table.partitioning !== undefined),
        'FALSE',
        'FALSE',
      ];
    }),
};

/** The columns that both views of parts have, in their order; {@link partRows} fills them. */
const PART_COLUMNS: SystemView['columns'] = [
  ['HOST', NAME],
  ['PORT', INTEGER],
  ['SCHEMA_NAME', NAME],
  ['TABLE_NAME', NAME],
  ['TABLE_OID', BIGINT],
  ['PART_ID', INTEGER],
  ['RECORD_COUNT', BIGINT],
  ['MEMORY_SIZE_IN_TOTAL', BIGINT],
  ['LOADED', WORD],
  ['IS_REPLICA', FLAG],
];

interface PartRow {
  readonly table: TableDefinition;
  readonly cells: readonly Cell[];
}

/** A row per part; a table without parts has one, of PART_ID 0. */
function partRows(context: ViewContext): readonly PartRow[] {
  return userTables(context)
    .filter((table) => table.columnStore)
    .flatMap((table) =>
      context.recordCounts(table).map((count, index) => ({
        table,
        cells: [
          HOST,
          PORT,
          table.schemaName,
          table.name,
          BigInt(table.objectId),
          table.partitioning === undefined ? 0 : index + 1,
          BigInt(count),
          bytesOf(table, BigInt(count)),
          'FULL',
          'FALSE',
        ],
      })),
    );
}

const M_CS_TABLES: SystemView = {
  name: 'M_CS_TABLES',
  counts: 'parts',
  columns: [...PART_COLUMNS, ['CREATE_TIME', TIMESTAMP]],
  rows: (context) => partRows(context).map(({ table, cells }) => [...cells, table.createdAt]),
};

const M_TABLE_PARTITIONS: SystemView = {
  name: 'M_TABLE_PARTITIONS',
  counts: 'parts',
  columns: PART_COLUMNS,
  rows: (context) => partRows(context).map(({ cells }) => cells),
};

interface PartitionedTable {
  readonly table: TableDefinition;
  readonly partitioning: Partitioning;
}

const partitionedTables = (context: ViewContext): readonly PartitionedTable[] =>
  userTables(context).flatMap((table) =>
    table.partitioning === undefined ? [] : [{ table, partitioning: table.partitioning }],
  );

const unquoted = (text: string): string => text.replaceAll('"', '');

const PARTITIONED_TABLES: SystemView = {
  name: 'PARTITIONED_TABLES',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['TABLE_OID', BIGINT],
    ['PARTITION_DEFINITION', TEXT],
    ['LEVEL_1_TYPE', WORD],
    ['LEVEL_1_EXPRESSION', TEXT],
    ['LEVEL_1_COUNT', INTEGER],
    ['LEVEL_2_TYPE', WORD],
    ['LEVEL_2_EXPRESSION', TEXT],
    ['LEVEL_2_COUNT', INTEGER],
    ['LEVEL_3_TYPE', WORD],
    ['LEVEL_3_EXPRESSION', TEXT],
    ['LEVEL_3_COUNT', INTEGER],
    ['DYNAMIC_RANGE_THRESHOLD', BIGINT],
  ],
  rows: (context) =>
    partitionedTables(context).map(({ table, partitioning }) => [
      table.schemaName,
      table.name,
      BigInt(table.objectId),
      partitioning.definition,
      ...levelCells(partitioning),
      ...levelCells(partitioning.second),
      null,
      null,
      null,
      null,
    ]),
};

/** Type, expression and number of parts of a level. */
const levelCells = (level: PartitionLevel | undefined): readonly Cell[] =>
  level === undefined
    ? [null, null, null]
    : [level.kind, unquoted(level.expressions.join(',')), level.count];

const TABLE_PARTITIONS: SystemView = {
  name: 'TABLE_PARTITIONS',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['TABLE_OID', BIGINT],
    ['PART_ID', INTEGER],
    ['LEVEL_1_PARTITION', INTEGER],
    ['LEVEL_1_RANGE_MIN_VALUE', TEXT],
    ['LEVEL_1_RANGE_MAX_VALUE', TEXT],
    ['LEVEL_2_PARTITION', INTEGER],
    ['LEVEL_2_RANGE_MIN_VALUE', TEXT],
    ['LEVEL_2_RANGE_MAX_VALUE', TEXT],
    ['LEVEL_3_PARTITION', INTEGER],
    ['LOAD_UNIT', WORD],
    ['GROUP_NAME', NAME],
    ['IS_DYNAMIC', FLAG],
  ],
  rows: (context) =>
    partitionedTables(context).flatMap(({ table, partitioning }) =>
      Array.from({ length: partCount(partitioning) }, (_, index): readonly Cell[] => {
        const levels = levelsOf(partitioning, index + 1);
        return [
          table.schemaName,
          table.name,
          BigInt(table.objectId),
          index + 1,
          levels.first,
          ...boundsOf(partitioning, levels.first),
          levels.second ?? null,
          ...boundsOf(partitioning.second, levels.second),
          null,
          'DEFAULT',
          null,
          'FALSE',
        ];
      }),
    ),
};

/** Bounds of a part: empty for OTHERS and for parts that are no ranges, NULL where there is no level. */
function boundsOf(level: PartitionLevel | undefined, part: number | undefined): readonly Cell[] {
  if (level === undefined || part === undefined) return [null, null];
  const range = level.ranges[part - 1];
  if (range === undefined || range.others) return ['', ''];
  // A single value is a range from the value to itself.
  return [literalText(range.min), literalText(range.max ?? range.min)];
}

/** A bound as HANA shows it: without quotes, and the sign at its number. */
const literalText = (literal: string): string =>
  literal.replace(/^'(.*)'$/s, '$1').replace(/^- /, '-');

/** The views about how tables are divided and how many rows they have. */
export const PARTITION_VIEWS: readonly SystemView[] = [
  M_TABLES,
  M_CS_TABLES,
  M_TABLE_PARTITIONS,
  PARTITIONED_TABLES,
  TABLE_PARTITIONS,
];
