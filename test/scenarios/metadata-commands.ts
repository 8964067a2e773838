import type { FlightSqlProducer } from '../../src/flight/producer.ts';
import { expectSent } from './scenario.ts';

const TABLE = { catalog: 'catalog', dbSchema: 'db_schema', table: 'table' } as const;

/** Metadata of an empty database, for clients that ask with arguments fixed beforehand. */
export function metadataCommands(): FlightSqlProducer {
  return {
    catalogs: async () => [],
    dbSchemas: async (filter) => {
      expectSent('filter of GetDbSchemas', filter, {
        catalog: 'catalog',
        dbSchemaPattern: 'db_schema_filter_pattern',
      });
      return [];
    },
    tables: async (filter) => {
      expectSent('filter of GetTables', filter, {
        catalog: 'catalog',
        dbSchemaPattern: 'db_schema_filter_pattern',
        tableNamePattern: 'table_filter_pattern',
        tableTypes: ['table', 'view'],
        includeSchema: true,
      });
      return [];
    },
    tableTypes: async () => [],
    primaryKeys: async (table) => {
      expectSent('table of GetPrimaryKeys', table, TABLE);
      return [];
    },
    exportedKeys: async (table) => {
      expectSent('table of GetExportedKeys', table, TABLE);
      return [];
    },
    importedKeys: async (table) => {
      expectSent('table of GetImportedKeys', table, TABLE);
      return [];
    },
    crossReference: async (primary, foreign) => {
      expectSent('primary table of GetCrossReference', primary, {
        catalog: 'pk_catalog',
        dbSchema: 'pk_db_schema',
        table: 'pk_table',
      });
      expectSent('foreign table of GetCrossReference', foreign, {
        catalog: 'fk_catalog',
        dbSchema: 'fk_db_schema',
        table: 'fk_table',
      });
      return [];
    },
    xdbcTypes: async (dataType) => {
      expectSent('data type of GetXdbcTypeInfo', dataType, undefined);
      return [];
    },
  };
}
