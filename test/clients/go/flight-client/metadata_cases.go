package main

import (
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql/schema_ref"
	"google.golang.org/protobuf/proto"
)

// metadataCall is one metadata command with what its answer must be.
type metadataCall struct {
	name     string
	schema   *arrow.Schema
	info     func() (*flight.FlightInfo, error)
	describe func() (*flight.SchemaResult, error)
	// column and values: what the answer must hold, whatever else it has.
	column string
	values []string
}

func readsMetadata(s *session) error {
	for _, call := range s.metadataCalls() {
		if err := s.tryMetadata(call); err != nil {
			return fmt.Errorf("%s: %w", call.name, err)
		}
	}
	return nil
}

func (s *session) metadataCalls() []metadataCall {
	sales, transactions := proto.String("SALES"), proto.String("TRANSACTIONS")
	table := flightsql.TableRef{DBSchema: sales, Table: "TRANSACTIONS"}
	items := flightsql.TableRef{DBSchema: sales, Table: "SALES_ITEMS"}
	tables := &flightsql.GetTablesOpts{DbSchemaFilterPattern: sales, TableNameFilterPattern: transactions}
	withSchema := &flightsql.GetTablesOpts{DbSchemaFilterPattern: sales, TableNameFilterPattern: transactions, IncludeSchema: true}
	keys := schema_ref.ImportedExportedKeysAndCrossReference
	return []metadataCall{
		{"GetCatalogs", schema_ref.Catalogs,
			func() (*flight.FlightInfo, error) { return s.GetCatalogs(s.ctx) },
			func() (*flight.SchemaResult, error) { return s.GetCatalogsSchema(s.ctx) }, "", nil},
		{"GetDbSchemas", schema_ref.DBSchemas,
			func() (*flight.FlightInfo, error) {
				return s.GetDBSchemas(s.ctx, &flightsql.GetDBSchemasOpts{DbSchemaFilterPattern: proto.String("S%")})
			},
			func() (*flight.SchemaResult, error) { return s.GetDBSchemasSchema(s.ctx) }, "db_schema_name", []string{"SALES", "SYS"}},
		{"GetTables", schema_ref.Tables,
			func() (*flight.FlightInfo, error) { return s.GetTables(s.ctx, tables) },
			func() (*flight.SchemaResult, error) { return s.GetTablesSchema(s.ctx, tables) }, "table_name", []string{"TRANSACTIONS"}},
		{"GetTables with schemas", schema_ref.TablesWithIncludedSchema,
			func() (*flight.FlightInfo, error) { return s.GetTables(s.ctx, withSchema) },
			func() (*flight.SchemaResult, error) { return s.GetTablesSchema(s.ctx, withSchema) }, "table_name", []string{"TRANSACTIONS"}},
		{"GetTableTypes", schema_ref.TableTypes,
			func() (*flight.FlightInfo, error) { return s.GetTableTypes(s.ctx) },
			func() (*flight.SchemaResult, error) { return s.GetTableTypesSchema(s.ctx) }, "table_type", []string{"TABLE", "VIEW"}},
		{"GetPrimaryKeys", schema_ref.PrimaryKeys,
			func() (*flight.FlightInfo, error) { return s.GetPrimaryKeys(s.ctx, table) },
			func() (*flight.SchemaResult, error) { return s.GetPrimaryKeysSchema(s.ctx) }, "column_name", []string{"TRANSACTION_ID"}},
		{"GetExportedKeys", keys,
			func() (*flight.FlightInfo, error) { return s.GetExportedKeys(s.ctx, table) },
			func() (*flight.SchemaResult, error) { return s.GetExportedKeysSchema(s.ctx) }, "fk_table_name", []string{"SALES_ITEMS"}},
		{"GetImportedKeys", keys,
			func() (*flight.FlightInfo, error) { return s.GetImportedKeys(s.ctx, items) },
			func() (*flight.SchemaResult, error) { return s.GetImportedKeysSchema(s.ctx) }, "pk_table_name", []string{"TRANSACTIONS"}},
		{"GetCrossReference", keys,
			func() (*flight.FlightInfo, error) { return s.GetCrossReference(s.ctx, table, items) },
			func() (*flight.SchemaResult, error) { return s.GetCrossReferenceSchema(s.ctx) }, "pk_column_name", []string{"TRANSACTION_ID"}},
		{"GetXdbcTypeInfo", schema_ref.XdbcTypeInfo,
			func() (*flight.FlightInfo, error) { return s.GetXdbcTypeInfo(s.ctx, nil) },
			func() (*flight.SchemaResult, error) { return s.GetXdbcTypeInfoSchema(s.ctx) }, "type_name", []string{"DECIMAL", "NVARCHAR"}},
		{"GetSqlInfo", schema_ref.SqlInfo,
			func() (*flight.FlightInfo, error) { return s.GetSqlInfo(s.ctx, nil) },
			func() (*flight.SchemaResult, error) { return s.GetSqlInfoSchema(s.ctx) }, "info_name", []string{"0", "8", "576"}},
	}
}

func (s *session) tryMetadata(call metadataCall) error {
	described, err := call.describe()
	if err != nil {
		return err
	}
	info, err := call.info()
	if err != nil {
		return err
	}
	for what, bytes := range map[string][]byte{"GetSchema": described.GetSchema(), "FlightInfo": info.GetSchema()} {
		schema, err := flight.DeserializeSchema(bytes, s.Alloc)
		if err != nil {
			return err
		}
		if !schema.Equal(call.schema) {
			return fmt.Errorf("schema of %s: expected %s, found %s", what, call.schema, schema)
		}
	}
	schema, batches, err := s.fetch(info)
	if err != nil {
		return err
	}
	if !schema.Equal(call.schema) {
		return fmt.Errorf("schema of the stream: expected %s, found %s", call.schema, schema)
	}
	if call.column == "" {
		return nil
	}
	found := textsOf(schema, batches, call.column)
	for _, value := range call.values {
		if !slices.Contains(found, value) {
			return fmt.Errorf("%s: expected %s among %v", call.column, value, found)
		}
	}
	return nil
}

func textsOf(schema *arrow.Schema, batches []arrow.RecordBatch, column string) []string {
	var texts []string
	index := schema.FieldIndices(column)[0]
	for _, batch := range batches {
		for row := range int(batch.NumRows()) {
			texts = append(texts, batch.Column(index).ValueStr(row))
		}
	}
	return texts
}
