import type { ColumnMetadata } from '../../src/driver/wire/metadata.ts';

/** Metadata of one result column of table SALES.T, for what a test does not care about. */
export function column(typeCode: number, details: Partial<ColumnMetadata> = {}): ColumnMetadata {
  return {
    typeCode,
    nullable: true,
    length: 0,
    scale: 0,
    schemaName: 'SALES',
    tableName: 'T',
    columnName: 'C',
    displayName: 'C',
    ...details,
  };
}

/** Bytes from hex, with any blanks between. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}
