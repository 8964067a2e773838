package clients;

import static clients.Cases.expect;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.PollInfo;
import org.apache.arrow.flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.auth.BasicClientAuthHandler;
import org.apache.arrow.flight.client.ClientCookieMiddleware;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;

/** The scenarios of plain Flight. */
final class FlightScenarios extends ScenarioClient {
  FlightScenarios(BufferAllocator allocator, int port) {
    super(allocator, port);
  }

  void sessionOptions() throws Exception {
    SessionOptionValue list =
        SessionOptionValueFactory.makeSessionOptionValue(new String[] {"a", " ", "(づ｡◕‿‿◕｡)づ"});
    SessionOptionValue number = SessionOptionValueFactory.makeSessionOptionValue(123L);
    SessionOptionValue fraction = SessionOptionValueFactory.makeSessionOptionValue(456.0);
    SessionOptionValue text = SessionOptionValueFactory.makeSessionOptionValue("lol_invalid");
    flight.close();
    try (FlightSqlClient client =
        new FlightSqlClient(connect.intercept(new ClientCookieMiddleware.Factory()).build())) {
      Map<String, SessionOptionValue> options = new LinkedHashMap<>();
      options.put("foolong", number);
      options.put("bardouble", fraction);
      options.put("big_ol_string_list", list);
      options.put("lol_invalid", number);
      options.put("key_with_invalid_value", text);
      Map<String, SetSessionOptionsResult.Error> errors =
          client.setSessionOptions(new SetSessionOptionsRequest(options)).getErrors();
      expect(
          "errors",
          errors,
          Map.of(
              "lol_invalid",
                  new SetSessionOptionsResult.Error(
                      SetSessionOptionsResult.ErrorValue.INVALID_NAME),
              "key_with_invalid_value",
                  new SetSessionOptionsResult.Error(
                      SetSessionOptionsResult.ErrorValue.INVALID_VALUE)));
      expect(
          "options",
          client.getSessionOptions(new GetSessionOptionsRequest()).getSessionOptions(),
          Map.of("foolong", number, "bardouble", fraction, "big_ol_string_list", list));
      client.setSessionOptions(
          new SetSessionOptionsRequest(
              Map.of("foolong", SessionOptionValueFactory.makeEmptySessionOptionValue())));
      expect(
          "options left",
          client.getSessionOptions(new GetSessionOptionsRequest()).getSessionOptions(),
          Map.of("bardouble", fraction, "big_ol_string_list", list));
      CloseSessionResult closed = client.closeSession(new CloseSessionRequest());
      expect("end of the session", closed.getStatus(), CloseSessionResult.Status.CLOSED);
    }
  }

  void pollFlightInfo() throws Exception {
    try (sql) {
      PollInfo first = flight.pollInfo(command("heavy query"));
      expect("progress", first.getProgress().orElse(-1.0), 0.1);
      expect("it expires", first.getExpirationTime().isPresent(), true);
      PollInfo last = flight.pollInfo(first.getFlightDescriptor().orElseThrow());
      expect("progress at the end", last.getProgress().orElse(-1.0), 1.0);
      expect("it expires at the end", last.getExpirationTime().isPresent(), false);
      expect("there is more at the end", last.getFlightDescriptor().isPresent(), false);
    }
  }

  void readsExpiring() throws Exception {
    try (sql) {
      List<FlightEndpoint> endpoints = flight.getInfo(command("expiration_time")).getEndpoints();
      for (int i = 0; i < endpoints.size(); i++) {
        expect(
            "endpoint " + i + " expires", endpoints.get(i).getExpirationTime().isPresent(), i > 0);
        expect("its rows", numbers(endpoints.get(i)), List.of(i));
      }
      expect("endpoints", endpoints.size(), 3);
    }
  }

  void listsActions() throws Exception {
    try (sql) {
      List<String> types = new ArrayList<>();
      for (ActionType action : flight.listActions()) {
        types.add(action.getType());
      }
      expect("actions", types, List.of("CancelFlightInfo", "RenewFlightEndpoint"));
    }
  }

  void cancelsFlightInfo() throws Exception {
    try (sql) {
      FlightInfo info = flight.getInfo(command("expiration"));
      CancelStatus status = flight.cancelFlightInfo(new CancelFlightInfoRequest(info)).getStatus();
      expect("status", status, CancelStatus.CANCELLED);
      for (FlightEndpoint endpoint : info.getEndpoints()) {
        fails(() -> numbers(endpoint));
      }
    }
  }

  void renewsEndpoint() throws Exception {
    try (sql) {
      for (FlightEndpoint endpoint : flight.getInfo(command("expiration")).getEndpoints()) {
        if (endpoint.getExpirationTime().isEmpty()) {
          continue;
        }
        Instant renewed =
            flight
                .renewFlightEndpoint(new RenewFlightEndpointRequest(endpoint))
                .getExpirationTime()
                .orElseThrow();
        expect("it lives longer", renewed.isAfter(endpoint.getExpirationTime().get()), true);
      }
    }
  }

  void ordered() throws Exception {
    try (sql) {
      FlightInfo info = flight.getInfo(command("ordered"));
      expect("ordered", info.getOrdered(), true);
      List<Object> rows = new ArrayList<>();
      for (FlightEndpoint endpoint : info.getEndpoints()) {
        expect("locations", endpoint.getLocations().size(), 0);
        rows.addAll(numbers(endpoint));
      }
      expect("rows", rows, List.of(1, 2, 3, 10, 20, 30, 100, 200, 300));
    }
  }

  void appMetadata() throws Exception {
    try (sql) {
      FlightInfo info = flight.getInfo(command("foobar"));
      expect("metadata", new String(info.getAppMetadata(), UTF_8), "foobar");
      expect("endpoints", info.getEndpoints().size(), 1);
      byte[] metadata = info.getEndpoints().get(0).getAppMetadata();
      expect("metadata of the endpoint", new String(metadata, UTF_8), "foobar");
    }
  }

  void reuseConnection() throws Exception {
    try (sql) {
      List<FlightEndpoint> endpoints = flight.getInfo(command("reuse")).getEndpoints();
      expect("endpoints", endpoints.size(), 1);
      List<Location> locations = endpoints.get(0).getLocations();
      expect("locations", locations, List.of(Location.reuseConnection()));
    }
  }

  void middleware() throws Exception {
    List<String> received = new ArrayList<>();
    flight.close();
    try (FlightClient client = connect.intercept(info -> new Echo(received)).build()) {
      fails(() -> client.getInfo(FlightDescriptor.command(new byte[0])));
      expect("headers of a failed call", received, List.of("expected value"));
      client.getInfo(command("success"));
      expect("headers", received, List.of("expected value", "expected value"));
    }
  }

  void basicProto() throws Exception {
    try (sql) {
      FlightRuntimeException refusal = fails(() -> flight.listActions().forEach(action -> {}));
      expect("refusal", refusal.status().code(), FlightStatusCode.UNAUTHENTICATED);
      flight.authenticate(new BasicClientAuthHandler("arrow", "flight"));
      byte[] body = flight.doAction(new Action("")).next().getBody();
      expect("result", new String(body, UTF_8), "arrow");
    }
  }

  /** Sends a header and keeps what comes back. */
  private record Echo(List<String> received) implements FlightClientMiddleware {
    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {
      headers.insert("x-middleware", "expected value");
    }

    @Override
    public void onHeadersReceived(CallHeaders headers) {
      received.add(headers.get("x-middleware"));
    }

    @Override
    public void onCallCompleted(CallStatus status) {}
  }

  private interface Call {
    void run() throws Exception;
  }

  private static FlightRuntimeException fails(Call call) throws Exception {
    try {
      call.run();
    } catch (FlightRuntimeException failure) {
      return failure;
    }
    throw new AssertionError("expected a failure, found success");
  }

  /** The rows of the one column behind an endpoint. */
  private List<Object> numbers(FlightEndpoint endpoint) throws Exception {
    List<Object> rows = new ArrayList<>();
    try (FlightStream stream = flight.getStream(endpoint.getTicket())) {
      while (stream.next()) {
        for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
          rows.add(stream.getRoot().getVector("number").getObject(row));
        }
      }
    }
    return rows;
  }

  private static FlightDescriptor command(String text) {
    return FlightDescriptor.command(text.getBytes(UTF_8));
  }
}
