import { HanaFlightError } from '../../src/core/errors.ts';
import { NO_COLUMNS, numberSchema } from './query-schemas.ts';
import { bytesOf, expectSent, type Scenario, textOf } from './scenario.ts';

/** `app_metadata_flight_info_endpoint`: the command comes back as metadata of the flight and its endpoint. */
export function appMetadata(): Scenario {
  return {
    producer: {
      planFlight: async (command) => ({
        schema: numberSchema(false),
        endpoints: [{ ticket: bytesOf('ticket'), appMetadata: command }],
        totalRecords: -1,
        ordered: false,
        appMetadata: command,
      }),
    },
  };
}

/** `location:reuse_connection`: an endpoint that says in words that it is where the client is already. */
export function reuseConnection(): Scenario {
  return {
    producer: {
      planFlight: async (command) => {
        expectSent('command', textOf(command), 'reuse');
        const locations = ['arrow-flight-reuse-connection://?'];
        return {
          schema: NO_COLUMNS,
          endpoints: [{ ticket: bytesOf('reuse'), locations }],
          totalRecords: -1,
          ordered: false,
        };
      },
    },
  };
}

/** `middleware`: a request header comes back with the answer, be it good or bad. */
export function middleware(): Scenario {
  const header = 'x-middleware';
  return {
    responseHeaders: (request) => ({ [header]: request.get(header) ?? '' }),
    producer: {
      planFlight: async (command) => {
        if (textOf(command) !== 'success') {
          throw new HanaFlightError('invalid-argument', 'this call is meant to fail');
        }
        return { schema: NO_COLUMNS, endpoints: [], totalRecords: -1, ordered: false };
      },
    },
  };
}
