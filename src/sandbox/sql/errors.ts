import { SandboxError } from '../engine.ts';

/** HANA's SQL error numbers that the sandbox reports, with their SQLSTATE. */
export const HANA_ERRORS = {
  general: [2, 'HY000'],
  notSupported: [7, '0A000'],
  transactionRolledBack: [129, '40000'],
  serialization: [138, '40001'],
  cancelled: [139, '57014'],
  snapshotLost: [150, '40001'],
  syntax: [257, '42000'],
  insufficientPrivilege: [258, '42000'],
  invalidTable: [259, '42S02'],
  invalidColumn: [260, '42S22'],
  wrongParameterCount: [268, '07001'],
  ambiguousColumn: [268, '42000'],
  groupBy: [276, '42000'],
  valueTooLarge: [274, '22001'],
  notNull: [287, '23000'],
  duplicateTable: [288, '42S01'],
  duplicateColumn: [290, '42S21'],
  uniqueViolation: [301, '23000'],
  invalidDate: [303, '22007'],
  divisionByZero: [304, '22012'],
  manyRows: [305, '21000'],
  numericOverflow: [314, '22003'],
  invalidView: [321, '42S02'],
  invalidFunction: [328, '42000'],
  invalidNumber: [339, '22018'],
  invalidSchema: [362, '3F000'],
  duplicateSchema: [386, '42000'],
  invalidName: [397, '42000'],
  foreignKey: [461, '23000'],
  columnCount: [273, '21S01'],
  datatype: [266, '42000'],
  unknownSession: [729, 'HY000'],
} as const satisfies Record<string, readonly [code: number, sqlState: string]>;

export type HanaErrorName = keyof typeof HANA_ERRORS;

export interface HanaErrorContext {
  /** 0-based offset in the SQL text. */
  readonly at?: number | undefined;
  readonly row?: number | undefined;
  readonly cause?: unknown;
}

/** An error as HANA words it. Positions become 1-based. */
export function hanaError(
  name: HanaErrorName,
  message: string,
  { at, row, cause }: HanaErrorContext = {},
): SandboxError {
  const [code, sqlState] = HANA_ERRORS[name];
  return new SandboxError(code, message, {
    sqlState,
    position: at === undefined ? 0 : at + 1,
    ...(row === undefined ? {} : { row }),
    cause,
  });
}

/** 257 at offset `at`; `near` is the offending token, empty at the end of the text. */
export function syntaxError(sql: string, at: number, near: string): SandboxError {
  const place = placeOf(sql, at);
  const what = near === '' ? '' : `incorrect syntax near "${near}": `;
  return hanaError('syntax', `sql syntax error: ${what}${place}`, { at });
}

/** HANA's words for a position: `line 1 col 10 (at pos 10)`. */
export function placeOf(sql: string, at: number): string {
  const before = sql.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  return `line ${line} col ${column} (at pos ${at + 1})`;
}
