import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import type { DbSchemaFilter, TableRef } from '../catalog.ts';
import type { BatchStream, FlightPlan } from '../producer.ts';
import {
  type CommandRow,
  commandRow,
  type Offering,
  type OperationContext,
  operation,
  type ProducerMethod,
} from './command-table.ts';
import {
  catalogsBatch,
  dbSchemasBatch,
  foreignKeysBatch,
  primaryKeysBatch,
  tableTypesBatch,
  xdbcTypesBatch,
} from './metadata-results.ts';
import { tablesBatches } from './metadata-tables.ts';
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
} from './reference-schemas.ts';
import { sqlInfoBatch } from './sql-info-result.ts';

interface DbSchemasMessage {
  readonly catalog?: string;
  readonly db_schema_filter_pattern?: string;
}

interface TablesMessage extends DbSchemasMessage {
  readonly table_name_filter_pattern?: string;
  readonly table_types: readonly string[];
  readonly include_schema: boolean;
}

interface TableMessage {
  readonly catalog?: string;
  readonly db_schema?: string;
  readonly table: string;
}

interface CrossReferenceMessage {
  readonly pk_catalog?: string;
  readonly pk_db_schema?: string;
  readonly pk_table: string;
  readonly fk_catalog?: string;
  readonly fk_db_schema?: string;
  readonly fk_table: string;
}

/** Commands about the server and the catalog. */
export const CATALOG_COMMANDS: readonly CommandRow[] = [
  metadataRow<{ readonly info: readonly number[] }, 'sqlInfo'>({
    name: 'CommandGetSqlInfo',
    doc: 'facts about the server and its SQL',
    needs: 'sqlInfo',
    schema: () => SQL_INFO_SCHEMA,
    batches: async ({ info }, { producer, call }) => [
      sqlInfoBatch(await producer.sqlInfo(call), info),
    ],
  }),
  metadataRow<object, 'catalogs'>({
    name: 'CommandGetCatalogs',
    doc: 'the catalogs',
    needs: 'catalogs',
    schema: () => CATALOGS_SCHEMA,
    batches: async (_message, { producer, call }) => [catalogsBatch(await producer.catalogs(call))],
  }),
  metadataRow<DbSchemasMessage, 'dbSchemas'>({
    name: 'CommandGetDbSchemas',
    doc: 'the schemas',
    needs: 'dbSchemas',
    schema: () => DB_SCHEMAS_SCHEMA,
    batches: async (message, { producer, call }) => [
      dbSchemasBatch(await producer.dbSchemas(dbSchemaFilter(message), call)),
    ],
  }),
  metadataRow<TablesMessage, 'tables'>({
    name: 'CommandGetTables',
    doc: 'the tables, with their Arrow schemas on request',
    needs: 'tables',
    schema: ({ include_schema }) => (include_schema ? TABLES_WITH_SCHEMA_SCHEMA : TABLES_SCHEMA),
    batches: async (message, { producer, call }) => {
      const filter = {
        ...dbSchemaFilter(message),
        tableNamePattern: message.table_name_filter_pattern,
        tableTypes: message.table_types,
        includeSchema: message.include_schema,
      };
      return tablesBatches(await producer.tables(filter, call), filter.includeSchema);
    },
  }),
  metadataRow<object, 'tableTypes'>({
    name: 'CommandGetTableTypes',
    doc: 'the kinds of table',
    needs: 'tableTypes',
    schema: () => TABLE_TYPES_SCHEMA,
    batches: async (_message, { producer, call }) => [
      tableTypesBatch(await producer.tableTypes(call)),
    ],
  }),
  metadataRow<TableMessage, 'primaryKeys'>({
    name: 'CommandGetPrimaryKeys',
    doc: 'the primary key of a table',
    needs: 'primaryKeys',
    schema: () => PRIMARY_KEYS_SCHEMA,
    batches: async (message, { producer, call }) => [
      primaryKeysBatch(await producer.primaryKeys(tableRef(message), call)),
    ],
  }),
  metadataRow<TableMessage, 'exportedKeys'>({
    name: 'CommandGetExportedKeys',
    doc: 'the foreign keys that point to a table',
    needs: 'exportedKeys',
    schema: () => FOREIGN_KEYS_SCHEMA,
    batches: async (message, { producer, call }) => [
      foreignKeysBatch(await producer.exportedKeys(tableRef(message), call), 'by-foreign'),
    ],
  }),
  metadataRow<TableMessage, 'importedKeys'>({
    name: 'CommandGetImportedKeys',
    doc: 'the foreign keys of a table',
    needs: 'importedKeys',
    schema: () => FOREIGN_KEYS_SCHEMA,
    batches: async (message, { producer, call }) => [
      foreignKeysBatch(await producer.importedKeys(tableRef(message), call), 'by-primary'),
    ],
  }),
  metadataRow<CrossReferenceMessage, 'crossReference'>({
    name: 'CommandGetCrossReference',
    doc: 'the foreign keys between two tables',
    needs: 'crossReference',
    schema: () => FOREIGN_KEYS_SCHEMA,
    batches: async (message, { producer, call }) => {
      const primary = {
        catalog: message.pk_catalog,
        dbSchema: message.pk_db_schema,
        table: message.pk_table,
      };
      const foreign = {
        catalog: message.fk_catalog,
        dbSchema: message.fk_db_schema,
        table: message.fk_table,
      };
      const keys = await producer.crossReference(primary, foreign, call);
      return [foreignKeysBatch(keys, 'by-primary')];
    },
  }),
  metadataRow<{ readonly data_type?: number }, 'xdbcTypes'>({
    name: 'CommandGetXdbcTypeInfo',
    doc: 'the data types, for JDBC and ODBC',
    needs: 'xdbcTypes',
    schema: () => XDBC_TYPES_SCHEMA,
    batches: async ({ data_type }, { producer, call }) => [
      xdbcTypesBatch(await producer.xdbcTypes(data_type, call)),
    ],
  }),
];

/** A command whose answer is a small table of its own. */
interface MetadataCommand<Message, Method extends ProducerMethod> {
  readonly name: string;
  readonly doc: string;
  readonly needs: Method;
  schema(message: Message): ArrowSchema;
  batches(
    message: Message,
    context: Offering<OperationContext, Method>,
  ): Promise<Iterable<ArrowBatch>>;
}

function metadataRow<Message, Method extends ProducerMethod>(
  command: MetadataCommand<Message, Method>,
): CommandRow {
  const { name, doc, needs } = command;
  return commandRow<Message>(name, doc, {
    GetFlightInfo: operation(needs, async (message, _context, bytes) =>
      metadataPlan(command.schema(message), bytes),
    ),
    GetSchema: operation(needs, async (message) => command.schema(message)),
    DoGet: operation(
      needs,
      async (message, context): Promise<BatchStream> => ({
        schema: command.schema(message),
        batches: each(await command.batches(message, context)),
      }),
    ),
  });
}

/** Clients parse the tickets of metadata commands, so these are the command as it came. */
function metadataPlan(schema: ArrowSchema, command: Uint8Array): FlightPlan {
  return { schema, endpoints: [{ ticket: command }], totalRecords: -1, ordered: true };
}

function dbSchemaFilter(message: DbSchemasMessage): DbSchemaFilter {
  return { catalog: message.catalog, dbSchemaPattern: message.db_schema_filter_pattern };
}

function tableRef({ catalog, db_schema, table }: TableMessage): TableRef {
  return { catalog, dbSchema: db_schema, table };
}

async function* each<T>(values: Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* values;
}
