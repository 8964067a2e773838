/** What a kind of client can take of several endpoints. */
export const ENDPOINT_POLICIES = ['one', 'ordered-one', 'many'] as const;

/**
 * `many`: as many as the plan has. `ordered-one`: one endpoint for a result with an order. `one`: always
 * one endpoint.
 */
export type EndpointPolicy = (typeof ENDPOINT_POLICIES)[number];

/** A rule for the clients whose user agent contains a text. */
export interface ClientRule {
  /** Found anywhere in the `user-agent` header, in any case. */
  readonly pattern: string;
  readonly endpoints: EndpointPolicy;
}
