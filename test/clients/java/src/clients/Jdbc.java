package clients;

import static clients.Cases.expect;
import static clients.Cases.expectContains;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/** Tries hana-flight with Arrow's Flight SQL JDBC driver. Arguments: host:port user password */
public final class Jdbc {
  private static final int BATCH_ROWS = 1000;

  private final String url;
  private final String user;
  private final String password;

  private Jdbc(String address, String user, String password) {
    this.url = "jdbc:arrow-flight-sql://" + address + "/?useEncryption=false";
    this.user = user;
    this.password = password;
  }

  /** What a case does with a connection of its own. */
  private interface Work {
    void run(Connection connection) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 3) {
      System.err.println("expected arguments: host:port user password");
      System.exit(2);
    }
    new Jdbc(arguments[0], arguments[1], arguments[2]).run(new Cases());
    // The driver leaves threads behind.
    System.exit(0);
  }

  private void run(Cases cases) {
    cases.check("logs on", with(Jdbc::logsOn));
    cases.check("is refused with a wrong password", this::isRefused);
    cases.table(
        "reads ALL_TYPES",
        () -> {
          try (Connection connection = connect()) {
            return TableReader.read(query(connection, "SELECT * FROM SALES.ALL_TYPES ORDER BY ID"));
          }
        });
    cases.check("reads a result of many batches", with(Jdbc::readsManyBatches));
    cases.check("an empty result has its columns and no rows", with(Jdbc::readsNothing));
    cases.check(
        "calls every method of DatabaseMetaData",
        with(connection -> MetadataWalk.run(connection.getMetaData())));
    cases.check("finds schemas, tables, columns and keys", with(Jdbc::findsTables));
    cases.check("describes the columns of a result", with(Jdbc::describesColumns));
    cases.check("binds every type that can be set", with(Setters::run));
    cases.check("binds parameters of a query, again and again", with(Jdbc::bindsQuery));
    cases.check("inserts, updates and deletes with counts", with(Jdbc::changesRows));
    cases.check("inserts a batch", with(Jdbc::insertsBatch));
    cases.check("Statement.execute tells queries from updates", with(Jdbc::executes));
    cases.check("an unknown connection property disturbs nothing", this::ignoresProperty);
    cases.check("an error carries HANA's code and text", with(Jdbc::showsErrors));
    cases.check(
        "Statement.cancel ends the statement inside HANA",
        () -> new Cancelling(this::connect).run());
  }

  private Cases.Check with(Work work) {
    return () -> {
      try (Connection connection = connect()) {
        work.run(connection);
      }
    };
  }

  private Connection connect() throws SQLException {
    return connect(new Properties());
  }

  private Connection connect(Properties properties) throws SQLException {
    properties.putIfAbsent("user", user);
    properties.putIfAbsent("password", password);
    return DriverManager.getConnection(url, properties);
  }

  private static void logsOn(Connection connection) throws SQLException {
    expect("CURRENT_USER", text(connection, "SELECT CURRENT_USER FROM DUMMY"), "DEMO");
    expect("isValid", connection.isValid(5), true);
  }

  private void isRefused() {
    Properties wrong = new Properties();
    wrong.setProperty("password", "not the password");
    try (Connection connection = connect(wrong)) {
      throw new AssertionError("expected a refusal, found " + connection);
    } catch (SQLException refusal) {
      expectContains("the refusal", Cases.textOf(refusal), "authentication failed");
    }
  }

  private static void readsManyBatches(Connection connection) throws SQLException {
    long count = number(connection, "SELECT COUNT(*) FROM SALES.TRANSACTIONS");
    long sum =
        number(connection, "SELECT CAST(SUM(TRANSACTION_ID) AS BIGINT) FROM SALES.TRANSACTIONS");
    long seen = 0;
    long added = 0;
    try (ResultSet rows =
        query(connection, "SELECT TRANSACTION_ID, NOTE FROM SALES.TRANSACTIONS")) {
      while (rows.next()) {
        seen++;
        added += rows.getLong(1);
      }
    }
    expect("rows", seen, count);
    expect("sum of TRANSACTION_ID", added, sum);
  }

  private static void readsNothing(Connection connection) throws SQLException {
    String sql = "SELECT * FROM SALES.TRANSACTIONS WHERE 1 = 0";
    // Prepared: of a Statement whose result has no batch the driver tells every column twice.
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      expect("columns", rows.getMetaData().getColumnCount(), 8);
      expect("a first row", rows.next(), false);
    }
    try (ResultSet rows = query(connection, sql)) {
      expect("a first row of a Statement", rows.next(), false);
    }
  }

  private static void findsTables(Connection connection) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    expect(
        "schema SALES",
        strings(metadata.getSchemas(null, "SALES"), "TABLE_SCHEM"),
        List.of("SALES"));
    List<String> tables =
        strings(metadata.getTables(null, "SALES", "TRANSACTION%", null), "TABLE_NAME");
    expect("tables TRANSACTION%", tables, List.of("TRANSACTIONS", "TRANSACTION_HISTORY"));
    List<String> views =
        strings(metadata.getTables(null, "SALES", "%", new String[] {"VIEW"}), "TABLE_NAME");
    expect("views", views, List.of("REGION_TOTALS"));
    List<String> types = strings(metadata.getTableTypes(), "TABLE_TYPE");
    expect("table types with TABLE and VIEW", types.containsAll(List.of("TABLE", "VIEW")), true);
    List<String> columns =
        strings(metadata.getColumns(null, "SALES", "TRANSACTIONS", "%"), "COLUMN_NAME");
    expect(
        "columns",
        columns,
        List.of(
            "TRANSACTION_ID",
            "POSTED_AT",
            "FISCAL_YEAR",
            "SALES_REGION",
            "CUSTOMER",
            "NET_AMOUNT",
            "QUANTITY",
            "NOTE"));
    List<String> keys =
        strings(metadata.getPrimaryKeys(null, "SALES", "SALES_ITEMS"), "COLUMN_NAME");
    expect("columns of the key of SALES_ITEMS", keys.size(), 2);
    List<String> parents =
        strings(metadata.getImportedKeys(null, "SALES", "SALES_ITEMS"), "PKTABLE_NAME");
    expect(
        "parents of SALES_ITEMS", new TreeSet<>(parents), new TreeSet<>(List.of("TRANSACTIONS")));
    List<String> children =
        strings(metadata.getExportedKeys(null, "SALES", "TRANSACTIONS"), "FKTABLE_NAME");
    expect(
        "children of TRANSACTIONS", new TreeSet<>(children), new TreeSet<>(List.of("SALES_ITEMS")));
    try (ResultSet column = metadata.getColumns(null, "SALES", "TRANSACTIONS", "NET_AMOUNT")) {
      expect("NET_AMOUNT is found", column.next(), true);
      expect("its type", column.getString("TYPE_NAME"), "DECIMAL");
      expect("its size", column.getInt("COLUMN_SIZE"), 15);
      expect("its scale", column.getInt("DECIMAL_DIGITS"), 2);
      expect("its place", column.getInt("ORDINAL_POSITION"), 6);
    }
  }

  private static void describesColumns(Connection connection) throws SQLException {
    String sql =
        "SELECT NET_AMOUNT AS AMOUNT, CUSTOMER, COUNT(*) OVER () FROM SALES.TRANSACTIONS LIMIT 1";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ResultSetMetaData columns = statement.getMetaData();
      expect("columns", columns.getColumnCount(), 3);
      expect("label", columns.getColumnLabel(1), "AMOUNT");
      expect("precision", columns.getPrecision(1), 15);
      expect("scale", columns.getScale(1), 2);
      expect("table", columns.getTableName(1), "TRANSACTIONS");
      expect("schema", columns.getSchemaName(1), "SALES");
      expect("label of the second column", columns.getColumnLabel(2), "CUSTOMER");
    }
  }

  private static void bindsQuery(Connection connection) throws SQLException {
    String sql =
        "SELECT COUNT(*) FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID BETWEEN ? AND ? AND"
            + " (SALES_REGION <> ? OR NOTE IS NULL OR 1 = ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      expect("parameters", statement.getParameterMetaData().getParameterCount(), 4);
      for (long last : new long[] {10, 1, 500}) {
        statement.setLong(1, 1);
        statement.setLong(2, last);
        statement.setString(3, "no such region");
        statement.setInt(4, 1);
        try (ResultSet rows = statement.executeQuery()) {
          expect("a row", rows.next(), true);
          expect("transactions up to " + last, rows.getLong(1), last);
        }
      }
    }
  }

  private static void changesRows(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      expect(
          "CREATE",
          statement.executeUpdate(
              "CREATE COLUMN TABLE JDBC_ROWS (ID INTEGER PRIMARY KEY, NAME NVARCHAR(40))"),
          0);
      expect("INSERT", statement.executeUpdate("INSERT INTO JDBC_ROWS VALUES (1, 'eins')"), 1);
      expect(
          "INSERT from a query",
          statement.executeUpdate("INSERT INTO JDBC_ROWS SELECT ID + 1, NAME FROM JDBC_ROWS"),
          1);
      expect("UPDATE", statement.executeUpdate("UPDATE JDBC_ROWS SET NAME = 'zwei'"), 2);
      expect(
          "UPDATE of nothing",
          statement.executeUpdate("UPDATE JDBC_ROWS SET NAME = 'x' WHERE ID = 0"),
          0);
    }
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE JDBC_ROWS SET NAME = ? WHERE ID = ?")) {
      update.setString(1, "drei \uD834\uDD1E");
      update.setInt(2, 2);
      expect("prepared UPDATE", update.executeUpdate(), 1);
      update.setInt(2, 3);
      expect("prepared UPDATE of nothing", update.executeUpdate(), 0);
    }
    expect(
        "NAME of 2",
        text(connection, "SELECT NAME FROM JDBC_ROWS WHERE ID = 2"),
        "drei \uD834\uDD1E");
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM JDBC_ROWS WHERE ID > ?")) {
      delete.setInt(1, 0);
      expect("DELETE", delete.executeUpdate(), 2);
    }
    expect("rows left", number(connection, "SELECT COUNT(*) FROM JDBC_ROWS"), 0L);
  }

  private static void insertsBatch(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE COLUMN TABLE JDBC_BATCH (ID INTEGER PRIMARY KEY, NAME NVARCHAR(40))");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO JDBC_BATCH VALUES (?, ?)")) {
      for (int id = 0; id < BATCH_ROWS; id++) {
        insert.setInt(1, id);
        insert.setString(2, id % 10 == 0 ? null : "name " + id);
        insert.addBatch();
      }
      // The driver sends all rows in one call, and gives the one count that it gets.
      expect(
          "sum of the counts",
          java.util.Arrays.stream(insert.executeLargeBatch()).sum(),
          (long) BATCH_ROWS);
    }
    expect("rows", number(connection, "SELECT COUNT(*) FROM JDBC_BATCH"), (long) BATCH_ROWS);
    expect(
        "rows with a name",
        number(connection, "SELECT COUNT(NAME) FROM JDBC_BATCH"),
        BATCH_ROWS * 9L / 10);
    expect(
        "NAME of 999", text(connection, "SELECT NAME FROM JDBC_BATCH WHERE ID = 999"), "name 999");
  }

  private static void executes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      expect("a query has a result", statement.execute("SELECT 1 FROM DUMMY"), true);
      try (ResultSet rows = statement.getResultSet()) {
        expect("its row", rows.next() && rows.getInt(1) == 1, true);
      }
      statement.execute("CREATE COLUMN TABLE JDBC_EXECUTE (ID INTEGER)");
      statement.execute("INSERT INTO JDBC_EXECUTE VALUES (1)");
      expect("update count", statement.getLargeUpdateCount(), 1L);
    }
    expect("rows", number(connection, "SELECT COUNT(*) FROM JDBC_EXECUTE"), 1L);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO JDBC_EXECUTE VALUES (?)")) {
      insert.setInt(1, 2);
      insert.execute();
    }
    expect(
        "rows after a prepared execute",
        number(connection, "SELECT COUNT(*) FROM JDBC_EXECUTE"),
        2L);
  }

  /** The driver sends it as a header with every call. */
  private void ignoresProperty() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("x-no-such-property", "value");
    try (Connection connection = connect(properties)) {
      logsOn(connection);
    }
  }

  private static void showsErrors(Connection connection) throws SQLException {
    String[][] failures = {
      {"SELECT * FROM SALES.NO_SUCH_TABLE", "259"},
      {"SELECT * FORM DUMMY", "257"},
      {"SELECT * FROM SALES.PAYROLL", "258"},
    };
    for (String[] failure : failures) {
      try (ResultSet rows = query(connection, failure[0])) {
        throw new AssertionError("expected " + failure[0] + " to fail, found " + rows);
      } catch (SQLException error) {
        expectContains("error of " + failure[0], error.getMessage(), failure[1]);
      }
    }
    logsOn(connection);
  }

  static ResultSet query(Connection connection, String sql) throws SQLException {
    Statement statement = connection.createStatement();
    statement.closeOnCompletion();
    return statement.executeQuery(sql);
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (ResultSet rows = query(connection, sql)) {
      expect("a row of " + sql, rows.next(), true);
      return rows.getLong(1);
    }
  }

  static String text(Connection connection, String sql) throws SQLException {
    try (ResultSet rows = query(connection, sql)) {
      expect("a row of " + sql, rows.next(), true);
      return rows.getString(1);
    }
  }

  private static List<String> strings(ResultSet rows, String column) throws SQLException {
    List<String> found = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        found.add(rows.getString(column));
      }
    }
    return found;
  }
}
