/**
 * Most bytes of all tickets of one FlightInfo. Clients in Rust, Node, .NET and Go take messages up to 4 MiB;
 * the other half is left for the schema and the report of the plan.
 */
export const MAX_TICKETS_BYTES = 2 * 1024 * 1024;

/** What an endpoint adds to its handle: the packing of the ticket, the expiry, field tags. */
const ENDPOINT_OVERHEAD_BYTES = 128;

/**
 * How many endpoints with handles of this size a FlightInfo has room for; at least one, as a result must
 * have one. The handle of the longest SQL text is the one to measure.
 */
export function endpointsThatFit(handleBytes: number): number {
  return Math.max(1, Math.floor(MAX_TICKETS_BYTES / (handleBytes + ENDPOINT_OVERHEAD_BYTES)));
}
