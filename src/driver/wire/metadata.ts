/** One column of a RESULTSETMETADATA part. */
export interface ColumnMetadata {
  /** Wire value; may be a code this project does not know. */
  readonly typeCode: number;
  readonly nullable: boolean;
  /** Characters for character types, bytes for binary, digits for decimals, -1 for LOBs. */
  readonly length: number;
  /** Decimal fraction digits; 32767 marks a floating DECIMAL or SMALLDECIMAL. */
  readonly scale: number;
  readonly schemaName: string | undefined;
  readonly tableName: string | undefined;
  readonly columnName: string | undefined;
  /** Alias, or the column name when there is none: what a user sees. */
  readonly displayName: string;
  /** The column holds arrays of the type (column option 64); absent means false. */
  readonly array?: boolean;
  /** Column option 32; absent means false. */
  readonly autoIncrement?: boolean;
  /** Column option 16; absent means false. */
  readonly readOnly?: boolean;
}

/** One parameter of a PARAMETERMETADATA part. */
export interface ParameterMetadata {
  readonly typeCode: number;
  readonly nullable: boolean;
  readonly mode: 'in' | 'inout' | 'out';
  readonly length: number;
  readonly scale: number;
  readonly name: string | undefined;
}
