import type { ArrowSchema } from '../arrow/types.ts';

/*
 * What the metadata commands of Flight SQL ask for and answer with, as plain data. Names are exact, not
 * quoted. In a filter, undefined means "any"; an empty catalog or schema means "none at all". A pattern
 * is one of LIKE: `%` any text, `_` any character, `\\` takes the meaning from the one behind it.
 */

export interface DbSchemaFilter {
  readonly catalog: string | undefined;
  readonly dbSchemaPattern: string | undefined;
}

export interface DbSchemaInfo {
  readonly catalog: string | undefined;
  readonly dbSchema: string;
}

export interface TableFilter extends DbSchemaFilter {
  readonly tableNamePattern: string | undefined;
  /** Empty: every type. */
  readonly tableTypes: readonly string[];
  /** True: {@link TableInfo.schema} is wanted. */
  readonly includeSchema: boolean;
}

export interface TableInfo {
  readonly catalog: string | undefined;
  readonly dbSchema: string | undefined;
  readonly table: string;
  readonly tableType: string;
  /** Columns with Flight SQL's column metadata; present when the filter asked for it. */
  readonly schema?: ArrowSchema | undefined;
}

export interface TableRef {
  readonly catalog: string | undefined;
  readonly dbSchema: string | undefined;
  readonly table: string;
}

export interface PrimaryKeyColumn extends TableRef {
  readonly column: string;
  /** From 1. */
  readonly keySequence: number;
  readonly keyName: string | undefined;
}

/** What happens to the rows that refer to a row that goes or changes; positions are Flight SQL's codes. */
export const KEY_RULES = [
  'cascade',
  'restrict',
  'set-null',
  'no-action',
  'set-default',
] as const satisfies readonly string[];

export type KeyRule = (typeof KEY_RULES)[number];

export interface ForeignKeyColumn {
  readonly primary: TableRef & { readonly column: string };
  readonly foreign: TableRef & { readonly column: string };
  /** From 1. */
  readonly keySequence: number;
  readonly foreignKeyName: string | undefined;
  readonly primaryKeyName: string | undefined;
  readonly updateRule: KeyRule;
  readonly deleteRule: KeyRule;
}

/** A data type as JDBC and ODBC want it described; codes are those of XDBC. */
export interface XdbcTypeInfo {
  readonly typeName: string;
  readonly dataType: number;
  readonly columnSize: number | undefined;
  readonly literalPrefix: string | undefined;
  readonly literalSuffix: string | undefined;
  readonly createParams: readonly string[] | undefined;
  /** 0 no, 1 yes, 2 unknown. */
  readonly nullable: 0 | 1 | 2;
  readonly caseSensitive: boolean;
  /** 0 not at all, 1 with LIKE only, 2 without LIKE only, 3 fully. */
  readonly searchable: 0 | 1 | 2 | 3;
  readonly unsigned: boolean | undefined;
  readonly fixedPrecisionScale: boolean;
  readonly autoIncrement: boolean | undefined;
  readonly localTypeName: string | undefined;
  readonly minimumScale: number | undefined;
  readonly maximumScale: number | undefined;
  readonly sqlDataType: number;
  readonly datetimeSubcode: number | undefined;
  readonly numericPrecisionRadix: number | undefined;
  readonly intervalPrecision: number | undefined;
}
