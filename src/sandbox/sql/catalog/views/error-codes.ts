type ErrorCodeRow = readonly [code: number, name: string | null, description: string];

/** Rows of M_ERROR_CODES: errors that the sandbox reports, with HANA's name where it is well known. */
export const ERROR_CODES: readonly ErrorCodeRow[] = [
  [2, null, 'general error'],
  [7, null, 'feature not supported'],
  [10, null, 'authentication failed'],
  [129, null, 'transaction rolled back by an internal error'],
  [138, null, 'transaction serialization failure'],
  [139, null, 'current operation cancelled by request and transaction rolled back'],
  [257, 'ERR_SQL_PARSE', 'sql syntax error'],
  [258, null, 'insufficient privilege'],
  [259, 'ERR_SQL_INV_TABLE', 'invalid table name'],
  [260, 'ERR_SQL_INV_COLUMN', 'invalid column name'],
  [266, null, 'inconsistent datatype'],
  [274, null, 'inserted value too large for column'],
  [287, null, 'cannot insert NULL or update to NULL'],
  [288, null, 'cannot use duplicate table name'],
  [301, 'ERR_SQL_UNIQUE_VIOLATED', 'unique constraint violated'],
  [303, null, 'invalid DATE, TIME or TIMESTAMP value'],
  [304, null, 'division by zero undefined'],
  [314, null, 'numeric overflow'],
  [328, null, 'invalid name of function or procedure'],
  [339, null, 'invalid number'],
  [362, null, 'invalid schema name'],
  [397, 'ERR_SQL_INV_OBJ_NAME', 'invalid object name'],
  [1033, null, 'error while parsing protocol'],
];
