/** A SELECT and the values of its markers, all text. */
export interface BoundQuery {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/** What a name must be. A `like` pattern is well-formed for HANA: a backslash only before `%`, `_` or another. */
export type NameCondition =
  | { readonly kind: 'any' }
  | { readonly kind: 'equal'; readonly name: string }
  | { readonly kind: 'like'; readonly pattern: string };

/** Where tables are looked for, or the table itself. */
export interface TableCondition {
  readonly schema: NameCondition;
  readonly table: NameCondition;
}

/** Tables, views or both. */
export interface ObjectKinds {
  readonly tables: boolean;
  readonly views: boolean;
}

/**
 * The queries on HANA's catalog. Names are bound, never pasted. Every view is named with its schema, as a
 * user may have tables of the same name. What a user may not see, HANA leaves out.
 */
export const catalogStatements = {
  schemas: (schema: NameCondition): BoundQuery =>
    select('SELECT SCHEMA_NAME FROM SYS.SCHEMAS', [['SCHEMA_NAME', schema]]),

  /** Tables with TABLE_KIND `TABLE`, and views with the kind of view. Table types are no tables. */
  objects: (condition: TableCondition, kinds: ObjectKinds): BoundQuery =>
    union(kinds, {
      tables: select(
        "SELECT SCHEMA_NAME, TABLE_NAME AS OBJECT_NAME, 'TABLE' AS OBJECT_KIND, IS_TEMPORARY," +
          ' IS_SYSTEM_TABLE FROM SYS.TABLES',
        tableConditions(condition, 'TABLE_NAME'),
        "IS_USER_DEFINED_TYPE = 'FALSE'",
      ),
      views: select(
        "SELECT SCHEMA_NAME, VIEW_NAME AS OBJECT_NAME, VIEW_TYPE AS OBJECT_KIND, 'FALSE' AS IS_TEMPORARY," +
          " 'FALSE' AS IS_SYSTEM_TABLE FROM SYS.VIEWS",
        tableConditions(condition, 'VIEW_NAME'),
      ),
    }),

  /** Columns of tables and views in no order. Views have neither generated nor hidden columns. */
  columns: (condition: TableCondition, kinds: ObjectKinds): BoundQuery =>
    union(kinds, {
      tables: select(
        `SELECT SCHEMA_NAME, TABLE_NAME AS OBJECT_NAME, ${COLUMN_FACTS}, GENERATION_TYPE, IS_HIDDEN` +
          ' FROM SYS.TABLE_COLUMNS',
        tableConditions(condition, 'TABLE_NAME'),
      ),
      views: select(
        `SELECT SCHEMA_NAME, VIEW_NAME AS OBJECT_NAME, ${COLUMN_FACTS}, '' AS GENERATION_TYPE,` +
          " 'FALSE' AS IS_HIDDEN FROM SYS.VIEW_COLUMNS",
        tableConditions(condition, 'VIEW_NAME'),
      ),
    }),

  primaryKeys: (condition: TableCondition): BoundQuery =>
    select(
      'SELECT SCHEMA_NAME, TABLE_NAME, COLUMN_NAME, POSITION, CONSTRAINT_NAME FROM SYS.CONSTRAINTS',
      tableConditions(condition, 'TABLE_NAME'),
      "IS_PRIMARY_KEY = 'TRUE'",
    ),

  /** Foreign keys of the tables `foreign` that point to the tables `primary`. */
  foreignKeys: (primary: TableCondition, foreign: TableCondition): BoundQuery =>
    select(
      'SELECT SCHEMA_NAME, TABLE_NAME, COLUMN_NAME, POSITION, CONSTRAINT_NAME, REFERENCED_SCHEMA_NAME,' +
        ' REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, REFERENCED_CONSTRAINT_NAME, UPDATE_RULE,' +
        ' DELETE_RULE FROM SYS.REFERENTIAL_CONSTRAINTS',
      [
        ['REFERENCED_SCHEMA_NAME', primary.schema],
        ['REFERENCED_TABLE_NAME', primary.table],
        ...tableConditions(foreign, 'TABLE_NAME'),
      ],
    ),
} as const;

/** What TABLE_COLUMNS and VIEW_COLUMNS both know, in every release. */
const COLUMN_FACTS =
  'COLUMN_NAME, POSITION, DATA_TYPE_NAME, LENGTH, SCALE, IS_NULLABLE, DEFAULT_VALUE, COMMENTS';

type ColumnCondition = readonly [column: string, condition: NameCondition];

function tableConditions(
  { schema, table }: TableCondition,
  nameColumn: string,
): readonly ColumnCondition[] {
  return [
    ['SCHEMA_NAME', schema],
    [nameColumn, table],
  ];
}

/** Rows for which all conditions hold, those on names and one of the statement's own. */
function select(
  text: string,
  conditions: readonly ColumnCondition[],
  fixedCondition?: string,
): BoundQuery {
  const predicates = fixedCondition === undefined ? [] : [fixedCondition];
  const parameters: string[] = [];
  for (const [column, condition] of conditions) {
    if (condition.kind === 'equal') {
      predicates.push(`${column} = ?`);
      parameters.push(condition.name);
    } else if (condition.kind === 'like') {
      predicates.push(`${column} LIKE ? ESCAPE '\\'`);
      parameters.push(condition.pattern);
    }
  }
  const where = predicates.length === 0 ? '' : ` WHERE ${predicates.join(' AND ')}`;
  return { sql: text + where, parameters };
}

/** At least one of the kinds is wanted. */
function union(
  kinds: ObjectKinds,
  { tables, views }: { readonly tables: BoundQuery; readonly views: BoundQuery },
): BoundQuery {
  if (!kinds.views) return tables;
  if (!kinds.tables) return views;
  return {
    sql: `${tables.sql} UNION ALL ${views.sql}`,
    parameters: [...tables.parameters, ...views.parameters],
  };
}
