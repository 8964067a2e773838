import type { SqlInfoValue } from '../flight/producer.ts';
import { type SqlInfoFacts, sqlInfoValues } from '../flight/sql/sql-info.ts';
import { FUNCTION_NAMES, KEYWORDS } from './hana-vocabulary.ts';

/** A bit mask of the given bit positions. */
const bits = (...positions: readonly number[]): number =>
  positions.reduce((mask, position) => mask | (1 << position), 0);

/** Identifiers are limited to 127 bytes in HANA. */
const IDENTIFIER_BYTES = 127;
const UNLIMITED = 0;
/** Positions of the Flight SQL enumeration of isolation levels. */
const Isolation = { READ_COMMITTED: 2, REPEATABLE_READ: 3, SERIALIZABLE: 4 } as const;

/** Positions of the Flight SQL enumeration of convertible types. */
const Convertible = {
  BIGINT: 0,
  BINARY: 1,
  CHAR: 3,
  DATE: 4,
  DECIMAL: 5,
  FLOAT: 6,
  INTEGER: 7,
  NUMERIC: 12,
  REAL: 13,
  SMALLINT: 14,
  TIME: 15,
  TIMESTAMP: 16,
  TINYINT: 17,
  VARBINARY: 18,
  VARCHAR: 19,
} as const;

const NUMBERS = [
  Convertible.TINYINT,
  Convertible.SMALLINT,
  Convertible.INTEGER,
  Convertible.BIGINT,
  Convertible.DECIMAL,
  Convertible.NUMERIC,
  Convertible.REAL,
  Convertible.FLOAT,
];
const CHARACTERS = [Convertible.CHAR, Convertible.VARCHAR];
const BYTES = [Convertible.BINARY, Convertible.VARBINARY];
const TEMPORAL = [Convertible.DATE, Convertible.TIME, Convertible.TIMESTAMP];

/** What CAST of HANA accepts, by source type. */
const CONVERSIONS: ReadonlyMap<number, readonly number[]> = new Map([
  ...NUMBERS.map((from) => [from, [...NUMBERS, ...CHARACTERS]] as const),
  ...CHARACTERS.map((from) => [from, [...NUMBERS, ...CHARACTERS, ...BYTES, ...TEMPORAL]] as const),
  ...BYTES.map((from) => [from, [...BYTES, ...CHARACTERS]] as const),
  [Convertible.DATE, [Convertible.DATE, Convertible.TIMESTAMP, ...CHARACTERS]],
  [Convertible.TIME, [Convertible.TIME, Convertible.TIMESTAMP, ...CHARACTERS]],
  [Convertible.TIMESTAMP, [...TEMPORAL, ...CHARACTERS]],
]);

/**
 * What this server says of itself and of HANA, for every id that Flight SQL defines. It advertises only
 * what works.
 */
const VALUES = {
  FLIGHT_SQL_SERVER_NAME: 'hana-flight',
  FLIGHT_SQL_SERVER_READ_ONLY: false,
  FLIGHT_SQL_SERVER_SQL: true,
  FLIGHT_SQL_SERVER_SUBSTRAIT: false,
  FLIGHT_SQL_SERVER_SUBSTRAIT_MIN_VERSION: '',
  FLIGHT_SQL_SERVER_SUBSTRAIT_MAX_VERSION: '',
  // Transactions and savepoints.
  FLIGHT_SQL_SERVER_TRANSACTION: 2,
  FLIGHT_SQL_SERVER_CANCEL: true,
  FLIGHT_SQL_SERVER_BULK_INGESTION: true,
  FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED: true,
  FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT: 0,
  SQL_DDL_CATALOG: false,
  SQL_DDL_SCHEMA: true,
  SQL_DDL_TABLE: true,
  // 2 = stored in upper case unless quoted.
  SQL_IDENTIFIER_CASE: 2,
  SQL_IDENTIFIER_QUOTE_CHAR: '"',
  // The enumeration has no value for "case-sensitive"; 0 = unknown.
  SQL_QUOTED_IDENTIFIER_CASE: 0,
  SQL_ALL_TABLES_ARE_SELECTABLE: false,
  // 1 = NULL sorts as the lowest value: first in ASC, last in DESC.
  SQL_NULL_ORDERING: 1,
  SQL_KEYWORDS: KEYWORDS,
  SQL_NUMERIC_FUNCTIONS: FUNCTION_NAMES.numeric,
  SQL_STRING_FUNCTIONS: FUNCTION_NAMES.string,
  SQL_SYSTEM_FUNCTIONS: FUNCTION_NAMES.system,
  SQL_DATETIME_FUNCTIONS: FUNCTION_NAMES.datetime,
  SQL_SEARCH_STRING_ESCAPE: '\\',
  SQL_EXTRA_NAME_CHARACTERS: '#$',
  SQL_SUPPORTS_COLUMN_ALIASING: true,
  SQL_NULL_PLUS_NULL_IS_NULL: true,
  SQL_SUPPORTS_CONVERT: CONVERSIONS,
  SQL_SUPPORTS_TABLE_CORRELATION_NAMES: true,
  SQL_SUPPORTS_DIFFERENT_TABLE_CORRELATION_NAMES: false,
  SQL_SUPPORTS_EXPRESSIONS_IN_ORDER_BY: true,
  SQL_SUPPORTS_ORDER_BY_UNRELATED: true,
  SQL_SUPPORTED_GROUP_BY: bits(0, 1),
  SQL_SUPPORTS_LIKE_ESCAPE_CLAUSE: true,
  SQL_SUPPORTS_NON_NULLABLE_COLUMNS: true,
  // Minimum and core grammar; SQL-92 entry level.
  SQL_SUPPORTED_GRAMMAR: bits(0, 1),
  SQL_ANSI92_SUPPORTED_LEVEL: bits(0),
  SQL_SUPPORTS_INTEGRITY_ENHANCEMENT_FACILITY: true,
  // Full outer joins.
  SQL_OUTER_JOINS_SUPPORT_LEVEL: bits(1, 2),
  SQL_SCHEMA_TERM: 'schema',
  SQL_PROCEDURE_TERM: 'procedure',
  // Empty: HANA's tenant is chosen at logon and never written in SQL, so there are no catalogs.
  SQL_CATALOG_TERM: '',
  SQL_CATALOG_AT_START: false,
  SQL_SCHEMAS_SUPPORTED_ACTIONS: bits(0, 1, 2),
  SQL_CATALOGS_SUPPORTED_ACTIONS: bits(),
  SQL_SUPPORTED_POSITIONED_COMMANDS: bits(),
  SQL_SELECT_FOR_UPDATE_SUPPORTED: true,
  SQL_STORED_PROCEDURES_SUPPORTED: true,
  SQL_SUPPORTED_SUBQUERIES: bits(0, 1, 2, 3),
  SQL_CORRELATED_SUBQUERIES_SUPPORTED: true,
  SQL_SUPPORTED_UNIONS: bits(0, 1),
  SQL_MAX_BINARY_LITERAL_LENGTH: 8_388_608,
  SQL_MAX_CHAR_LITERAL_LENGTH: 8_388_608,
  SQL_MAX_COLUMN_NAME_LENGTH: IDENTIFIER_BYTES,
  SQL_MAX_COLUMNS_IN_GROUP_BY: 65_535,
  SQL_MAX_COLUMNS_IN_INDEX: 16,
  SQL_MAX_COLUMNS_IN_ORDER_BY: 65_535,
  SQL_MAX_COLUMNS_IN_SELECT: 65_535,
  SQL_MAX_COLUMNS_IN_TABLE: 64_000,
  SQL_MAX_CONNECTIONS: UNLIMITED,
  SQL_MAX_CURSOR_NAME_LENGTH: IDENTIFIER_BYTES,
  SQL_MAX_INDEX_LENGTH: UNLIMITED,
  SQL_DB_SCHEMA_NAME_LENGTH: IDENTIFIER_BYTES,
  SQL_MAX_PROCEDURE_NAME_LENGTH: IDENTIFIER_BYTES,
  SQL_MAX_CATALOG_NAME_LENGTH: UNLIMITED,
  SQL_MAX_ROW_SIZE: UNLIMITED,
  SQL_MAX_ROW_SIZE_INCLUDES_BLOBS: false,
  SQL_MAX_STATEMENT_LENGTH: 2_147_483_647,
  SQL_MAX_STATEMENTS: UNLIMITED,
  SQL_MAX_TABLE_NAME_LENGTH: IDENTIFIER_BYTES,
  SQL_MAX_TABLES_IN_SELECT: UNLIMITED,
  SQL_MAX_USERNAME_LENGTH: IDENTIFIER_BYTES,
  SQL_DEFAULT_TRANSACTION_ISOLATION: Isolation.READ_COMMITTED,
  SQL_TRANSACTIONS_SUPPORTED: true,
  SQL_SUPPORTED_TRANSACTIONS_ISOLATION_LEVELS: bits(
    Isolation.READ_COMMITTED,
    Isolation.REPEATABLE_READ,
    Isolation.SERIALIZABLE,
  ),
  SQL_DATA_DEFINITION_CAUSES_TRANSACTION_COMMIT: true,
  SQL_DATA_DEFINITIONS_IN_TRANSACTIONS_IGNORED: false,
  // Bit 1: forward only.
  SQL_SUPPORTED_RESULT_SET_TYPES: bits(1),
  // Bit 1: read only.
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_UNSPECIFIED: bits(),
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_FORWARD_ONLY: bits(1),
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_SENSITIVE: bits(),
  SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_INSENSITIVE: bits(),
  SQL_BATCH_UPDATES_SUPPORTED: true,
  SQL_SAVEPOINTS_SUPPORTED: true,
  SQL_NAMED_PARAMETERS_SUPPORTED: false,
  SQL_LOCATORS_UPDATE_COPY: false,
  SQL_STORED_FUNCTIONS_USING_CALL_SYNTAX_SUPPORTED: false,
} as const satisfies Partial<SqlInfoFacts>;

/** What the answer depends on besides HANA. */
export interface SqlInfoFactsOfServer {
  readonly serverVersion: string;
  readonly arrowVersion: string;
  /** Idle time after which a transaction is rolled back. */
  readonly transactionIdleTimeoutMs: number;
}

/** All SqlInfo values by id. */
export function hanaSqlInfo(facts: SqlInfoFactsOfServer): ReadonlyMap<number, SqlInfoValue> {
  return sqlInfoValues({
    ...VALUES,
    FLIGHT_SQL_SERVER_VERSION: facts.serverVersion,
    FLIGHT_SQL_SERVER_ARROW_VERSION: facts.arrowVersion,
    FLIGHT_SQL_SERVER_TRANSACTION_TIMEOUT: facts.transactionIdleTimeoutMs,
  });
}
