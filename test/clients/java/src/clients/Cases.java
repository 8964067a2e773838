package clients;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs cases one after the other; each ends as one line of JSON on standard output. */
final class Cases {
  /** What a case does; a returned table is reported, an exception fails the case. */
  interface Body {
    List<Map<String, Object>> run() throws Exception;
  }

  /** A case without a table. */
  interface Check {
    void run() throws Exception;
  }

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  void check(String name, Check check) {
    table(
        name,
        () -> {
          check.run();
          return null;
        });
  }

  void table(String name, Body body) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("case", name);
    try {
      List<Map<String, Object>> columns = body.run();
      report.put("passed", true);
      if (columns != null) {
        report.put("columns", columns);
      }
    } catch (Throwable failure) {
      report.put("passed", false);
      report.put("detail", textOf(failure));
    }
    out.println(Json.write(report));
  }

  static void expect(String what, Object found, Object expected) {
    if (!expected.equals(found)) {
      throw new AssertionError(what + ": expected " + expected + ", found " + found);
    }
  }

  static void expectContains(String what, String found, String part) {
    if (found == null || !found.contains(part)) {
      throw new AssertionError(what + ": expected a text with " + part + ", found " + found);
    }
  }

  static String textOf(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
