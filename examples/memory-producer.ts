import type { ArrowBatch } from '../src/arrow/batch.ts';
import { float64Column, int32Column, makeBatch, utf8Column } from '../src/arrow/columns.ts';
import type { ArrowSchema } from '../src/arrow/types.ts';
import { HanaFlightError } from '../src/core/errors.ts';
import type { FlightSqlProducer, StatementPlan } from '../src/flight/producer.ts';

/** A table kept in memory. */
export interface MemoryTable {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
}

/**
 * The smallest backend that a Flight SQL client can query: the SQL text is the name of a table. What it
 * leaves out, the server answers UNIMPLEMENTED.
 */
export function memoryProducer(tables: ReadonlyMap<string, MemoryTable>): FlightSqlProducer {
  const find = (name: string): MemoryTable => {
    const table = tables.get(name);
    if (table === undefined) throw new HanaFlightError('not-found', `there is no table ${name}`);
    return table;
  };
  const plan = (name: string): StatementPlan => {
    const { schema, batches } = find(name);
    const totalRecords = batches.reduce((rows, batch) => rows + batch.rowCount, 0);
    return { schema, endpoints: [{ handle: Buffer.from(name) }], totalRecords, ordered: true };
  };
  return {
    planStatement: async ({ sql }) => plan(sql),
    describeStatement: async ({ sql }) => find(sql).schema,
    openStatement: async (handle) => {
      const { schema, batches } = find(Buffer.from(handle).toString());
      return { schema, batches: inTurn(batches) };
    },
    createPreparedStatement: async ({ sql }) => ({
      handle: Buffer.from(sql),
      datasetSchema: find(sql).schema,
      parameterSchema: { fields: [] },
      isUpdate: false,
    }),
    closePreparedStatement: async () => undefined,
    planPreparedStatement: async (handle) => plan(Buffer.from(handle).toString()),
    describePreparedStatement: async (handle) => find(Buffer.from(handle).toString()).schema,
  };
}

/** A table to try it with. */
export const CITIES: MemoryTable = {
  schema: {
    fields: [
      { name: 'NAME', type: { kind: 'utf8' }, nullable: true },
      { name: 'FOUNDED', type: { kind: 'int', bits: 32, signed: true }, nullable: true },
      { name: 'AREA', type: { kind: 'float', bits: 64 }, nullable: true },
    ],
  },
  batches: [
    makeBatch(2, [
      utf8Column(['Walldorf', 'Heidelberg']),
      int32Column([770, 1196]),
      float64Column([19.9, 108.8]),
    ]),
    makeBatch(1, [utf8Column(['Köln']), int32Column([null]), float64Column([405])]),
  ],
};

async function* inTurn(batches: readonly ArrowBatch[]): AsyncGenerator<ArrowBatch> {
  yield* batches;
}
