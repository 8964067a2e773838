import { HanaFlightError } from '../../core/errors.ts';
import { endpointMessage, endpointOf } from '../flight-info.ts';
import type { CancelStatus } from '../producer.ts';
import {
  FLIGHT,
  type FlightEndpointMessage,
  type FlightInfo,
  messageCodec,
  packAny,
} from '../protocol.ts';
import { type ActionRow, bareAction, packedAction } from './action-table.ts';
import { FLIGHT_SQL_PACKAGE } from './command-table.ts';
import { endpointOfStatement, handleInTicket } from './statement-commands.ts';

const cancelQueryRequest = messageCodec<{ readonly info: Uint8Array }>(
  `${FLIGHT_SQL_PACKAGE}ActionCancelQueryRequest`,
);
const cancelQueryResult = messageCodec<{ readonly result: number }>(
  `${FLIGHT_SQL_PACKAGE}ActionCancelQueryResult`,
);
const cancelRequest = messageCodec<{ readonly info: FlightInfo | null }>(
  'arrow.flight.protocol.CancelFlightInfoRequest',
);
const cancelResult = messageCodec<{ readonly status: number }>(
  'arrow.flight.protocol.CancelFlightInfoResult',
);
const renewRequest = messageCodec<{ readonly endpoint: FlightEndpointMessage | null }>(
  'arrow.flight.protocol.RenewFlightEndpointRequest',
);

/** Numbers of CancelStatus, and of CancelQuery's CancelResult. */
const CANCEL_STATUS = {
  unspecified: 0,
  cancelled: 1,
  cancelling: 2,
  'not-cancellable': 3,
} as const satisfies Record<CancelStatus, number>;

/** Actions on what GetFlightInfo answered. */
export const FLIGHT_ACTIONS: readonly ActionRow[] = [
  packedAction({
    type: 'CancelQuery',
    doc: 'cancels a query; superseded by CancelFlightInfo',
    needs: 'cancelStatement',
    superseded: true,
    request: cancelQueryRequest,
    run: async ({ info }, { producer, call }) => {
      const status = await producer.cancelStatement(handlesOf(FLIGHT.info.decode(info)), call);
      return packAny(cancelQueryResult, { result: CANCEL_STATUS[status] });
    },
  }),
  bareAction({
    type: 'CancelFlightInfo',
    doc: 'cancels the work behind a FlightInfo',
    needs: 'cancelStatement',
    request: cancelRequest,
    run: async ({ info }, { producer, call }) => {
      if (info === null) throw missing('CancelFlightInfo', 'a FlightInfo');
      const status = await producer.cancelStatement(handlesOf(info), call);
      return cancelResult.encode({ status: CANCEL_STATUS[status] });
    },
  }),
  bareAction({
    type: 'RenewFlightEndpoint',
    doc: 'extends the life of an endpoint',
    needs: 'renewStatement',
    request: renewRequest,
    run: async (request, { producer, call }) => {
      const endpoint = request.endpoint === null ? undefined : endpointOf(request.endpoint);
      if (endpoint === undefined) {
        throw missing('RenewFlightEndpoint', 'an endpoint with a ticket');
      }
      const handle = handleInTicket(endpoint.ticket);
      const renewed = await producer.renewStatement(handle ?? endpoint.ticket, call);
      const ticket = handle === undefined ? renewed.handle : endpointOfStatement(renewed).ticket;
      const { expiresAt } = renewed;
      return FLIGHT.endpoint.encode(endpointMessage({ ...endpoint, ticket, expiresAt }));
    },
  }),
];

/** What a producer knows the endpoints by: the handles of statements, else the tickets themselves. */
function handlesOf(info: FlightInfo): readonly Uint8Array[] {
  return info.endpoint.flatMap((message) => {
    const endpoint = endpointOf(message);
    return endpoint === undefined ? [] : [handleInTicket(endpoint.ticket) ?? endpoint.ticket];
  });
}

function missing(action: string, expected: string): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `body of the action ${action}: expected ${expected}, got none`,
  );
}
