import type { ClientRule, EndpointPolicy } from '../../core/endpoint-policy.ts';
import type { PlanLimits } from '../../planner/plan.ts';

/** A rule of ours, with what it rests on. */
interface ReasonedRule extends ClientRule {
  readonly clients: string;
  /** Goes on after "one endpoint, because …", or says why many are fine. */
  readonly reason: string;
}

/** What is known of clients; the first rule that fits counts. */
export const CLIENT_RULES: readonly ReasonedRule[] = [
  {
    pattern: 'ADBC Flight SQL Driver',
    endpoints: 'many',
    clients: 'ADBC (Go, Python, R, C, C#), and with it Polars, DuckDB, pandas, Power BI',
    reason: 'it reads all endpoints at once and delivers them in their order',
  },
  {
    pattern: 'hana-flight',
    endpoints: 'many',
    clients: '`hana-flight query`',
    reason: 'it reads several endpoints at once and keeps to `FlightInfo.ordered`',
  },
  {
    pattern: 'grpc-java',
    endpoints: 'ordered-one',
    clients: 'Arrow Flight SQL JDBC driver (DBeaver, Tableau, Metabase, Spark), ADBC for Java',
    reason: 'the JDBC driver mixes the rows of several endpoints',
  },
  {
    pattern: 'grpc-c++',
    endpoints: 'ordered-one',
    clients: 'Flight SQL ODBC driver, pyarrow.flight, C++',
    reason: 'the ODBC driver mixes the rows of several endpoints',
  },
  {
    pattern: 'grpc-node-js',
    endpoints: 'one',
    clients: '`@lancedb/arrow-flight-sql-client`, `@firetiger-oss/flight-sql-client`',
    reason: 'clients for Node refuse several endpoints or read only the first',
  },
  {
    pattern: 'grpc-go',
    endpoints: 'many',
    clients: 'arrow-go `flightsql.Client`, its `database/sql` driver',
    reason: 'programs read the endpoints themselves, in the order they came',
  },
  {
    pattern: 'tonic',
    endpoints: 'many',
    clients: 'Rust `arrow-flight`, `flight_sql_client`',
    reason: 'it reads one endpoint after the other',
  },
];

/** For whoever is not in the table. */
export const UNKNOWN_CLIENT: Omit<ReasonedRule, 'pattern'> = {
  endpoints: 'ordered-one',
  clients: 'any other',
  reason: 'this client is not known to keep several endpoints in order',
};

/**
 * What the client with this `user-agent` can take. Rules of the settings come before our own.
 * @param userAgent undefined for a client that sends none.
 */
export function endpointPolicyOf(
  userAgent: string | undefined,
  overrides: readonly ClientRule[],
): EndpointPolicy {
  return ruleOf(userAgent, overrides).endpoints;
}

/** The same as limits of a plan, with the reason that the plan gives for them. */
export function clientLimits(
  userAgent: string | undefined,
  overrides: readonly ClientRule[],
): Pick<PlanLimits, 'orderedInOne' | 'oneEndpoint'> {
  const { endpoints, reason } = ruleOf(userAgent, overrides);
  if (endpoints === 'many') return {};
  return endpoints === 'one' ? { oneEndpoint: reason } : { orderedInOne: reason };
}

function ruleOf(
  userAgent: string | undefined,
  overrides: readonly ClientRule[],
): Omit<ReasonedRule, 'pattern' | 'clients'> {
  const agent = (userAgent ?? '').toLowerCase();
  const fits = ({ pattern }: ClientRule) => agent.includes(pattern.toLowerCase());
  const override = overrides.find(fits);
  if (override !== undefined) {
    const { pattern, endpoints } = override;
    return { endpoints, reason: `--client-endpoints says so for clients of "${pattern}"` };
  }
  return CLIENT_RULES.find(fits) ?? UNKNOWN_CLIENT;
}
