import { makeBatch, uint32Column } from '../../src/arrow/columns.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { CancelStatus, FlightEndpoint } from '../../src/flight/producer.ts';
import { numberSchema } from './query-schemas.ts';
import { bytesOf, type Scenario, streamOf, textOf } from './scenario.ts';

const SCHEMA = numberSchema(false);
/** How long the endpoints are good for; the first one has no limit, but is read only once. */
const LIVES_MS = [undefined, 5_000, 6_000];
const RENEWED_FOR_MS = 10_000;

/** Commands that the clients of the languages send. */
const COMMANDS = ['expiration_time', 'expiration'];

interface Endpoint {
  expiresAt: Date | undefined;
  reads: number;
  cancelled: boolean;
}

/** `expiration_time:*`: endpoints that expire, can be renewed, and are cancelled together. */
export function expirationTime(): Scenario {
  let endpoints: Endpoint[] = [];
  const find = (ticket: Uint8Array): { endpoint: Endpoint; index: number } => {
    const index = Number.parseInt(textOf(ticket), 10);
    const endpoint = endpoints[index];
    if (endpoint !== undefined) return { endpoint, index };
    throw new HanaFlightError('not-found', `no endpoint has the ticket ${textOf(ticket)}`);
  };
  return {
    producer: {
      planFlight: async (command) => {
        if (!COMMANDS.includes(textOf(command))) {
          throw new HanaFlightError('not-found', `there is no flight ${textOf(command)}`);
        }
        endpoints = LIVES_MS.map((lifeMs) => ({
          expiresAt: lifeMs === undefined ? undefined : new Date(Date.now() + lifeMs),
          reads: 0,
          cancelled: false,
        }));
        const offered = endpoints.map(offer);
        return { schema: SCHEMA, endpoints: offered, totalRecords: -1, ordered: false };
      },
      openFlight: async (ticket) => {
        const { endpoint, index } = find(ticket);
        expectGood(endpoint, textOf(ticket));
        endpoint.reads += 1;
        return streamOf(SCHEMA, makeBatch(1, [uint32Column([index])]));
      },
      cancelStatement: async (tickets) => {
        const statuses = tickets.map((ticket) => cancel(find(ticket).endpoint));
        return statuses.find((status) => status !== 'cancelled') ?? 'cancelled';
      },
      renewStatement: async (ticket) => {
        const { endpoint } = find(ticket);
        expectGood(endpoint, textOf(ticket));
        endpoint.expiresAt = new Date(Date.now() + RENEWED_FOR_MS);
        const handle = bytesOf(`${textOf(ticket)}: renewed`);
        return { handle, expiresAt: endpoint.expiresAt };
      },
    },
  };
}

function offer({ expiresAt }: Endpoint, index: number): FlightEndpoint {
  return { ticket: bytesOf(`${index}: endpoint`), expiresAt };
}

function expectGood({ cancelled, expiresAt, reads }: Endpoint, ticket: string): void {
  const fault = cancelled
    ? 'was cancelled'
    : expiresAt === undefined
      ? reads > 0 && 'was read already'
      : expiresAt.getTime() < Date.now() && 'has expired';
  if (fault !== false) throw new HanaFlightError('not-found', `the endpoint ${ticket} ${fault}`);
}

function cancel(endpoint: Endpoint): CancelStatus {
  if (endpoint.cancelled) return 'not-cancellable';
  endpoint.cancelled = true;
  return 'cancelled';
}
