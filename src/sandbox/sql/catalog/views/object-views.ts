import { HANA_TYPES, type HanaTypeName, isLob } from '../../types/hana-type.ts';
import type { ColumnDefinition, TableDefinition } from '../definitions.ts';
import {
  BIGINT,
  type Cell,
  FLAG,
  flag,
  INTEGER,
  MAX_LOB_LENGTH,
  NAME,
  type SystemView,
  TEXT,
  TIMESTAMP,
  type ViewColumn,
  type ViewContext,
  visibleTables,
  WORD,
} from './system-view.ts';

const SCHEMAS: SystemView = {
  name: 'SCHEMAS',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['SCHEMA_OWNER', NAME],
    ['HAS_PRIVILEGES', FLAG],
    ['CREATE_TIME', TIMESTAMP],
  ],
  rows: (context) =>
    context.catalog.schemas
      .filter(({ name }) => !name.startsWith('_SYS_'))
      .map(({ name, owner, createdAt }) => {
        const holds =
          context.catalog.shows(context.identity.user, name, '') ||
          visibleTables(context).some(({ schemaName }) => schemaName === name);
        return [name, owner, flag(holds), createdAt];
      })
      .filter(([, , holds]) => holds === 'TRUE'),
};

const TABLES: SystemView = {
  name: 'TABLES',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['TABLE_OID', BIGINT],
    ['COMMENTS', TEXT],
    ['FIXED_PART_SIZE', INTEGER],
    ['IS_LOGGED', FLAG],
    ['IS_SYSTEM_TABLE', FLAG],
    ['IS_COLUMN_TABLE', FLAG],
    ['TABLE_TYPE', WORD],
    ['IS_INSERT_ONLY', FLAG],
    ['IS_TENANT_SHARED_DATA', FLAG],
    ['IS_TEMPORARY', FLAG],
    ['TEMPORARY_TABLE_TYPE', WORD],
    ['IS_USER_DEFINED_TYPE', FLAG],
    ['HAS_PRIMARY_KEY', FLAG],
    ['TEMPORAL_TYPE', WORD],
    ['HAS_MASKED_COLUMNS', FLAG],
    ['HAS_RECORD_COMMIT_TIMESTAMP', FLAG],
    ['IS_REPLICA', FLAG],
    ['IS_PARTITIONED', FLAG],
    ['CREATE_TIME', TIMESTAMP],
  ],
  rows: (context) =>
    visibleTables(context)
      .filter(({ kind, schemaName, name }) => kind === 'TABLE' && !isSystemView(schemaName, name))
      .map((table) => [
        table.schemaName,
        table.name,
        BigInt(table.objectId),
        table.comment ?? null,
        0,
        'TRUE',
        flag(table.schemaName === 'SYS'),
        flag(table.columnStore),
        table.columnStore ? 'COLUMN' : 'ROW',
        'FALSE',
        'FALSE',
        flag(table.temporary),
        table.temporary ? 'LOCAL' : 'NONE',
        'FALSE',
        flag(table.keys.some((key) => key.primary)),
        temporalType(table, context),
        'FALSE',
        'FALSE',
        'FALSE',
        flag(table.partitioning !== undefined),
        table.createdAt,
      ]),
};

/** TEMPORAL for a system-versioned table, HISTORY for where its old rows are. */
function temporalType(table: TableDefinition, { catalog }: ViewContext): string | null {
  if (table.history !== undefined) return 'TEMPORAL';
  return catalog.versionedBy(table) === undefined ? null : 'HISTORY';
}

const isSystemView = (schemaName: string, name: string): boolean =>
  schemaName === 'SYS' && name !== 'DUMMY';

const COLUMN_COLUMNS: readonly ViewColumn[] = [
  ['COLUMN_NAME', NAME],
  ['POSITION', INTEGER],
  ['DATA_TYPE_ID', INTEGER],
  ['DATA_TYPE_NAME', WORD],
  ['OFFSET', INTEGER],
  ['LENGTH', INTEGER],
  ['SCALE', INTEGER],
  ['IS_NULLABLE', FLAG],
  ['DEFAULT_VALUE', TEXT],
  ['COLLATION', NAME],
  ['COMMENTS', TEXT],
  ['MAX_VALUE', NAME],
  ['MIN_VALUE', NAME],
  ['CS_DATA_TYPE_ID', INTEGER],
  ['CS_DATA_TYPE_NAME', WORD],
  ['DDIC_DATA_TYPE_ID', INTEGER],
  ['DDIC_DATA_TYPE_NAME', WORD],
  ['GENERATED_ALWAYS_AS', TEXT],
  ['GENERATION_TYPE', WORD],
  ['IS_HIDDEN', FLAG],
  ['IS_MASKED', FLAG],
  ['COLUMN_ID', BIGINT],
];

function columnRow(
  table: TableDefinition,
  column: ColumnDefinition,
  index: number,
): readonly Cell[] {
  const { type } = column;
  const name = type.name === 'LONGDATE' ? 'TIMESTAMP' : type.name;
  const unbounded = isLob(type) || name === 'ST_POINT' || name === 'ST_GEOMETRY';
  return [
    column.name,
    index + 1,
    HANA_TYPES[name].odbcType,
    name,
    0,
    unbounded ? MAX_LOB_LENGTH : type.length,
    scaleOf(column),
    flag(column.nullable),
    column.defaultValue ?? null,
    null,
    column.comment ?? null,
    null,
    null,
    0,
    null,
    null,
    null,
    null,
    generationType(column),
    'FALSE',
    'FALSE',
    BigInt(table.objectId * 1000 + index),
  ];
}

/** The column's type has room for 22 characters: COMMIT behind ROW START is not shown. */
function generationType({ identity, rowTime }: ColumnDefinition): string | null {
  if (rowTime !== undefined) return `ALWAYS AS ${rowTime}`.replace('START COMMIT', 'START');
  return identity ?? null;
}

/** Types without a scale have NULL; so has a floating DECIMAL. */
function scaleOf({ type }: ColumnDefinition): number | null {
  const scaled = type.name === 'DECIMAL' || type.name === 'TIMESTAMP' || type.name === 'LONGDATE';
  if (scaled) return type.scale ?? null;
  const whole: readonly HanaTypeName[] = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'];
  return whole.includes(type.name) ? 0 : null;
}

const columnView = (name: string, kind: 'TABLE' | 'VIEW'): SystemView => ({
  name,
  columns: [
    ['SCHEMA_NAME', NAME],
    [`${kind}_NAME`, NAME],
    [`${kind}_OID`, BIGINT],
    ...COLUMN_COLUMNS,
  ],
  rows: (context) =>
    visibleTables(context)
      .filter((table) => viewKind(table) === kind)
      .flatMap((table) =>
        table.columns.map((column, index) => [
          table.schemaName,
          table.name,
          BigInt(table.objectId),
          ...columnRow(table, column, index),
        ]),
      ),
});

/** To a user the SYS objects are views. */
const viewKind = (table: TableDefinition): 'TABLE' | 'VIEW' =>
  isSystemView(table.schemaName, table.name) ? 'VIEW' : table.kind;

const TEMPORAL_TABLES: SystemView = {
  name: 'TEMPORAL_TABLES',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['PERIOD_NAME', NAME],
    ['PERIOD_START_COLUMN', NAME],
    ['PERIOD_END_COLUMN', NAME],
    ['HAS_TIMELINE_INDEX', FLAG],
    ['HISTORY_SCHEMA_NAME', NAME],
    ['HISTORY_TABLE_NAME', NAME],
  ],
  rows: (context) =>
    visibleTables(context).flatMap(({ schemaName, name, period, history }) =>
      period === undefined
        ? []
        : [
            [
              schemaName,
              name,
              'SYSTEM_TIME',
              period.startColumn,
              period.endColumn,
              'FALSE',
              history?.schemaName ?? null,
              history?.name ?? null,
            ],
          ],
    ),
};

const VIEWS: SystemView = {
  name: 'VIEWS',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['VIEW_NAME', NAME],
    ['VIEW_OID', BIGINT],
    ['COMMENTS', TEXT],
    ['DEFINITION', TEXT],
    ['IS_COLUMN_VIEW', FLAG],
    ['VIEW_TYPE', WORD],
    ['HAS_STRUCTURED_PRIVILEGE_CHECK', FLAG],
    ['HAS_PARAMETERS', FLAG],
    ['HAS_CACHE', WORD],
    ['HAS_MASKED_COLUMNS', FLAG],
    ['IS_VALID', FLAG],
    ['IS_READ_ONLY', FLAG],
    ['CREATE_TIME', TIMESTAMP],
  ],
  rows: (context) =>
    visibleTables(context)
      .filter((table) => viewKind(table) === 'VIEW')
      .map((view) => [
        view.schemaName,
        view.name,
        BigInt(view.objectId),
        view.comment ?? null,
        view.definition ?? null,
        'FALSE',
        'ROW',
        'FALSE',
        'FALSE',
        'NONE',
        'FALSE',
        'TRUE',
        'TRUE',
        view.createdAt,
      ]),
};

const CONSTRAINTS: SystemView = {
  name: 'CONSTRAINTS',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['TABLE_OID', BIGINT],
    ['COLUMN_NAME', NAME],
    ['POSITION', INTEGER],
    ['CONSTRAINT_NAME', NAME],
    ['IS_PRIMARY_KEY', FLAG],
    ['IS_UNIQUE_KEY', FLAG],
    ['CHECK_CONDITION', TEXT],
  ],
  rows: (context) =>
    visibleTables(context).flatMap((table) =>
      table.keys.flatMap((key) =>
        key.columns.map((column, index) => [
          table.schemaName,
          table.name,
          BigInt(table.objectId),
          column,
          index + 1,
          key.name,
          flag(key.primary),
          'TRUE',
          null,
        ]),
      ),
    ),
};

const REFERENTIAL_CONSTRAINTS: SystemView = {
  name: 'REFERENTIAL_CONSTRAINTS',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['COLUMN_NAME', NAME],
    ['POSITION', INTEGER],
    ['CONSTRAINT_NAME', NAME],
    ['REFERENCED_SCHEMA_NAME', NAME],
    ['REFERENCED_TABLE_NAME', NAME],
    ['REFERENCED_COLUMN_NAME', NAME],
    ['REFERENCED_CONSTRAINT_NAME', NAME],
    ['UPDATE_RULE', WORD],
    ['DELETE_RULE', WORD],
    ['IS_ENFORCED', FLAG],
    ['IS_VALIDATED', FLAG],
    ['CHECK_TIME', WORD],
  ],
  rows: (context) =>
    visibleTables(context).flatMap((table) =>
      table.foreignKeys.flatMap((key) => {
        const referenced = context.catalog.find(key.referencedSchema, key.referencedTable);
        const primary = referenced?.keys.find((candidate) => candidate.primary)?.name ?? null;
        return key.columns.map((column, index) => [
          table.schemaName,
          table.name,
          column,
          index + 1,
          key.name,
          key.referencedSchema,
          key.referencedTable,
          key.referencedColumns[index] ?? null,
          primary,
          key.updateRule,
          key.deleteRule,
          'TRUE',
          'TRUE',
          'INITIALLY_IMMEDIATE',
        ]);
      }),
    ),
};

const INDEXES: SystemView = {
  name: 'INDEXES',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['TABLE_OID', BIGINT],
    ['INDEX_NAME', NAME],
    ['INDEX_TYPE', WORD],
    ['CONSTRAINT', WORD],
    ['CREATE_TIME', TIMESTAMP],
  ],
  rows: (context) =>
    visibleTables(context).flatMap((table) =>
      table.keys.map((key) => [
        table.schemaName,
        table.name,
        BigInt(table.objectId),
        key.name,
        table.columnStore ? 'INVERTED VALUE UNIQUE' : 'CPBTREE UNIQUE',
        key.primary ? 'PRIMARY KEY' : 'UNIQUE',
        table.createdAt,
      ]),
    ),
};

const INDEX_COLUMNS: SystemView = {
  name: 'INDEX_COLUMNS',
  columns: [
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['INDEX_NAME', NAME],
    ['COLUMN_NAME', NAME],
    ['POSITION', INTEGER],
    ['ASCENDING_ORDER', FLAG],
    ['CONSTRAINT', WORD],
  ],
  rows: (context) =>
    visibleTables(context).flatMap((table) =>
      table.keys.flatMap((key) =>
        key.columns.map((column, index) => [
          table.schemaName,
          table.name,
          key.name,
          column,
          index + 1,
          'TRUE',
          key.primary ? 'PRIMARY KEY' : 'UNIQUE',
        ]),
      ),
    ),
};

/** The views about schemas, tables, columns and keys. */
export const OBJECT_VIEWS: readonly SystemView[] = [
  SCHEMAS,
  TABLES,
  columnView('TABLE_COLUMNS', 'TABLE'),
  TEMPORAL_TABLES,
  VIEWS,
  columnView('VIEW_COLUMNS', 'VIEW'),
  CONSTRAINTS,
  REFERENTIAL_CONSTRAINTS,
  INDEXES,
  INDEX_COLUMNS,
];
