package clients;

import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The client's half of Arrow's integration scenarios, written with arrow-java's own clients.
 * Arguments: port scenario
 */
public final class Scenarios {
  private interface Scenario {
    void run(BufferAllocator allocator, int port) throws Exception;
  }

  private interface SqlScenario {
    void run(SqlScenarios client) throws Exception;
  }

  private interface FlightScenario {
    void run(FlightScenarios client) throws Exception;
  }

  private static final Map<String, Scenario> SCENARIOS =
      Map.ofEntries(
          sql("flight_sql", SqlScenarios::flightSql),
          sql("flight_sql:extension", SqlScenarios::extension),
          sql("flight_sql:ingestion", SqlScenarios::ingestion),
          flight("session_options", FlightScenarios::sessionOptions),
          flight("poll_flight_info", FlightScenarios::pollFlightInfo),
          flight("expiration_time:do_get", FlightScenarios::readsExpiring),
          flight("expiration_time:list_actions", FlightScenarios::listsActions),
          flight("expiration_time:cancel_flight_info", FlightScenarios::cancelsFlightInfo),
          flight("expiration_time:renew_flight_endpoint", FlightScenarios::renewsEndpoint),
          flight("ordered", FlightScenarios::ordered),
          flight("app_metadata_flight_info_endpoint", FlightScenarios::appMetadata),
          flight("location:reuse_connection", FlightScenarios::reuseConnection),
          flight("middleware", FlightScenarios::middleware),
          flight("auth:basic_proto", FlightScenarios::basicProto));

  private Scenarios() {}

  public static void main(String[] arguments) throws Exception {
    Scenario scenario = arguments.length == 2 ? SCENARIOS.get(arguments[1]) : null;
    if (scenario == null) {
      System.err.println("expected arguments: port, and a scenario of " + SCENARIOS.keySet());
      System.exit(2);
    }
    try (BufferAllocator allocator = new RootAllocator()) {
      scenario.run(allocator, Integer.parseInt(arguments[0]));
    } catch (Throwable failure) {
      System.err.println(Cases.textOf(failure));
      System.exit(1);
    }
    System.exit(0);
  }

  private static Map.Entry<String, Scenario> sql(String name, SqlScenario scenario) {
    return Map.entry(name, (allocator, port) -> scenario.run(new SqlScenarios(allocator, port)));
  }

  private static Map.Entry<String, Scenario> flight(String name, FlightScenario scenario) {
    return Map.entry(name, (allocator, port) -> scenario.run(new FlightScenarios(allocator, port)));
  }
}
