package clients;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Sets a parameter by every method of {@link PreparedStatement} that the driver has, and reads it
 * back.
 */
final class Setters {
  private interface Setter {
    void set(PreparedStatement statement, int parameter) throws SQLException;
  }

  private record Try(String name, String hanaType, Setter setter, Object expected) {}

  private static final String CLEF = "\uD834\uDD1E";

  private static final List<Try> TRIES =
      List.of(
          new Try("setBoolean", "BOOLEAN", (s, i) -> s.setBoolean(i, true), true),
          new Try("setByte", "TINYINT", (s, i) -> s.setByte(i, (byte) 127), "127"),
          new Try("setShort of TINYINT", "TINYINT", (s, i) -> s.setShort(i, (short) 255), "255"),
          new Try("setShort", "SMALLINT", (s, i) -> s.setShort(i, Short.MIN_VALUE), "-32768"),
          new Try("setInt", "INTEGER", (s, i) -> s.setInt(i, Integer.MIN_VALUE), "-2147483648"),
          new Try(
              "setLong", "BIGINT", (s, i) -> s.setLong(i, Long.MAX_VALUE), "9223372036854775807"),
          new Try("setInt of BIGINT", "BIGINT", (s, i) -> s.setInt(i, 7), "7"),
          new Try("setFloat", "REAL", (s, i) -> s.setFloat(i, 1.5f), "1.5"),
          new Try("setDouble", "DOUBLE", (s, i) -> s.setDouble(i, 1.25e300), "1.25E300"),
          new Try("setInt of DOUBLE", "DOUBLE", (s, i) -> s.setInt(i, 3), "3.0"),
          new Try(
              "setBigDecimal",
              "DECIMAL(15,2)",
              (s, i) -> s.setBigDecimal(i, new BigDecimal("-1234.50")),
              "-1234.50"),
          new Try(
              "setBigDecimal of 38 digits",
              "DECIMAL(38,10)",
              (s, i) ->
                  s.setBigDecimal(i, new BigDecimal("1234567890123456789012345678.0123456789")),
              "1234567890123456789012345678.0123456789"),
          new Try("setString", "NVARCHAR(40)", (s, i) -> s.setString(i, "ü " + CLEF), "ü " + CLEF),
          new Try("setString, empty", "NVARCHAR(40)", (s, i) -> s.setString(i, ""), ""),
          new Try("setNString", "NVARCHAR(40)", (s, i) -> s.setNString(i, "ñ"), "ñ"),
          new Try(
              "setString of VARCHAR", "VARCHAR(40)", (s, i) -> s.setString(i, "plain"), "plain"),
          new Try(
              "setString of NCLOB",
              "NCLOB",
              (s, i) -> s.setString(i, "long ".repeat(20_000)),
              "long ".repeat(20_000)),
          new Try(
              "setBytes", "VARBINARY(8)", (s, i) -> s.setBytes(i, new byte[] {0, 1, -1}), "0001ff"),
          new Try(
              "setBytes of BLOB",
              "BLOB",
              (s, i) -> s.setBytes(i, new byte[] {-34, -83, -66, -17}),
              "deadbeef"),
          new Try(
              "setDate", "DATE", (s, i) -> s.setDate(i, Date.valueOf("2024-02-29")), "2024-02-29"),
          new Try(
              "setDate before 1970",
              "DATE",
              (s, i) -> s.setDate(i, Date.valueOf("1969-12-31")),
              "1969-12-31"),
          new Try("setTime", "TIME", (s, i) -> s.setTime(i, Time.valueOf("12:34:56")), "12:34:56"),
          new Try(
              "setTimestamp",
              "TIMESTAMP",
              (s, i) -> s.setTimestamp(i, Timestamp.valueOf("2024-02-29 12:34:56.789")),
              "2024-02-29 12:34:56.789000000"),
          new Try(
              "setTimestamp before 1970",
              "TIMESTAMP",
              (s, i) -> s.setTimestamp(i, Timestamp.valueOf("1969-12-31 23:59:59.001")),
              "1969-12-31 23:59:59.001000000"),
          new Try(
              "setTimestamp of SECONDDATE",
              "SECONDDATE",
              (s, i) -> s.setTimestamp(i, Timestamp.valueOf("2024-02-29 12:34:56")),
              "2024-02-29 12:34:56.000000000"),
          new Try("setNull", "INTEGER", (s, i) -> s.setNull(i, Types.INTEGER), null),
          new Try(
              "setNull of NVARCHAR", "NVARCHAR(40)", (s, i) -> s.setNull(i, Types.VARCHAR), null),
          new Try(
              "setNull of TIMESTAMP", "TIMESTAMP", (s, i) -> s.setNull(i, Types.TIMESTAMP), null),
          new Try("setObject of null", "DECIMAL(15,2)", (s, i) -> s.setObject(i, null), null),
          new Try("setObject of Integer", "INTEGER", (s, i) -> s.setObject(i, 42), "42"),
          new Try("setObject of Long", "BIGINT", (s, i) -> s.setObject(i, 42L), "42"),
          new Try("setObject of Double", "DOUBLE", (s, i) -> s.setObject(i, 0.5), "0.5"),
          new Try("setObject of String", "NVARCHAR(40)", (s, i) -> s.setObject(i, "text"), "text"),
          new Try("setObject of Boolean", "BOOLEAN", (s, i) -> s.setObject(i, false), false),
          new Try(
              "setObject of BigDecimal",
              "DECIMAL(15,2)",
              (s, i) -> s.setObject(i, new BigDecimal("0.01")),
              "0.01"),
          new Try(
              "setObject of byte[]",
              "VARBINARY(8)",
              (s, i) -> s.setObject(i, new byte[] {1, 2}),
              "0102"),
          new Try(
              "setObject of Date",
              "DATE",
              (s, i) -> s.setObject(i, Date.valueOf("2024-02-29")),
              "2024-02-29"),
          new Try(
              "setObject of Time",
              "TIME",
              (s, i) -> s.setObject(i, Time.valueOf("00:00:01")),
              "00:00:01"),
          new Try(
              "setObject of Timestamp",
              "TIMESTAMP",
              (s, i) -> s.setObject(i, Timestamp.valueOf("2024-02-29 12:34:56")),
              "2024-02-29 12:34:56.000000000"),
          new Try(
              "setObject with a type", "INTEGER", (s, i) -> s.setObject(i, 5, Types.INTEGER), "5"));

  private Setters() {}

  static void run(Connection connection) throws SQLException {
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < TRIES.size(); i++) {
      Try attempt = TRIES.get(i);
      try {
        Object found = written(connection, attempt, "JDBC_SET_" + i);
        if (!Objects.equals(found, attempt.expected)) {
          failures.add(attempt.name + ": expected " + attempt.expected + ", found " + found);
        }
      } catch (SQLException | RuntimeException failure) {
        failures.add(attempt.name + ": " + Cases.textOf(failure));
      }
    }
    if (!failures.isEmpty()) {
      throw new AssertionError(
          failures.size() + " of " + TRIES.size() + " failed:\n" + String.join("\n", failures));
    }
  }

  private static Object written(Connection connection, Try attempt, String table)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE COLUMN TABLE " + table + " (V " + attempt.hanaType + ")");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + table + " VALUES (?)")) {
      attempt.setter.set(insert, 1);
      Cases.expect("rows of " + attempt.name, insert.executeUpdate(), 1);
    }
    try (ResultSet rows = Jdbc.query(connection, "SELECT V FROM " + table)) {
      Cases.expect("a row of " + attempt.name, rows.next(), true);
      return TableReader.canonical(rows, 1);
    }
  }
}
