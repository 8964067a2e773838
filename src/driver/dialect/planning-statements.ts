import type { BoundQuery } from './catalog-statements.ts';

/** A table or view by its schema and name, as HANA stores them. */
interface TableIdentity {
  readonly schema: string;
  readonly name: string;
}

/** The queries on HANA's catalog that tell how a table may be divided. Names are bound, never pasted. */
export const planningStatements = {
  /**
   * A row for each column of a table, with the kind and the size of the table and the place of the column in
   * the primary key: everything that a small table is asked, in one statement.
   */
  table: ({ schema, name }: TableIdentity): BoundQuery => ({
    sql:
      `SELECT T.IS_COLUMN_TABLE, T.TABLE_TYPE, T.IS_TEMPORARY, T.TEMPORAL_TYPE, M.RECORD_COUNT, ${COLUMN_FACTS},` +
      ' C.IS_HIDDEN, K.POSITION AS KEY_POSITION FROM SYS.TABLES T' +
      ' INNER JOIN SYS.TABLE_COLUMNS C ON C.SCHEMA_NAME = T.SCHEMA_NAME AND C.TABLE_NAME = T.TABLE_NAME' +
      ' LEFT OUTER JOIN SYS.CONSTRAINTS K ON K.SCHEMA_NAME = C.SCHEMA_NAME' +
      " AND K.TABLE_NAME = C.TABLE_NAME AND K.COLUMN_NAME = C.COLUMN_NAME AND K.IS_PRIMARY_KEY = 'TRUE'" +
      ' LEFT OUTER JOIN SYS.M_TABLES M ON M.SCHEMA_NAME = T.SCHEMA_NAME AND M.TABLE_NAME = T.TABLE_NAME' +
      ' WHERE T.SCHEMA_NAME = ? AND T.TABLE_NAME = ?',
    parameters: [schema, name],
  }),

  /** A row for each column of a view. */
  view: ({ schema, name }: TableIdentity): BoundQuery => ({
    sql: `SELECT ${COLUMN_FACTS} FROM SYS.VIEW_COLUMNS C WHERE C.SCHEMA_NAME = ? AND C.VIEW_NAME = ?`,
    parameters: [schema, name],
  }),

  /**
   * A row for each part of a table that has parts, of each host that holds some of it. Replicas are left out:
   * they hold rows that are counted already.
   */
  parts: ({ schema, name }: TableIdentity): BoundQuery => ({
    sql:
      'SELECT P.PARTITION_DEFINITION, P.LEVEL_1_TYPE, P.LEVEL_1_EXPRESSION, M.PART_ID, M.RECORD_COUNT' +
      ' FROM SYS.PARTITIONED_TABLES P INNER JOIN SYS.M_CS_TABLES M' +
      ' ON M.SCHEMA_NAME = P.SCHEMA_NAME AND M.TABLE_NAME = P.TABLE_NAME' +
      " WHERE P.SCHEMA_NAME = ? AND P.TABLE_NAME = ? AND M.IS_REPLICA = 'FALSE'",
    parameters: [schema, name],
  }),

  /** A row for each histogram; of a table with parts one for each part. */
  histograms: ({ schema, name }: TableIdentity): BoundQuery => ({
    sql:
      'SELECT DATA_SOURCE_COLUMN_NAMES, DATA_STATISTICS_CONTENT FROM SYS.M_DATA_STATISTICS' +
      " WHERE DATA_SOURCE_SCHEMA_NAME = ? AND DATA_SOURCE_OBJECT_NAME = ? AND DATA_STATISTICS_TYPE = 'HISTOGRAM'",
    parameters: [schema, name],
  }),
} as const;

const COLUMN_FACTS =
  'C.COLUMN_NAME, C.POSITION, C.DATA_TYPE_NAME, C.LENGTH, C.SCALE, C.IS_NULLABLE';
