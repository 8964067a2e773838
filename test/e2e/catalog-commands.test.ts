import { type Schema, type Table, tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../support/arrow-rows.ts';
import { command } from '../support/flight-server.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { type Stack, startStack } from '../support/stack.ts';

const columnsOf = ({ fields }: Schema): readonly string[] =>
  fields.map(({ name, type }) => `${name}: ${String(type)}`);

describe('metadata commands about HANA', () => {
  let stack: Stack;
  let session: SqlSession;

  beforeAll(async () => {
    stack = await startStack({ rows: 10, proxy: { connect: { vectors: true } } });
    session = await SqlSession.logOn(stack.proxy);
  });

  afterAll(async () => {
    session.close();
    await stack.close();
  });

  const ask = async (name: string, message: object = {}): Promise<Table> =>
    session.read(await session.plan(command(name, message)));

  const sales = { db_schema_filter_pattern: 'SALES' };
  const items = { db_schema: 'SALES', table: 'SALES_ITEMS' };
  const itemsToTransactions = {
    pk_table_name: 'TRANSACTIONS',
    pk_column_name: 'TRANSACTION_ID',
    fk_table_name: 'SALES_ITEMS',
    fk_column_name: 'TRANSACTION_ID',
    fk_key_name: 'SALES_ITEMS_TRANSACTION',
    key_sequence: 1,
    update_rule: 1,
    delete_rule: 0,
  };

  test('know no catalogs, the schemas, and the types of tables in the order of names', async () => {
    expect(rowsOf(await ask('CommandGetCatalogs'))).toEqual([]);
    expect(rowsOf(await ask('CommandGetDbSchemas', sales))).toEqual([
      { catalog_name: null, db_schema_name: 'SALES' },
    ]);
    const types = rowsOf(await ask('CommandGetTableTypes')).map(({ table_type }) => table_type);
    expect(types).toEqual([
      'CALC VIEW',
      'GLOBAL TEMPORARY',
      'HIERARCHY VIEW',
      'JOIN VIEW',
      'OLAP VIEW',
      'SYSTEM TABLE',
      'TABLE',
      'VIEW',
    ]);
  });

  test('give tables the schema that their SELECT * has', async () => {
    const rows = rowsOf(await ask('CommandGetTables', { ...sales, include_schema: true }));
    expect(rows.map(({ table_name }) => table_name)).toContain('ALL_TYPES');
    for (const { table_name, table_schema } of rows) {
      const { schema } = tableFromIPC(table_schema as Uint8Array);
      const info = await session.plan(
        statementQuery(`SELECT * FROM SALES."${String(table_name)}"`),
      );
      const result = tableFromIPC(info.schema).schema;
      expect(columnsOf(schema)).toEqual(columnsOf(result));
    }
  });

  test('know the keys of tables', async () => {
    const primary = rowsOf(await ask('CommandGetPrimaryKeys', items));
    expect(primary).toMatchObject([
      { db_schema_name: 'SALES', column_name: 'TRANSACTION_ID', key_sequence: 1 },
      { db_schema_name: 'SALES', column_name: 'ITEM_NUMBER', key_sequence: 2 },
    ]);
    const transactions = { db_schema: 'SALES', table: 'TRANSACTIONS' };
    const both = {
      pk_db_schema: 'SALES',
      pk_table: 'TRANSACTIONS',
      fk_db_schema: 'SALES',
      fk_table: 'SALES_ITEMS',
    };
    for (const table of [
      await ask('CommandGetImportedKeys', items),
      await ask('CommandGetExportedKeys', transactions),
      await ask('CommandGetCrossReference', both),
    ]) {
      expect(rowsOf(table)).toMatchObject([itemsToTransactions]);
    }
  });

  test('describe types by their codes', async () => {
    const all = rowsOf(await ask('CommandGetXdbcTypeInfo'));
    expect(all.length).toBeGreaterThan(25);
    const decimals = rowsOf(await ask('CommandGetXdbcTypeInfo', { data_type: 3 }));
    expect(decimals.map(({ type_name }) => type_name)).toEqual(['DECIMAL', 'SMALLDECIMAL']);
  });

  test('leave the connections to others', async () => {
    await ask('CommandGetTables', { include_schema: true });
    expect(stack.proxy.pool).toMatchObject({ leased: 0 });
  });
});
