package clients;

import static clients.Cases.expect;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.FlightSqlClient.ExecuteIngestOptions;
import org.apache.arrow.flight.sql.FlightSqlClient.PreparedStatement;
import org.apache.arrow.flight.sql.FlightSqlClient.Savepoint;
import org.apache.arrow.flight.sql.FlightSqlClient.SubstraitPlan;
import org.apache.arrow.flight.sql.FlightSqlClient.Transaction;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableExistsOption;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementIngest.TableDefinitionOptions.TableNotExistOption;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.util.TableRef;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** The scenarios of Flight SQL: {@code flight_sql} and what follows it. */
final class SqlScenarios extends ScenarioClient {
  private static final SubstraitPlan PLAN = new SubstraitPlan("plan".getBytes(UTF_8), "version");
  private static final Schema QUERY = querySchema("id", 64);
  private static final Schema TRANSACTION_QUERY = querySchema("pkey", 32);

  SqlScenarios(BufferAllocator allocator, int port) {
    super(allocator, port);
  }

  void flightSql() throws Exception {
    try (sql) {
      metadata();
      answers(QUERY, sql.execute("SELECT STATEMENT"));
      expect("schema of the query", sql.getExecuteSchema("SELECT STATEMENT").getSchema(), QUERY);
      expect("rows of the update", sql.executeUpdate("UPDATE STATEMENT"), 10_000L);
      prepared(sql.prepare("SELECT PREPARED STATEMENT"), QUERY);
      try (PreparedStatement update = sql.prepare("UPDATE PREPARED STATEMENT")) {
        expect("rows of the prepared update", update.executeUpdate(), 20_000L);
      }
    }
  }

  private void metadata() throws Exception {
    TableRef table = TableRef.of("catalog", "db_schema", "table");
    TableRef primary = TableRef.of("pk_catalog", "pk_db_schema", "pk_table");
    TableRef foreign = TableRef.of("fk_catalog", "fk_db_schema", "fk_table");
    List<String> types = List.of("table", "view");
    answers(Schemas.GET_CATALOGS_SCHEMA, sql.getCatalogs());
    expect("GetCatalogs", sql.getCatalogsSchema().getSchema(), Schemas.GET_CATALOGS_SCHEMA);
    answers(Schemas.GET_SCHEMAS_SCHEMA, sql.getSchemas("catalog", "db_schema_filter_pattern"));
    expect("GetDbSchemas", sql.getSchemasSchema().getSchema(), Schemas.GET_SCHEMAS_SCHEMA);
    answers(
        Schemas.GET_TABLES_SCHEMA,
        sql.getTables("catalog", "db_schema_filter_pattern", "table_filter_pattern", types, true));
    expect("GetTables", sql.getTablesSchema(true).getSchema(), Schemas.GET_TABLES_SCHEMA);
    expect(
        "GetTables without schemas",
        sql.getTablesSchema(false).getSchema(),
        Schemas.GET_TABLES_SCHEMA_NO_SCHEMA);
    answers(Schemas.GET_TABLE_TYPES_SCHEMA, sql.getTableTypes());
    expect("GetTableTypes", sql.getTableTypesSchema().getSchema(), Schemas.GET_TABLE_TYPES_SCHEMA);
    answers(Schemas.GET_PRIMARY_KEYS_SCHEMA, sql.getPrimaryKeys(table));
    expect(
        "GetPrimaryKeys", sql.getPrimaryKeysSchema().getSchema(), Schemas.GET_PRIMARY_KEYS_SCHEMA);
    answers(Schemas.GET_EXPORTED_KEYS_SCHEMA, sql.getExportedKeys(table));
    expect(
        "GetExportedKeys",
        sql.getExportedKeysSchema().getSchema(),
        Schemas.GET_EXPORTED_KEYS_SCHEMA);
    answers(Schemas.GET_IMPORTED_KEYS_SCHEMA, sql.getImportedKeys(table));
    expect(
        "GetImportedKeys",
        sql.getImportedKeysSchema().getSchema(),
        Schemas.GET_IMPORTED_KEYS_SCHEMA);
    answers(Schemas.GET_CROSS_REFERENCE_SCHEMA, sql.getCrossReference(primary, foreign));
    expect(
        "GetCrossReference",
        sql.getCrossReferenceSchema().getSchema(),
        Schemas.GET_CROSS_REFERENCE_SCHEMA);
    answers(Schemas.GET_TYPE_INFO_SCHEMA, sql.getXdbcTypeInfo());
    expect(
        "GetXdbcTypeInfo", sql.getXdbcTypeInfoSchema().getSchema(), Schemas.GET_TYPE_INFO_SCHEMA);
    FlightInfo info =
        sql.getSqlInfo(SqlInfo.FLIGHT_SQL_SERVER_NAME, SqlInfo.FLIGHT_SQL_SERVER_READ_ONLY);
    byte[] ticket = info.getEndpoints().get(0).getTicket().getBytes();
    expect(
        "infos in the ticket",
        Any.parseFrom(ticket).unpack(CommandGetSqlInfo.class).getInfoList(),
        List.of(0, 3));
    answers(Schemas.GET_SQL_INFO_SCHEMA, info);
    expect("GetSqlInfo", sql.getSqlInfoSchema().getSchema(), Schemas.GET_SQL_INFO_SCHEMA);
  }

  void extension() throws Exception {
    try (sql) {
      Map<Integer, Object> expected = new LinkedHashMap<>();
      expected.put(4, false);
      expected.put(5, true);
      expected.put(6, "min_version");
      expected.put(7, "max_version");
      expected.put(8, 2);
      expected.put(9, true);
      expected.put(100, 42);
      expected.put(101, 7);
      Map<Integer, Object> infos = sqlInfos(sql.getSqlInfo());
      expected.forEach((id, value) -> expect("SqlInfo " + id, infos.get(id), value));

      FlightInfo info = sql.executeSubstrait(PLAN);
      answers(QUERY, info);
      expect("schema of the plan", sql.getExecuteSubstraitSchema(PLAN).getSchema(), QUERY);
      expect("end of the plan", sql.cancelQuery(info), CancelResult.CANCELLED);
      expect("rows of the plan", sql.executeSubstraitUpdate(PLAN), 10_000L);
      prepared(sql.prepare(PLAN), QUERY);
      try (PreparedStatement update = sql.prepare(PLAN)) {
        expect("rows of the prepared plan", update.executeUpdate(), 20_000L);
      }
      transaction();
    }
  }

  private void transaction() throws Exception {
    Transaction transaction = sql.beginTransaction();
    expect("transaction", new String(transaction.getTransactionId(), UTF_8), "transaction_id");
    Savepoint savepoint = sql.beginSavepoint(transaction, "savepoint_name");
    expect("savepoint", new String(savepoint.getSavepointId(), UTF_8), "savepoint_id");
    answers(TRANSACTION_QUERY, sql.execute("SELECT STATEMENT", transaction));
    answers(TRANSACTION_QUERY, sql.executeSubstrait(PLAN, transaction));
    expect(
        "schema of the query",
        sql.getExecuteSchema("SELECT STATEMENT", transaction).getSchema(),
        TRANSACTION_QUERY);
    expect(
        "schema of the plan",
        sql.getExecuteSubstraitSchema(PLAN, transaction).getSchema(),
        TRANSACTION_QUERY);
    expect("rows of the update", sql.executeUpdate("UPDATE STATEMENT", transaction), 15_000L);
    expect("rows of the plan", sql.executeSubstraitUpdate(PLAN, transaction), 15_000L);
    prepared(sql.prepare("SELECT PREPARED STATEMENT", transaction), TRANSACTION_QUERY);
    prepared(sql.prepare(PLAN, transaction), TRANSACTION_QUERY);
    try (PreparedStatement update = sql.prepare("UPDATE PREPARED STATEMENT", transaction)) {
      expect("rows of the prepared update", update.executeUpdate(), 25_000L);
    }
    try (PreparedStatement update = sql.prepare(PLAN, transaction)) {
      expect("rows of the prepared plan", update.executeUpdate(), 25_000L);
    }
    sql.rollback(savepoint);
    sql.release(sql.beginSavepoint(transaction, "savepoint_name"));
    sql.commit(transaction);
    sql.rollback(sql.beginTransaction());
  }

  void ingestion() throws Exception {
    Schema schema = new Schema(List.of(Field.nullable("test_field", new ArrowType.Int(64, true))));
    TableDefinitionOptions definition =
        TableDefinitionOptions.newBuilder()
            .setIfNotExist(TableNotExistOption.TABLE_NOT_EXIST_OPTION_CREATE)
            .setIfExists(TableExistsOption.TABLE_EXISTS_OPTION_REPLACE)
            .build();
    ExecuteIngestOptions options =
        new ExecuteIngestOptions(
            "test_table",
            definition,
            true,
            "test_catalog",
            "test_schema",
            Map.of("key1", "val1", "key2", "val2"));
    try (sql;
        VectorSchemaRoot rows = VectorSchemaRoot.create(schema, allocator)) {
      Map<Integer, Object> infos =
          sqlInfos(
              sql.getSqlInfo(
                  SqlInfo.FLIGHT_SQL_SERVER_BULK_INGESTION,
                  SqlInfo.FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED));
      expect("infos", infos, Map.of(10, true, 11, true));
      rows.setRowCount(3);
      long ingested = sql.executeIngest(rows, options, new Transaction("123".getBytes(UTF_8)));
      expect("rows ingested", ingested, 3L);
    }
  }

  /** Executes with one row of parameters and closes. */
  private void prepared(PreparedStatement statement, Schema schema) throws Exception {
    try (statement;
        VectorSchemaRoot parameters = VectorSchemaRoot.create(QUERY, allocator)) {
      parameters.setRowCount(1);
      statement.setParameters(parameters);
      answers(schema, statement.execute());
      expect("schema of a prepared statement", statement.fetchSchema().getSchema(), schema);
    }
  }

  private void answers(Schema schema, FlightInfo info) throws Exception {
    try (FlightStream stream = sql.getStream(info.getEndpoints().get(0).getTicket())) {
      expect("schema of a stream", stream.getSchema(), schema);
      while (stream.next()) {
        // Every batch must be readable.
      }
    }
  }

  private Map<Integer, Object> sqlInfos(FlightInfo info) throws Exception {
    Map<Integer, Object> infos = new LinkedHashMap<>();
    try (FlightStream stream = sql.getStream(info.getEndpoints().get(0).getTicket())) {
      expect("schema of GetSqlInfo", stream.getSchema(), Schemas.GET_SQL_INFO_SCHEMA);
      while (stream.next()) {
        DenseUnionVector values = (DenseUnionVector) stream.getRoot().getVector("value");
        for (int row = 0; row < stream.getRoot().getRowCount(); row++) {
          Object value = values.getObject(row);
          Object name = stream.getRoot().getVector("info_name").getObject(row);
          boolean plain = value instanceof Number || value instanceof Boolean;
          infos.put((Integer) name, plain ? value : value.toString());
        }
      }
    }
    return infos;
  }

  private static Schema querySchema(String name, int bits) {
    Map<String, String> metadata =
        new FlightSqlColumnMetadata.Builder()
            .catalogName("catalog_test")
            .schemaName("schema_test")
            .tableName("test")
            .typeName("type_test")
            .precision(100)
            .isAutoIncrement(true)
            .isCaseSensitive(false)
            .isSearchable(true)
            .remarks("test column")
            .build()
            .getMetadataMap();
    FieldType type = new FieldType(true, new ArrowType.Int(bits, true), null, metadata);
    return new Schema(List.of(new Field(name, type, null)));
  }
}
