import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../src/driver/catalog/catalog-rows.ts';
import { resultSchema } from '../../src/driver/columnar/result-schema.ts';
import type { TypeOptions } from '../../src/driver/columnar/type-mapping.ts';
import { quoteName } from '../../src/driver/dialect/identifier.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import type { TableFilter } from '../../src/flight/catalog.ts';
import {
  readCrossReference,
  readDbSchemas,
  readExportedKeys,
  readImportedKeys,
  readPrimaryKeys,
  readTables,
} from '../../src/proxy/catalog.ts';
import type { CatalogOptions } from '../../src/proxy/catalog-columns.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import {
  createTableSql,
  DEFAULT_CATALOG_OPTIONS,
  runAll,
  tableFilter,
  tableRef,
} from '../support/catalog.ts';
import { failureOf } from '../support/failure.ts';
import { demoCredentials } from '../support/hana-under-test.ts';

/** Names of any legal spelling: everything that SQL or a pattern may take for its own. */
const ODD_SCHEMA = 'Odd "schema" 100%_\\.é';
const ODD_TABLES = [
  'ORDERS',
  'lower',
  'ORDERS_1',
  'ORDERSX1',
  'a.b',
  'with space',
  "it's",
  'say "hi"',
  '100%',
  '100\\%',
  'back\\slash',
  'Größe',
  '表',
  '?',
];

let sandbox: RunningSandbox;
let connection: HanaConnection;

const logOn = (vectors = false): Promise<HanaConnection> =>
  connectHana({ host: sandbox.host, port: sandbox.port }, demoCredentials, { vectors });

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 100 });
  connection = await logOn();
  await runAll(connection, [
    `CREATE SCHEMA ${quoteName(undefined, ODD_SCHEMA)}`,
    ...ODD_TABLES.map((table) => createTableSql(ODD_SCHEMA, table)),
    'CREATE SCHEMA KEYS',
    `CREATE COLUMN TABLE KEYS.PARENT (B NVARCHAR(10) NOT NULL, A INTEGER NOT NULL,
       PRIMARY KEY (B, A))`,
    `CREATE COLUMN TABLE KEYS.CHILD (ID INTEGER NOT NULL PRIMARY KEY, PA INTEGER, PB NVARCHAR(10),
       CONSTRAINT CHILD_OF FOREIGN KEY (PB, PA) REFERENCES KEYS.PARENT (B, A)
         ON DELETE CASCADE ON UPDATE RESTRICT)`,
    `CREATE COLUMN TABLE KEYS.FACTS (
       ID BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY,
       NAME NVARCHAR(40) DEFAULT 'nobody' NOT NULL COMMENT 'Who it is; "quoted"',
       AMOUNT DECIMAL(15, 2),
       PRIMARY KEY (ID))`,
    'CREATE GLOBAL TEMPORARY TABLE KEYS.SCRATCH (ID INTEGER)',
    'CREATE VIEW KEYS.NAMES AS SELECT NAME FROM KEYS.FACTS',
  ]);
});

afterAll(async () => {
  await connection.close();
  await sandbox.close();
});

async function tables(
  filter: Partial<TableFilter>,
  options: CatalogOptions = DEFAULT_CATALOG_OPTIONS,
) {
  const found = await readTables(connection, tableFilter(filter), options);
  return found.toSorted((left, right) => (left.table < right.table ? -1 : 1));
}

const namesOf = async (filter: Partial<TableFilter>): Promise<readonly string[]> =>
  (await tables(filter)).map(({ table }) => table);

/** A name as a pattern that finds nothing else, as clients escape it. */
const literal = (name: string): string => name.replaceAll(/[\\%_]/g, '\\$&');

describe('schemas', () => {
  test('are those that the user may see, without a catalog', async () => {
    const all = await readDbSchemas(connection, { catalog: undefined, dbSchemaPattern: undefined });
    const names = all.map(({ dbSchema }) => dbSchema);
    expect(names).toEqual(expect.arrayContaining(['SYS', 'SALES', 'KEYS', ODD_SCHEMA]));
    expect(new Set(names).size).toBe(names.length);
    expect(all.every(({ catalog }) => catalog === undefined)).toBe(true);
  });

  test.each([
    ['S_LES', ['SALES']],
    ['KE%', ['KEYS']],
    ['sales', []],
    ['', []],
    [literal(ODD_SCHEMA), [ODD_SCHEMA]],
  ])('like %s are found', async (dbSchemaPattern, expected) => {
    const found = await readDbSchemas(connection, { catalog: undefined, dbSchemaPattern });
    expect(found.map(({ dbSchema }) => dbSchema)).toEqual(expected);
  });

  test('are in no catalog: the empty one has them all, another has none', async () => {
    const pattern = { dbSchemaPattern: 'KEYS' };
    expect(await readDbSchemas(connection, { ...pattern, catalog: '' })).toHaveLength(1);
    expect(await readDbSchemas(connection, { ...pattern, catalog: 'HDB' })).toEqual([]);
  });
});

describe('tables', () => {
  test.each(ODD_TABLES)('with the name %s are found by it alone', async (name) => {
    const filter = { dbSchemaPattern: literal(ODD_SCHEMA), tableNamePattern: literal(name) };
    expect(await namesOf(filter)).toEqual([name]);
    const [table] = await tables({ ...filter, includeSchema: true });
    expect(table?.dbSchema).toBe(ODD_SCHEMA);
    expect(table?.schema?.fields.map((field) => field.name)).toEqual(['ID']);
  });

  test('are found by an underscore for any character, and an escaped one for itself', async () => {
    const schema = { dbSchemaPattern: literal(ODD_SCHEMA) };
    expect(await namesOf({ ...schema, tableNamePattern: 'ORDERS_1' })).toEqual([
      'ORDERSX1',
      'ORDERS_1',
    ]);
    expect(await namesOf({ ...schema, tableNamePattern: 'ORDERS\\_1' })).toEqual(['ORDERS_1']);
    expect(await namesOf({ ...schema, tableNamePattern: '100%' })).toEqual(['100%', '100\\%']);
    expect(await namesOf({ ...schema, tableNamePattern: '' })).toEqual([]);
    expect(await namesOf(schema)).toHaveLength(ODD_TABLES.length);
  });

  test('have the types of SAP’s JDBC driver, and are found by them', async () => {
    const keys = { dbSchemaPattern: 'KEYS' };
    const types = Object.fromEntries((await tables(keys)).map((row) => [row.table, row.tableType]));
    expect(types).toEqual({
      CHILD: 'TABLE',
      FACTS: 'TABLE',
      PARENT: 'TABLE',
      NAMES: 'VIEW',
      SCRATCH: 'GLOBAL TEMPORARY',
    });
    expect(await namesOf({ ...keys, tableTypes: ['VIEW'] })).toEqual(['NAMES']);
    expect(await namesOf({ ...keys, tableTypes: ['VIEW', 'GLOBAL TEMPORARY'] })).toEqual([
      'NAMES',
      'SCRATCH',
    ]);
    expect(await namesOf({ ...keys, tableTypes: ['ALIAS'] })).toEqual([]);
  });

  test('are in no catalog: the empty one has them all, another has none', async () => {
    const facts = { tableNamePattern: 'FACTS' };
    expect(await namesOf({ ...facts, catalog: '' })).toEqual(['FACTS']);
    expect(await namesOf({ ...facts, catalog: 'HDB' })).toEqual([]);
  });

  test('are only those that the user may see', async () => {
    const restricted = await connectHana(
      { host: sandbox.host, port: sandbox.port },
      { kind: 'password', user: 'RESTRICTED', password: 'Restricted1' },
    );
    const found = await readTables(
      restricted,
      tableFilter({ dbSchemaPattern: 'KEYS', includeSchema: true }),
      DEFAULT_CATALOG_OPTIONS,
    );
    await restricted.close();
    expect(found).toEqual([]);
  });
});

const nanoseconds: TypeOptions = {
  ...DEFAULT_CATALOG_OPTIONS.types,
  timestampUnit: 'ns',
  floatingDecimal: 'decimal128',
};

describe('schemas of tables', () => {
  test.each([
    ['by default', DEFAULT_CATALOG_OPTIONS],
    ['with other Arrow types', { types: nanoseconds, vectors: false }],
    ['with vectors', { ...DEFAULT_CATALOG_OPTIONS, vectors: true }],
  ])('have the names, types and metadata of SELECT * %s', async (_case, options) => {
    const session = await logOn(options.vectors);
    const filter = tableFilter({ dbSchemaPattern: 'SALES', includeSchema: true });
    const found = await readTables(session, filter, options);
    const names = found.map(({ table }) => table);
    expect(names).toEqual(expect.arrayContaining(['ALL_TYPES', 'TRANSACTIONS', 'REGION_TOTALS']));
    for (const { dbSchema, table, tableType, schema } of found) {
      const statement = await session.prepare(`SELECT * FROM ${quoteName(dbSchema, table)}`);
      const result = resultSchema(statement.columns, options.types).fields;
      expect(schema?.fields.map(({ name, type }) => ({ name, type }))).toEqual(
        result.map(({ name, type }) => ({ name, type })),
      );
      // Columns of a view are described as those of the table behind it.
      if (tableType !== 'TABLE') continue;
      for (const [index, { name, metadata = {} }] of result.entries()) {
        // To a session that does not know vectors they are plain bytes; the catalog calls them vectors.
        const expected = name === 'C_REAL_VECTOR' && !options.vectors ? {} : metadata;
        expect(schema?.fields[index]?.metadata).toMatchObject(expected);
      }
    }
    await session.close();
  });

  test('say what only the catalog knows', async () => {
    const [facts] = await tables({ tableNamePattern: 'FACTS', includeSchema: true });
    const [id, name, amount] = facts?.schema?.fields ?? [];
    expect(id).toMatchObject({
      name: 'ID',
      nullable: false,
      metadata: {
        'ARROW:FLIGHT:SQL:SCHEMA_NAME': 'KEYS',
        'ARROW:FLIGHT:SQL:DB_SCHEMA_NAME': 'KEYS',
        'ARROW:FLIGHT:SQL:TABLE_NAME': 'FACTS',
        'ARROW:FLIGHT:SQL:TYPE_NAME': 'BIGINT',
        'ARROW:FLIGHT:SQL:PRECISION': '19',
        'ARROW:FLIGHT:SQL:SCALE': '0',
        'ARROW:FLIGHT:SQL:IS_AUTO_INCREMENT': '1',
        'ARROW:FLIGHT:SQL:IS_CASE_SENSITIVE': '0',
        'ARROW:FLIGHT:SQL:IS_READ_ONLY': '1',
        'ARROW:FLIGHT:SQL:IS_SEARCHABLE': '1',
        ORDINAL_POSITION: '1',
        XDBC_DATA_TYPE: '-5',
        XDBC_TYPE_NAME: 'BIGINT',
        XDBC_COLUMN_SIZE: '19',
        XDBC_DECIMAL_DIGITS: '0',
        XDBC_NUM_PREC_RADIX: '10',
        XDBC_NULLABLE: '0',
        XDBC_SQL_DATA_TYPE: '-5',
        XDBC_IS_NULLABLE: 'NO',
        XDBC_IS_AUTOINCREMENT: 'true',
        XDBC_IS_AUTOGENERATEDCOLUMN: 'false',
      },
    });
    expect(name).toMatchObject({
      nullable: false,
      metadata: {
        'ARROW:FLIGHT:SQL:REMARKS': 'Who it is; "quoted"',
        REMARKS: 'Who it is; "quoted"',
        ORDINAL_POSITION: '2',
        XDBC_COLUMN_SIZE: '40',
        XDBC_COLUMN_DEF: expect.stringContaining('nobody') as unknown,
        XDBC_CHAR_OCTET_LENGTH: '120',
        XDBC_IS_AUTOINCREMENT: 'false',
      },
    });
    expect(amount).toMatchObject({
      nullable: true,
      metadata: {
        'ARROW:FLIGHT:SQL:PRECISION': '15',
        'ARROW:FLIGHT:SQL:SCALE': '2',
        XDBC_COLUMN_SIZE: '15',
        XDBC_DECIMAL_DIGITS: '2',
        XDBC_NULLABLE: '1',
        XDBC_IS_NULLABLE: 'YES',
      },
    });
    expect(amount?.metadata).not.toHaveProperty('REMARKS');
    expect(amount?.metadata).not.toHaveProperty('XDBC_COLUMN_DEF');
    expect(amount?.metadata).not.toHaveProperty('XDBC_DATETIME_SUB');
  });
});

describe('keys', () => {
  const side = { catalog: undefined, dbSchema: 'KEYS' };
  const reference = [
    {
      primary: { ...side, table: 'PARENT', column: 'B' },
      foreign: { ...side, table: 'CHILD', column: 'PB' },
      keySequence: 1,
    },
    {
      primary: { ...side, table: 'PARENT', column: 'A' },
      foreign: { ...side, table: 'CHILD', column: 'PA' },
      keySequence: 2,
    },
  ].map((column) => ({
    ...column,
    foreignKeyName: 'CHILD_OF',
    primaryKeyName: expect.any(String) as unknown,
    deleteRule: 'cascade',
    updateRule: 'restrict',
  }));
  const parent = tableRef('KEYS', 'PARENT');
  const child = tableRef('KEYS', 'CHILD');

  test('of a table have their columns in the order of the key', async () => {
    const columns = await readPrimaryKeys(connection, parent);
    expect(columns.map(({ column, keySequence }) => [column, keySequence])).toEqual([
      ['B', 1],
      ['A', 2],
    ]);
    expect(await readPrimaryKeys(connection, tableRef(undefined, 'PARENT'))).toEqual(columns);
    expect(await readPrimaryKeys(connection, { ...parent, catalog: '' })).toEqual(columns);
  });

  test('that refer to another are found from either side, and from both', async () => {
    expect(await readImportedKeys(connection, child)).toEqual(reference);
    expect(await readExportedKeys(connection, parent)).toEqual(reference);
    expect(await readCrossReference(connection, parent, child)).toEqual(reference);
    expect(await readCrossReference(connection, tableRef(undefined, 'PARENT'), child)).toEqual(
      reference,
    );
  });

  test('that are none are an empty list', async () => {
    expect(await readCrossReference(connection, child, parent)).toEqual([]);
    expect(await readImportedKeys(connection, parent)).toEqual([]);
    expect(await readExportedKeys(connection, child)).toEqual([]);
    expect(await readPrimaryKeys(connection, tableRef('KEYS', 'NAMES'))).toEqual([]);
    expect(await readPrimaryKeys(connection, tableRef('', 'PARENT'))).toEqual([]);
    expect(await readPrimaryKeys(connection, { ...parent, catalog: 'HDB' })).toEqual([]);
    expect(await readImportedKeys(connection, { ...child, catalog: 'HDB' })).toEqual([]);
    // Names of tables are no patterns here.
    expect(await readPrimaryKeys(connection, tableRef('KEYS', '%'))).toEqual([]);
  });
});

describe('reading the catalog', () => {
  const query = { sql: 'SELECT SCHEMA_NAME, SCALE FROM SYS.TABLE_COLUMNS', parameters: [] };

  test('refuses columns that are missing, of another type, or NULL against the promise', async () => {
    const session = await logOn();
    const read = async (shape: Parameters<typeof readRows>[2]): Promise<number> => {
      let count = 0;
      for await (const row of readRows(session, query, shape)) count += Object.keys(row).length;
      return count;
    };
    expect(await read({ SCHEMA_NAME: 'text', SCALE: 'integer?' })).toBeGreaterThan(0);
    const failures = [
      await failureOf(read({ TABLE_NAME: 'text' })),
      await failureOf(read({ SCHEMA_NAME: 'integer' })),
      await failureOf(read({ SCALE: 'integer' })),
    ];
    expect(failures.map(({ code }) => code)).toEqual(Array(3).fill('malformed-packet'));
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining('TABLE_NAME'),
      expect.stringContaining('SCHEMA_NAME'),
      expect.stringContaining('SCALE'),
    ]);
    expect(session.reusable).toBe(true);
    await session.close();
  });

  test('leaves neither a cursor nor a statement behind, finished, left early or failed', async () => {
    const session = await logOn();
    await readTables(session, tableFilter({ includeSchema: true }), DEFAULT_CATALOG_OPTIONS);
    expect(session.reusable).toBe(true);
    for await (const row of readRows(session, query, { SCHEMA_NAME: 'text' })) {
      expect(row.SCHEMA_NAME).toBeTypeOf('string');
      break;
    }
    expect(session.reusable).toBe(true);
    const wrong = { sql: 'SELECT SCHEMA_NAME FROM SYS.NO_SUCH_VIEW', parameters: [] };
    const rows = readRows(session, wrong, { SCHEMA_NAME: 'text' });
    expect((await failureOf(rows.next())).code).toBe('not-found');
    expect(session.reusable).toBe(true);
    await session.close();
  });
});
