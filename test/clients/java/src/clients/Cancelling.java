package clients;

import static clients.Cases.expect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Cancels a statement that would run for a minute. */
final class Cancelling {
  static final String LONG_STATEMENT =
      "SELECT COUNT(*) FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C"
          + " WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY";
  private static final String ACTIVE =
      "SELECT COUNT(*) FROM SYS.M_ACTIVE_STATEMENTS WHERE STATEMENT_STRING LIKE '%A.QUANTITY +"
          + " B.QUANTITY%' AND STATEMENT_STRING NOT LIKE '%M_ACTIVE_STATEMENTS%'";
  private static final int POLL_MS = 20;
  private static final int STARTS_WITHIN_MS = 20_000;

  /** HANA is to be free within a second; a loaded machine gets more. */
  private static final int ENDS_WITHIN_MS = 5_000;

  interface Source {
    Connection connect() throws SQLException;
  }

  private final Source source;

  Cancelling(Source source) {
    this.source = source;
  }

  void run() throws Exception {
    try (Connection connection = source.connect();
        Connection observer = source.connect()) {
      Statement statement = connection.createStatement();
      CompletableFuture<String> outcome =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  statement.executeQuery(LONG_STATEMENT).next();
                  return "a result";
                } catch (SQLException | RuntimeException cancelled) {
                  return "an error";
                }
              });
      expectActive(observer, 1, STARTS_WITHIN_MS);
      statement.cancel();
      expectActive(observer, 0, ENDS_WITHIN_MS);
      try {
        expect(
            "executeQuery of the cancelled statement",
            outcome.get(ENDS_WITHIN_MS, TimeUnit.MILLISECONDS),
            "an error");
      } catch (TimeoutException waiting) {
        throw new AssertionError(
            "executeQuery of the cancelled statement has not returned", waiting);
      }
      expect("the connection goes on", Jdbc.number(connection, "SELECT 1 FROM DUMMY"), 1L);
    }
  }

  private static void expectActive(Connection observer, long count, int withinMs) throws Exception {
    long until = System.currentTimeMillis() + withinMs;
    long active = Jdbc.number(observer, ACTIVE);
    while (active != count && System.currentTimeMillis() < until) {
      Thread.sleep(POLL_MS);
      active = Jdbc.number(observer, ACTIVE);
    }
    expect("active statements within " + withinMs + " ms", active, count);
  }
}
