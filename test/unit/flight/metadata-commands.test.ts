import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { encapsulateMessage } from '../../../src/arrow/ipc-message.ts';
import { encodeSchemaMessage } from '../../../src/arrow/ipc-schema.ts';
import type { ArrowSchema } from '../../../src/arrow/types.ts';
import { decodeFlightData } from '../../../src/flight/flight-data.ts';
import { FLIGHT } from '../../../src/flight/protocol.ts';
import {
  CATALOGS_SCHEMA,
  DB_SCHEMAS_SCHEMA,
  FOREIGN_KEYS_SCHEMA,
  PRIMARY_KEYS_SCHEMA,
  SQL_INFO_SCHEMA,
  TABLE_TYPES_SCHEMA,
  TABLES_SCHEMA,
  TABLES_WITH_SCHEMA_SCHEMA,
  XDBC_TYPES_SCHEMA,
} from '../../../src/flight/sql/reference-schemas.ts';
import {
  collect,
  command,
  descriptor,
  RawClient,
  startServer,
  ticket,
} from '../../support/flight-server.ts';
import { type Asked, recordingProducer } from '../../support/recording-producer.ts';

const anyTable = { catalog: undefined, dbSchema: undefined, table: 'T' };
const emptyTable = { catalog: '', dbSchema: '', table: 'T' };
const fullTable = { catalog: 'C', dbSchema: 'S', table: 'T' };
const anySchema = { catalog: undefined, dbSchemaPattern: undefined };

/** A command, its fields, the schema of its answer, what the backend is asked for, rows of the answer. */
interface MetadataCase {
  readonly name: string;
  readonly fields: object;
  readonly schema: ArrowSchema;
  readonly asked: Asked;
  readonly rows: number;
}

const cases: readonly MetadataCase[] = [
  {
    name: 'CommandGetSqlInfo',
    fields: { info: [0] },
    schema: SQL_INFO_SCHEMA,
    asked: ['sqlInfo'],
    rows: 1,
  },
  {
    name: 'CommandGetCatalogs',
    fields: {},
    schema: CATALOGS_SCHEMA,
    asked: ['catalogs'],
    rows: 1,
  },
  {
    name: 'CommandGetDbSchemas',
    fields: {},
    schema: DB_SCHEMAS_SCHEMA,
    asked: ['dbSchemas', anySchema],
    rows: 1,
  },
  {
    name: 'CommandGetDbSchemas',
    fields: { catalog: '', db_schema_filter_pattern: 'S%' },
    schema: DB_SCHEMAS_SCHEMA,
    asked: ['dbSchemas', { catalog: '', dbSchemaPattern: 'S%' }],
    rows: 1,
  },
  {
    name: 'CommandGetTables',
    fields: {},
    schema: TABLES_SCHEMA,
    asked: [
      'tables',
      { ...anySchema, tableNamePattern: undefined, tableTypes: [], includeSchema: false },
    ],
    rows: 1,
  },
  {
    name: 'CommandGetTables',
    fields: {
      catalog: 'C',
      db_schema_filter_pattern: '',
      table_name_filter_pattern: 'T\\_1%',
      table_types: ['TABLE', 'VIEW'],
      include_schema: true,
    },
    schema: TABLES_WITH_SCHEMA_SCHEMA,
    asked: [
      'tables',
      {
        catalog: 'C',
        dbSchemaPattern: '',
        tableNamePattern: 'T\\_1%',
        tableTypes: ['TABLE', 'VIEW'],
        includeSchema: true,
      },
    ],
    rows: 1,
  },
  {
    name: 'CommandGetTableTypes',
    fields: {},
    schema: TABLE_TYPES_SCHEMA,
    asked: ['tableTypes'],
    rows: 1,
  },
  {
    name: 'CommandGetPrimaryKeys',
    fields: { table: 'T' },
    schema: PRIMARY_KEYS_SCHEMA,
    asked: ['primaryKeys', anyTable],
    rows: 0,
  },
  {
    name: 'CommandGetExportedKeys',
    fields: { catalog: '', db_schema: '', table: 'T' },
    schema: FOREIGN_KEYS_SCHEMA,
    asked: ['exportedKeys', emptyTable],
    rows: 0,
  },
  {
    name: 'CommandGetImportedKeys',
    fields: { catalog: 'C', db_schema: 'S', table: 'T' },
    schema: FOREIGN_KEYS_SCHEMA,
    asked: ['importedKeys', fullTable],
    rows: 0,
  },
  {
    name: 'CommandGetCrossReference',
    fields: { pk_catalog: 'C', pk_db_schema: 'S', pk_table: 'T', fk_table: 'T' },
    schema: FOREIGN_KEYS_SCHEMA,
    asked: ['crossReference', fullTable, anyTable],
    rows: 0,
  },
  {
    name: 'CommandGetXdbcTypeInfo',
    fields: {},
    schema: XDBC_TYPES_SCHEMA,
    asked: ['xdbcTypes', undefined],
    rows: 0,
  },
  {
    name: 'CommandGetXdbcTypeInfo',
    fields: { data_type: 0 },
    schema: XDBC_TYPES_SCHEMA,
    asked: ['xdbcTypes', 0],
    rows: 0,
  },
];

async function setUp() {
  const recorded = recordingProducer();
  const server = await startServer({ producer: recorded.producer });
  return { ...recorded, client: new RawClient(server) };
}

describe.each(cases)('$name of $fields', ({ name, fields, schema, asked, rows }) => {
  const cmd = command(name, fields);
  const schemaBytes = Buffer.from(encodeSchemaMessage(schema));

  it('is planned without a word to the backend; its ticket is the command as it came', async () => {
    const { client, asked: all } = await setUp();
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(cmd)));
    expect(Buffer.from(info.schema)).toEqual(schemaBytes);
    expect(info.endpoint.map((endpoint) => endpoint.ticket?.ticket)).toEqual([cmd]);
    expect(info).toMatchObject({ total_records: '-1', ordered: true });
    expect(all).toEqual([]);
  });

  it('has the same schema in GetSchema', async () => {
    const { client } = await setUp();
    const reply = FLIGHT.schemaResult.decode(await client.unary('GetSchema', descriptor(cmd)));
    expect(Buffer.from(reply.schema)).toEqual(schemaBytes);
  });

  it('is fetched with its filters as the client meant them', async () => {
    const { client, asked: all } = await setUp();
    const messages = (await collect(client.stream('DoGet', ticket(cmd)))).map(decodeFlightData);
    const ipc = messages.flatMap(({ header, body }) => [encapsulateMessage(header), body]);
    expect(Buffer.from(ipc[0] ?? [])).toEqual(schemaBytes);
    expect(tableFromIPC(RecordBatchReader.from(Buffer.concat(ipc))).numRows).toBe(rows);
    expect(all).toEqual([asked]);
  });
});
