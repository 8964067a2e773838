package clients;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Calls every method of {@link DatabaseMetaData}; a result set is read to its end. */
final class MetadataWalk {
  private static final String[][] NO_TEXTS = {};

  /** Arguments that fit every method that takes texts only, by their number. */
  private static final Map<Integer, String[]> TEXTS =
      Map.of(
          0,
          new String[] {},
          2,
          new String[] {null, "SALES"},
          3,
          new String[] {null, "SALES", "TRANSACTIONS"},
          4,
          new String[] {null, "SALES", "TRANSACTIONS", "%"},
          6,
          new String[] {null, "SALES", "TRANSACTIONS", null, "SALES", "TRANSACTIONS"});

  /**
   * Arguments that a tool sends, where a method takes others, or where one set of them is not
   * enough.
   */
  private static final Map<String, Object[][]> ARGUMENTS =
      Map.ofEntries(
          Map.entry(
              "getTables",
              new Object[][] {
                {null, null, null, null},
                {null, null, "%", null},
                {null, "SALES", "%", new String[] {"TABLE"}},
                {null, "SALES", "%", new String[] {"TABLE", "VIEW", "SYSTEM TABLE"}},
                {null, "SAL%", "TRANS_CTIONS", null},
                {null, "NO_SUCH_SCHEMA", "%", null},
                {"", "SALES", "%", null},
              }),
          Map.entry(
              "getColumns",
              new Object[][] {
                {null, null, null, null},
                {null, "SALES", "%", "%"},
                {null, "SALES", "ALL\\_TYPES", null},
                {null, "SALES", "ALL_TYPES", "C\\_%"},
                {"", "SALES", "TRANSACTIONS", "QUANTITY"},
              }),
          Map.entry(
              "getPrimaryKeys",
              new Object[][] {
                {null, "SALES", "TRANSACTIONS"},
                {"", "SALES", "TRANSACTIONS"},
                {null, null, "TRANSACTIONS"},
                {null, "SALES", "NO_SUCH_TABLE"},
              }),
          Map.entry("getSchemas", new Object[][] {{}, {null, null}, {null, "SAL%"}, {"", "SALES"}}),
          Map.entry(
              "getBestRowIdentifier",
              new Object[][] {
                {null, "SALES", "TRANSACTIONS", DatabaseMetaData.bestRowSession, true}
              }),
          Map.entry("getIndexInfo", new Object[][] {{null, "SALES", "TRANSACTIONS", false, true}}),
          Map.entry("getUDTs", new Object[][] {{null, "SALES", "%", new int[] {Types.STRUCT}}}),
          Map.entry("supportsConvert", new Object[][] {{}, {Types.INTEGER, Types.VARCHAR}}),
          Map.entry("unwrap", new Object[][] {{DatabaseMetaData.class}}),
          Map.entry("isWrapperFor", new Object[][] {{DatabaseMetaData.class}}));

  /**
   * Values of the methods that take numbers: of the isolation level, type or concurrency of
   * results.
   */
  private static final Map<String, Object[][]> NUMBERS =
      Map.of(
          "supportsTransactionIsolationLevel",
          new Object[][] {
            {Connection.TRANSACTION_NONE},
            {Connection.TRANSACTION_READ_COMMITTED},
            {Connection.TRANSACTION_SERIALIZABLE}
          },
          "supportsResultSetHoldability",
          new Object[][] {
            {ResultSet.CLOSE_CURSORS_AT_COMMIT}, {ResultSet.HOLD_CURSORS_OVER_COMMIT}
          },
          "supportsResultSetConcurrency",
          new Object[][] {{ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY}});

  /** What the driver's base, Avatica, throws for any server: nothing is sent. */
  private static final String NOT_IN_DRIVER = "todo: implement this method";

  /** The methods that it throws it for. One that works one day is to be taken from this list. */
  private static final Set<String> NOT_IN_DRIVER_METHODS =
      Set.of(
          "deletesAreDetected",
          "insertsAreDetected",
          "updatesAreDetected",
          "othersDeletesAreVisible",
          "othersInsertsAreVisible",
          "othersUpdatesAreVisible",
          "ownDeletesAreVisible",
          "ownInsertsAreVisible",
          "ownUpdatesAreVisible",
          "supportsResultSetHoldability");

  private final DatabaseMetaData metadata;
  private final List<String> failures = new ArrayList<>();
  private int calls;

  private MetadataWalk(DatabaseMetaData metadata) {
    this.metadata = metadata;
  }

  /**
   * @return how many calls were made.
   */
  static int run(DatabaseMetaData metadata) throws SQLException {
    MetadataWalk walk = new MetadataWalk(metadata);
    Method[] methods = DatabaseMetaData.class.getMethods();
    Arrays.sort(methods, Comparator.comparing(Method::getName).thenComparing(Method::toString));
    TreeSet<String> untried = new TreeSet<>();
    for (Method method : methods) {
      Object[][] tries = walk.argumentsFor(method);
      if (tries.length == 0) {
        untried.add(method.toString());
      }
      for (Object[] arguments : tries) {
        walk.call(method, arguments);
      }
    }
    if (!untried.isEmpty()) {
      walk.failures.add("no arguments are known for " + untried);
    }
    if (!walk.failures.isEmpty()) {
      throw new AssertionError(
          walk.failures.size()
              + " of "
              + walk.calls
              + " calls failed:\n"
              + String.join("\n", walk.failures));
    }
    return walk.calls;
  }

  private Object[][] argumentsFor(Method method) {
    Class<?>[] types = method.getParameterTypes();
    Object[][] named = ARGUMENTS.getOrDefault(method.getName(), NUMBERS.get(method.getName()));
    if (named != null) {
      return Arrays.stream(named)
          .filter(some -> some.length == types.length)
          .toArray(Object[][]::new);
    }
    if (Arrays.stream(types).allMatch(type -> type == String.class)) {
      return TEXTS.containsKey(types.length) ? new Object[][] {TEXTS.get(types.length)} : NO_TEXTS;
    }
    // What is left asks about a type of result sets.
    if (types.length == 1 && types[0] == int.class) {
      return new Object[][] {
        {ResultSet.TYPE_FORWARD_ONLY},
        {ResultSet.TYPE_SCROLL_INSENSITIVE},
        {ResultSet.TYPE_SCROLL_SENSITIVE}
      };
    }
    return NO_TEXTS;
  }

  private void call(Method method, Object[] arguments) {
    calls++;
    boolean inDriver = !NOT_IN_DRIVER_METHODS.contains(method.getName());
    try {
      Object result = method.invoke(metadata, arguments);
      if (!inDriver) {
        failures.add(method.getName() + " is in the driver after all");
      }
      if (result instanceof ResultSet rows) {
        readToEnd(rows);
      }
    } catch (InvocationTargetException failure) {
      if (!inDriver && NOT_IN_DRIVER.equals(failure.getCause().getMessage())) {
        return;
      }
      fail(method, arguments, failure.getCause());
    } catch (Exception failure) {
      fail(method, arguments, failure);
    }
  }

  private static void readToEnd(ResultSet rows) throws SQLException {
    try (rows) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int i = 1; i <= columns; i++) {
          rows.getObject(i);
        }
      }
    }
  }

  private void fail(Method method, Object[] arguments, Throwable failure) {
    String at =
        Arrays.stream(failure.getStackTrace())
            .limit(3)
            .map(StackTraceElement::toString)
            .reduce("", (before, frame) -> before + " < " + frame);
    failures.add(method.getName() + Arrays.deepToString(arguments) + ": " + failure + at);
  }
}
