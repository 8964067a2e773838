import { HanaFlightError } from '../../src/core/errors.ts';
import type { FlightPlan } from '../../src/flight/producer.ts';
import { numberSchema } from './query-schemas.ts';
import { bytesOf, type Scenario, textOf } from './scenario.ts';

const GOOD_FOR_MS = 10_000;

const PLAN: FlightPlan = {
  schema: numberSchema(false),
  endpoints: [{ ticket: bytesOf('long-running query') }],
  totalRecords: -1,
  ordered: false,
};

/** `poll_flight_info`: a query that is done when it is asked for the second time. */
export function pollFlightInfo(): Scenario {
  return {
    producer: {
      pollFlight: async (command) => {
        switch (textOf(command)) {
          case 'heavy query':
            return {
              plan: PLAN,
              nextCommand: bytesOf('poll'),
              progress: 0.1,
              expiresAt: new Date(Date.now() + GOOD_FOR_MS),
            };
          case 'poll':
            return { plan: PLAN, progress: 1 };
          default:
            throw new HanaFlightError('not-found', `no query ${textOf(command)} is running`);
        }
      },
    },
  };
}
