import { int32Column, makeBatch } from '../../src/arrow/columns.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import { numberSchema } from './query-schemas.ts';
import { bytesOf, type Scenario, streamOf, textOf } from './scenario.ts';

const SCHEMA = numberSchema(true);

/** Rows behind each ticket. */
const ROWS: ReadonlyMap<string, readonly number[]> = new Map([
  ['1', [1, 2, 3]],
  ['2', [10, 20, 30]],
  ['3', [100, 200, 300]],
]);

/** `ordered`: three endpoints to be read one after the other. */
export function ordered(): Scenario {
  return {
    producer: {
      planFlight: async (command) => ({
        schema: SCHEMA,
        endpoints: [...ROWS.keys()].map((ticket) => ({ ticket: bytesOf(ticket) })),
        totalRecords: -1,
        ordered: textOf(command) === 'ordered',
      }),
      openFlight: async (ticket) => {
        const rows = ROWS.get(textOf(ticket));
        if (rows === undefined) {
          throw new HanaFlightError('not-found', `no flight has the ticket ${textOf(ticket)}`);
        }
        return streamOf(SCHEMA, makeBatch(rows.length, [int32Column(rows)]));
      },
    },
  };
}
