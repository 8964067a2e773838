package clients;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each value its canonical text: what the statement of expected values in all-types.json is
 * written in.
 */
final class TableReader {
  /** The driver does not tell SECONDDATE from TIMESTAMP: both have a fraction here. */
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSSSS");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private TableReader() {}

  static List<Map<String, Object>> read(ResultSet rows) throws SQLException {
    ResultSetMetaData metadata = rows.getMetaData();
    List<Map<String, Object>> columns = new ArrayList<>();
    List<List<Object>> values = new ArrayList<>();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      Map<String, Object> column = new LinkedHashMap<>();
      column.put("name", metadata.getColumnLabel(i));
      column.put("type", metadata.getColumnTypeName(i));
      // The driver says of every column that it has no NULLs, whatever its schema says.
      column.put("nullable", metadata.isNullable(i) != ResultSetMetaData.columnNoNulls);
      values.add(new ArrayList<>());
      column.put("values", values.get(i - 1));
      columns.add(column);
    }
    while (rows.next()) {
      for (int i = 1; i <= columns.size(); i++) {
        values.get(i - 1).add(canonical(rows, i));
      }
    }
    return columns;
  }

  /** The text of one value of the current row; a truth value or vector as such, NULL as null. */
  static Object canonical(ResultSet rows, int i) throws SQLException {
    Object value = rows.getObject(i);
    if (value == null) {
      return null;
    }
    switch (rows.getMetaData().getColumnType(i)) {
      case Types.DATE:
        // As text: java.sql.Date counts by the Julian calendar before 1582-10-15.
        return rows.getString(i);
      case Types.TIME:
        return rows.getObject(i, LocalTime.class).format(TIME);
      case Types.TIMESTAMP:
        return rows.getObject(i, LocalDateTime.class).format(TIMESTAMP);
      default:
        return plain(value);
    }
  }

  private static Object plain(Object value) throws SQLException {
    if (value instanceof Boolean) {
      return value;
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }
    if (value instanceof List<?> items) {
      return items.stream().map(Object::toString).toList();
    }
    if (value instanceof java.sql.Array array) {
      return Arrays.stream((Object[]) array.getArray()).map(Object::toString).toList();
    }
    return value.toString();
  }
}
