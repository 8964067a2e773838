package clients;

import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;

/** A connection to a scenario's server, closed by the program's end. */
abstract class ScenarioClient {
  final BufferAllocator allocator;
  final FlightClient.Builder connect;
  final FlightClient flight;
  final FlightSqlClient sql;

  ScenarioClient(BufferAllocator allocator, int port) {
    this.allocator = allocator;
    this.connect = FlightClient.builder(allocator, Location.forGrpcInsecure("localhost", port));
    this.flight = connect.build();
    this.sql = new FlightSqlClient(flight);
  }
}
