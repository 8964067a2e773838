import { encodeSchemaMessage } from '../arrow/ipc-schema.ts';
import type { FlightEndpoint, FlightPlan, FlightProgress } from './producer.ts';
import {
  DESCRIPTOR_TYPE,
  FLIGHT,
  type FlightDescriptor,
  type FlightEndpointMessage,
  type FlightInfo,
  type Timestamp,
} from './protocol.ts';

/** A plan as the FlightInfo that answers `descriptor`, which airport and others want back unchanged. */
export function encodeFlightInfo(descriptor: FlightDescriptor, plan: FlightPlan): Buffer {
  return FLIGHT.info.encode(flightInfoOf(descriptor, plan));
}

/** Progress as the PollInfo that answers `descriptor`. */
export function encodePollInfo(descriptor: FlightDescriptor, progress: FlightProgress): Buffer {
  const { plan, nextCommand, progress: share, expiresAt } = progress;
  return FLIGHT.pollInfo.encode({
    info: flightInfoOf(descriptor, plan),
    ...(nextCommand && { flight_descriptor: { type: DESCRIPTOR_TYPE.cmd, cmd: nextCommand } }),
    ...(share !== undefined && { progress: share }),
    ...(expiresAt && { expiration_time: timestampOf(expiresAt) }),
  });
}

/** An endpoint as a message. No location means "from here", the one form that every client follows. */
export function endpointMessage(endpoint: FlightEndpoint): Partial<FlightEndpointMessage> {
  const { ticket, locations, expiresAt, appMetadata } = endpoint;
  return {
    ticket: { ticket },
    ...(locations && { location: locations.map((uri) => ({ uri })) }),
    ...(expiresAt && { expiration_time: timestampOf(expiresAt) }),
    ...(appMetadata && { app_metadata: appMetadata }),
  };
}

/** The way back: what a client sends of an endpoint; undefined without a ticket. */
export function endpointOf(message: Partial<FlightEndpointMessage>): FlightEndpoint | undefined {
  const ticket = message.ticket?.ticket;
  if (ticket === undefined) return undefined;
  return {
    ticket,
    locations: message.location?.map(({ uri }) => uri),
    appMetadata: message.app_metadata,
  };
}

function flightInfoOf(descriptor: FlightDescriptor, plan: FlightPlan): Partial<FlightInfo> {
  return {
    schema: encodeSchemaMessage(plan.schema),
    flight_descriptor: descriptor,
    endpoint: plan.endpoints.map(endpointMessage),
    total_records: plan.totalRecords,
    total_bytes: -1,
    ordered: plan.ordered,
    ...(plan.appMetadata && { app_metadata: plan.appMetadata }),
  };
}

function timestampOf(date: Date): Timestamp {
  const ms = date.getTime();
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}
