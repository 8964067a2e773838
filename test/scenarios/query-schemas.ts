import type { ArrowField, ArrowSchema, ArrowType } from '../../src/arrow/types.ts';

const COLUMN_METADATA: Readonly<Record<string, string>> = {
  'ARROW:FLIGHT:SQL:TABLE_NAME': 'test',
  'ARROW:FLIGHT:SQL:IS_AUTO_INCREMENT': '1',
  'ARROW:FLIGHT:SQL:IS_CASE_SENSITIVE': '0',
  'ARROW:FLIGHT:SQL:TYPE_NAME': 'type_test',
  'ARROW:FLIGHT:SQL:SCHEMA_NAME': 'schema_test',
  'ARROW:FLIGHT:SQL:IS_SEARCHABLE': '1',
  'ARROW:FLIGHT:SQL:CATALOG_NAME': 'catalog_test',
  'ARROW:FLIGHT:SQL:PRECISION': '100',
  'ARROW:FLIGHT:SQL:REMARKS': 'test column',
};

/** Of a query, and of the parameters of a prepared one. */
export const QUERY_SCHEMA: ArrowSchema = {
  fields: [column('id', { kind: 'int', bits: 64, signed: true })],
};

/** Of a query inside a transaction, so that the client sees that the transaction arrived. */
export const TRANSACTION_QUERY_SCHEMA: ArrowSchema = {
  fields: [column('pkey', { kind: 'int', bits: 32, signed: true })],
};

export const NO_COLUMNS: ArrowSchema = { fields: [] };

/** One column `number` that has no NULL. */
export function numberSchema(signed: boolean): ArrowSchema {
  return {
    fields: [{ name: 'number', type: { kind: 'int', bits: 32, signed }, nullable: false }],
  };
}

function column(name: string, type: ArrowType): ArrowField {
  return { name, type, nullable: true, metadata: COLUMN_METADATA };
}
