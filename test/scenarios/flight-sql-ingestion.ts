import { countRows, expectSent, type Scenario, textOf } from './scenario.ts';
import { sqlInfo } from './sql-info.ts';

/** `flight_sql:ingestion`: every field of CommandStatementIngest, and rows that are NULL only. */
export function flightSqlIngestion(): Scenario {
  return {
    producer: {
      ...sqlInfo(),
      ingest: async (request, rows) => {
        const { transactionId, options, ...named } = request;
        expectSent('transaction', transactionId && textOf(transactionId), '123');
        expectSent('options', Object.fromEntries(options), { key1: 'val1', key2: 'val2' });
        expectSent('target of the ingest', named, {
          table: 'test_table',
          dbSchema: 'test_schema',
          catalog: 'test_catalog',
          temporary: true,
          ifNotExists: 'create',
          ifExists: 'replace',
        });
        expectSent('schema of the rows', rows.schema, {
          fields: [
            { name: 'test_field', type: { kind: 'int', bits: 64, signed: true }, nullable: true },
          ],
        });
        return countRows(rows);
      },
    },
  };
}
