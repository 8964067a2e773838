import { HanaFlightError } from '../../src/core/errors.ts';
import { startFlightServer } from '../../src/flight/server.ts';
import { anyone } from './anyone.ts';
import { basicProto } from './basic-proto.ts';
import { expirationTime } from './expiration-time.ts';
import { appMetadata, middleware, reuseConnection } from './flight-info-fields.ts';
import { flightSql } from './flight-sql.ts';
import { flightSqlExtension } from './flight-sql-extension.ts';
import { flightSqlIngestion } from './flight-sql-ingestion.ts';
import { ordered } from './ordered.ts';
import { pollFlightInfo } from './poll-flight-info.ts';
import type { Scenario } from './scenario.ts';
import { sessionOptions } from './session-options.ts';

const SCENARIOS: Readonly<Record<string, () => Scenario>> = {
  flight_sql: flightSql,
  'flight_sql:extension': flightSqlExtension,
  'flight_sql:ingestion': flightSqlIngestion,
  session_options: sessionOptions,
  poll_flight_info: pollFlightInfo,
  'expiration_time:do_get': expirationTime,
  'expiration_time:list_actions': expirationTime,
  'expiration_time:cancel_flight_info': expirationTime,
  'expiration_time:renew_flight_endpoint': expirationTime,
  ordered,
  app_metadata_flight_info_endpoint: appMetadata,
  'location:reuse_connection': reuseConnection,
  middleware,
  'auth:basic_proto': basicProto,
};

/** In the words of Arrow's integration tests. */
export const SCENARIO_NAMES: readonly string[] = Object.keys(SCENARIOS);

export interface ScenarioServer {
  readonly port: number;
  close(): Promise<void>;
}

/** How long calls in flight may take once the server is to end. */
const GRACE_MS = 1_000;

/**
 * Serves one of Arrow's integration scenarios on the product's own gRPC, Arrow and Flight SQL layers.
 * @param port 0 takes a free one.
 * @throws HanaFlightError `invalid-argument` for a scenario that does not exist.
 */
export async function serveScenario(name: string, port: number): Promise<ScenarioServer> {
  const make = SCENARIOS[name];
  if (make === undefined) {
    throw new HanaFlightError(
      'invalid-argument',
      `expected a scenario of ${SCENARIO_NAMES.join(', ')}; got ${name === '' ? 'none' : name}`,
    );
  }
  const server = await startFlightServer({
    host: 'localhost',
    port,
    authenticator: anyone,
    ...make(),
  });
  return { port: server.port, close: () => server.close(GRACE_MS) };
}
