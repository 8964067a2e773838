import type { SqlInfoValue } from '../producer.ts';

/** What an id of GetSqlInfo is about, and the member of the dense union its value takes. */
export interface SqlInfoRow {
  readonly id: number;
  readonly kind: SqlInfoValue['kind'];
  readonly doc: string;
}

/**
 * Every id of the enum `SqlInfo` in `proto/FlightSql.proto`. The kinds are those that the JDBC, ODBC
 * and ADBC drivers read without looking at the union's type id. Maxima are 0 when there is no limit or
 * it is not known.
 */
export const SQL_INFO = {
  FLIGHT_SQL_SERVER_NAME: { id: 0, kind: 'string', doc: 'name of the server' },
  FLIGHT_SQL_SERVER_VERSION: { id: 1, kind: 'string', doc: 'version of the server' },
  FLIGHT_SQL_SERVER_ARROW_VERSION: { id: 2, kind: 'string', doc: 'version of Arrow in use' },
  FLIGHT_SQL_SERVER_READ_ONLY: { id: 3, kind: 'bool', doc: 'refuses all writing' },
  FLIGHT_SQL_SERVER_SQL: { id: 4, kind: 'bool', doc: 'takes SQL text' },
  FLIGHT_SQL_SERVER_SUBSTRAIT: { id: 5, kind: 'bool', doc: 'takes Substrait plans' },
  FLIGHT_SQL_SERVER_SUBSTRAIT_MIN_VERSION: {
    id: 6,
    kind: 'string',
    doc: 'oldest Substrait version understood',
  },
  FLIGHT_SQL_SERVER_SUBSTRAIT_MAX_VERSION: {
    id: 7,
    kind: 'string',
    doc: 'newest Substrait version understood',
  },
  FLIGHT_SQL_SERVER_TRANSACTION: {
    id: 8,
    kind: 'int32',
    doc: 'SqlSupportedTransaction: 0 none, 1 transactions, 2 savepoints too',
  },
  FLIGHT_SQL_SERVER_CANCEL: { id: 9, kind: 'bool', doc: 'queries can be cancelled by an action' },
  FLIGHT_SQL_SERVER_BULK_INGESTION: { id: 10, kind: 'bool', doc: 'takes CommandStatementIngest' },
  FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED: {
    id: 11,
    kind: 'bool',
    doc: 'an ingest can be part of a transaction',
  },
  FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT: {
    id: 100,
    kind: 'int32',
    doc: 'milliseconds until a statement times out; 0 for never',
  },
  FLIGHT_SQL_SERVER_TRANSACTION_TIMEOUT: {
    id: 101,
    kind: 'int32',
    doc: 'milliseconds until an idle transaction times out; 0 for never',
  },
  SQL_DDL_CATALOG: { id: 500, kind: 'bool', doc: 'CREATE and DROP of catalogs' },
  SQL_DDL_SCHEMA: { id: 501, kind: 'bool', doc: 'CREATE and DROP of schemas' },
  SQL_DDL_TABLE: { id: 502, kind: 'bool', doc: 'CREATE and DROP of tables' },
  SQL_IDENTIFIER_CASE: {
    id: 503,
    kind: 'bigint',
    doc: 'SqlSupportedCaseSensitivity of unquoted identifiers: 2 folds to upper case',
  },
  SQL_IDENTIFIER_QUOTE_CHAR: {
    id: 504,
    kind: 'string',
    doc: 'character that quotes an identifier',
  },
  SQL_QUOTED_IDENTIFIER_CASE: {
    id: 505,
    kind: 'bigint',
    doc: 'SqlSupportedCaseSensitivity of quoted identifiers: 0 keeps them',
  },
  SQL_ALL_TABLES_ARE_SELECTABLE: {
    id: 506,
    kind: 'bool',
    doc: 'whoever sees a table may select from it',
  },
  SQL_NULL_ORDERING: {
    id: 507,
    kind: 'bigint',
    doc: 'SqlNullOrdering: 0 high, 1 low, 2 at start, 3 at end',
  },
  SQL_KEYWORDS: { id: 508, kind: 'string-list', doc: 'keywords beyond SQL:2003' },
  SQL_NUMERIC_FUNCTIONS: { id: 509, kind: 'string-list', doc: 'numeric functions' },
  SQL_STRING_FUNCTIONS: { id: 510, kind: 'string-list', doc: 'string functions' },
  SQL_SYSTEM_FUNCTIONS: { id: 511, kind: 'string-list', doc: 'system functions' },
  SQL_DATETIME_FUNCTIONS: { id: 512, kind: 'string-list', doc: 'date and time functions' },
  SQL_SEARCH_STRING_ESCAPE: {
    id: 513,
    kind: 'string',
    doc: 'takes the meaning from % and _ in a pattern',
  },
  SQL_EXTRA_NAME_CHARACTERS: {
    id: 514,
    kind: 'string',
    doc: 'characters beyond letters, digits and _ in an unquoted identifier',
  },
  SQL_SUPPORTS_COLUMN_ALIASING: { id: 515, kind: 'bool', doc: 'columns can be renamed by AS' },
  SQL_NULL_PLUS_NULL_IS_NULL: { id: 516, kind: 'bool', doc: 'NULL joined to a value is NULL' },
  SQL_SUPPORTS_CONVERT: {
    id: 517,
    kind: 'int32-map',
    doc: 'from a SqlSupportsConvert type to those it converts to',
  },
  SQL_SUPPORTS_TABLE_CORRELATION_NAMES: {
    id: 518,
    kind: 'bool',
    doc: 'tables can be renamed by AS',
  },
  SQL_SUPPORTS_DIFFERENT_TABLE_CORRELATION_NAMES: {
    id: 519,
    kind: 'bool',
    doc: 'a correlation name must differ from every table name',
  },
  SQL_SUPPORTS_EXPRESSIONS_IN_ORDER_BY: { id: 520, kind: 'bool', doc: 'expressions in ORDER BY' },
  SQL_SUPPORTS_ORDER_BY_UNRELATED: {
    id: 521,
    kind: 'bool',
    doc: 'ORDER BY columns that are not selected',
  },
  SQL_SUPPORTED_GROUP_BY: { id: 522, kind: 'int32', doc: 'bit mask of SqlSupportedGroupBy' },
  SQL_SUPPORTS_LIKE_ESCAPE_CLAUSE: { id: 523, kind: 'bool', doc: 'LIKE with ESCAPE' },
  SQL_SUPPORTS_NON_NULLABLE_COLUMNS: { id: 524, kind: 'bool', doc: 'NOT NULL columns' },
  SQL_SUPPORTED_GRAMMAR: { id: 525, kind: 'int32', doc: 'bit mask of SupportedSqlGrammar' },
  SQL_ANSI92_SUPPORTED_LEVEL: {
    id: 526,
    kind: 'int32',
    doc: 'bit mask of SupportedAnsi92SqlGrammarLevel',
  },
  SQL_SUPPORTS_INTEGRITY_ENHANCEMENT_FACILITY: {
    id: 527,
    kind: 'bool',
    doc: 'constraints of the SQL integrity enhancement facility',
  },
  SQL_OUTER_JOINS_SUPPORT_LEVEL: {
    id: 528,
    kind: 'int32',
    doc: 'bit mask of SqlOuterJoinsSupportLevel',
  },
  SQL_SCHEMA_TERM: { id: 529, kind: 'string', doc: 'the word for a schema' },
  SQL_PROCEDURE_TERM: { id: 530, kind: 'string', doc: 'the word for a procedure' },
  SQL_CATALOG_TERM: { id: 531, kind: 'string', doc: 'the word for a catalog; empty for none' },
  SQL_CATALOG_AT_START: { id: 532, kind: 'bool', doc: 'the catalog stands first in a full name' },
  SQL_SCHEMAS_SUPPORTED_ACTIONS: {
    id: 533,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedElementActions for schemas',
  },
  SQL_CATALOGS_SUPPORTED_ACTIONS: {
    id: 534,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedElementActions for catalogs',
  },
  SQL_SUPPORTED_POSITIONED_COMMANDS: {
    id: 535,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedPositionedCommands',
  },
  SQL_SELECT_FOR_UPDATE_SUPPORTED: { id: 536, kind: 'bool', doc: 'SELECT FOR UPDATE' },
  SQL_STORED_PROCEDURES_SUPPORTED: {
    id: 537,
    kind: 'bool',
    doc: 'procedures by the JDBC and ODBC escape syntax',
  },
  SQL_SUPPORTED_SUBQUERIES: { id: 538, kind: 'int32', doc: 'bit mask of SqlSupportedSubqueries' },
  SQL_CORRELATED_SUBQUERIES_SUPPORTED: { id: 539, kind: 'bool', doc: 'correlated subqueries' },
  SQL_SUPPORTED_UNIONS: { id: 540, kind: 'int32', doc: 'bit mask of SqlSupportedUnions' },
  SQL_MAX_BINARY_LITERAL_LENGTH: {
    id: 541,
    kind: 'bigint',
    doc: 'hexadecimal characters in a binary literal',
  },
  SQL_MAX_CHAR_LITERAL_LENGTH: {
    id: 542,
    kind: 'bigint',
    doc: 'characters in a character literal',
  },
  SQL_MAX_COLUMN_NAME_LENGTH: { id: 543, kind: 'bigint', doc: 'characters in a column name' },
  SQL_MAX_COLUMNS_IN_GROUP_BY: { id: 544, kind: 'bigint', doc: 'columns in GROUP BY' },
  SQL_MAX_COLUMNS_IN_INDEX: { id: 545, kind: 'bigint', doc: 'columns in an index' },
  SQL_MAX_COLUMNS_IN_ORDER_BY: { id: 546, kind: 'bigint', doc: 'columns in ORDER BY' },
  SQL_MAX_COLUMNS_IN_SELECT: { id: 547, kind: 'bigint', doc: 'columns in a select list' },
  SQL_MAX_COLUMNS_IN_TABLE: { id: 548, kind: 'bigint', doc: 'columns in a table' },
  SQL_MAX_CONNECTIONS: { id: 549, kind: 'bigint', doc: 'connections at the same time' },
  SQL_MAX_CURSOR_NAME_LENGTH: { id: 550, kind: 'bigint', doc: 'characters in a cursor name' },
  SQL_MAX_INDEX_LENGTH: { id: 551, kind: 'bigint', doc: 'bytes in an index entry' },
  SQL_DB_SCHEMA_NAME_LENGTH: { id: 552, kind: 'bigint', doc: 'characters in a schema name' },
  SQL_MAX_PROCEDURE_NAME_LENGTH: { id: 553, kind: 'bigint', doc: 'characters in a procedure name' },
  SQL_MAX_CATALOG_NAME_LENGTH: { id: 554, kind: 'bigint', doc: 'characters in a catalog name' },
  SQL_MAX_ROW_SIZE: { id: 555, kind: 'bigint', doc: 'bytes in a row' },
  SQL_MAX_ROW_SIZE_INCLUDES_BLOBS: { id: 556, kind: 'bool', doc: 'the row size counts LOBs' },
  SQL_MAX_STATEMENT_LENGTH: { id: 557, kind: 'bigint', doc: 'characters in a statement' },
  SQL_MAX_STATEMENTS: { id: 558, kind: 'bigint', doc: 'open statements at the same time' },
  SQL_MAX_TABLE_NAME_LENGTH: { id: 559, kind: 'bigint', doc: 'characters in a table name' },
  SQL_MAX_TABLES_IN_SELECT: { id: 560, kind: 'bigint', doc: 'tables in a select' },
  SQL_MAX_USERNAME_LENGTH: { id: 561, kind: 'bigint', doc: 'characters in a user name' },
  SQL_DEFAULT_TRANSACTION_ISOLATION: {
    id: 562,
    kind: 'bigint',
    doc: 'SqlTransactionIsolationLevel by default: 2 read committed',
  },
  SQL_TRANSACTIONS_SUPPORTED: { id: 563, kind: 'bool', doc: 'transactions' },
  SQL_SUPPORTED_TRANSACTIONS_ISOLATION_LEVELS: {
    id: 564,
    kind: 'int32',
    doc: 'bit mask of SqlTransactionIsolationLevel',
  },
  SQL_DATA_DEFINITION_CAUSES_TRANSACTION_COMMIT: {
    id: 565,
    kind: 'bool',
    doc: 'DDL ends a transaction',
  },
  SQL_DATA_DEFINITIONS_IN_TRANSACTIONS_IGNORED: {
    id: 566,
    kind: 'bool',
    doc: 'DDL inside a transaction is ignored',
  },
  SQL_SUPPORTED_RESULT_SET_TYPES: {
    id: 567,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedResultSetType',
  },
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_UNSPECIFIED: {
    id: 568,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedResultSetConcurrency for unspecified results',
  },
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_FORWARD_ONLY: {
    id: 569,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedResultSetConcurrency for forward-only results',
  },
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_SENSITIVE: {
    id: 570,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedResultSetConcurrency for scroll-sensitive results',
  },
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_INSENSITIVE: {
    id: 571,
    kind: 'int32',
    doc: 'bit mask of SqlSupportedResultSetConcurrency for scroll-insensitive results',
  },
  SQL_BATCH_UPDATES_SUPPORTED: { id: 572, kind: 'bool', doc: 'batched updates' },
  SQL_SAVEPOINTS_SUPPORTED: { id: 573, kind: 'bool', doc: 'savepoints' },
  SQL_NAMED_PARAMETERS_SUPPORTED: { id: 574, kind: 'bool', doc: 'named parameters of procedures' },
  SQL_LOCATORS_UPDATE_COPY: { id: 575, kind: 'bool', doc: 'changing a LOB changes a copy' },
  SQL_STORED_FUNCTIONS_USING_CALL_SYNTAX_SUPPORTED: {
    id: 576,
    kind: 'bool',
    doc: 'functions by the JDBC and ODBC escape syntax',
  },
} as const satisfies Record<string, SqlInfoRow>;

export type SqlInfoName = keyof typeof SQL_INFO;

/** The JavaScript value of each kind. */
interface PlainValue {
  readonly string: string;
  readonly bool: boolean;
  readonly bigint: number;
  readonly int32: number;
  readonly 'string-list': readonly string[];
  readonly 'int32-map': ReadonlyMap<number, readonly number[]>;
}

/** Facts about a server by name, each of the type that its row demands. */
export type SqlInfoFacts = {
  readonly [Name in SqlInfoName]?: PlainValue[(typeof SQL_INFO)[Name]['kind']];
};

/** Turns facts by name into what `FlightSqlProducer.sqlInfo` returns. */
export function sqlInfoValues(facts: SqlInfoFacts): ReadonlyMap<number, SqlInfoValue> {
  const values = new Map<number, SqlInfoValue>();
  for (const [name, value] of Object.entries(facts)) {
    if (isSqlInfoName(name)) values.set(SQL_INFO[name].id, tagged(SQL_INFO[name].kind, value));
  }
  return values;
}

/** The row of an id together with its name; undefined for ids outside the enum. */
export function sqlInfoById(id: number): (SqlInfoRow & { name: SqlInfoName }) | undefined {
  return BY_ID.get(id);
}

/**
 * True for the ids that belong into the answer to an empty list. The JDBC driver looks every id up in
 * its own enum, and one that it does not know yet breaks all of DatabaseMetaData: younger ids (10, 11)
 * and private ones are told only to those who ask for them.
 */
export function answersAll(id: number): boolean {
  return ALL_RANGES.some(([first, last]) => id >= first && id <= last);
}

const ALL_RANGES: readonly (readonly [number, number])[] = [
  [0, 9],
  [100, 101],
  [500, 576],
];

const BY_ID: ReadonlyMap<number, SqlInfoRow & { name: SqlInfoName }> = new Map(
  Object.keys(SQL_INFO)
    .filter(isSqlInfoName)
    .map((name) => [SQL_INFO[name].id, { name, ...SQL_INFO[name] }]),
);

function isSqlInfoName(name: string): name is SqlInfoName {
  return Object.hasOwn(SQL_INFO, name);
}

function tagged(kind: SqlInfoValue['kind'], value: PlainValue[SqlInfoValue['kind']]): SqlInfoValue {
  // SqlInfoFacts ties each name to the type of its kind; TypeScript cannot follow that through entries().
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { kind, value: kind === 'bigint' ? BigInt(Number(value)) : value } as SqlInfoValue;
}
