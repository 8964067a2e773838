package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hana-flight/test/clients/go/report"
)

// A musical symbol outside the Basic Multilingual Plane: two surrogates in HANA, four bytes in UTF-8.
const supplementary = "\U0001D11E"

var clientCases = []report.Case{
	{Name: "logs on", Run: withSession(logsOn)},
	{Name: "is refused with a wrong password", Run: isRefused},
	{Name: "reads ALL_TYPES", Run: readsAllTypes},
	{Name: "reads a large table within 4 MiB a message", Run: withSession(readsLargeTable)},
	{Name: "binds rows of parameters to a query", Run: withSession(bindsQuery)},
	{Name: "binds rows of parameters to an update", Run: withSession(bindsUpdate)},
	{Name: "updates with counts", Run: withSession(updates)},
	{Name: "ingests in every mode", Run: withSession(ingests)},
	{Name: "commits and rolls back", Run: withSession(commitsAndRollsBack)},
	{Name: "rolls back to a savepoint", Run: withSession(rollsBackToSavepoint)},
	{Name: "ingests inside a transaction", Run: withSession(ingestsInTransaction)},
	{Name: "sets, gets and removes session options", Run: withSession(setsSessionOptions)},
	{Name: "polls a query", Run: withSession(polls)},
	{Name: "CancelFlightInfo ends a query inside HANA", Run: withSession(cancelsFlightInfo)},
	{Name: "a cancelled context ends a query inside HANA", Run: withSession(cancelsContext)},
	{Name: "every metadata command has its reference schema", Run: withSession(readsMetadata)},
	{Name: "an error carries a status and HANA's code", Run: withSession(showsErrors)},
}

func logsOn(s *session) error {
	user, err := s.single("SELECT CURRENT_USER FROM DUMMY")
	if err != nil {
		return err
	}
	return report.Expect("CURRENT_USER", user, "DEMO")
}

func isRefused(at report.Target) ([]report.Column, error) {
	at.Password = "not the password"
	s, err := logOn(context.Background(), at)
	if err == nil {
		s.Close()
	}
	return nil, expectStatus(err, codes.Unauthenticated)
}

func readsAllTypes(at report.Target) ([]report.Column, error) {
	var columns []report.Column
	_, err := withSession(func(s *session) error {
		schema, batches, err := s.query("SELECT * FROM SALES.ALL_TYPES ORDER BY ID")
		if err != nil {
			return err
		}
		columns, err = columnsOf(schema, batches)
		return err
	})(at)
	return columns, err
}

func readsLargeTable(s *session) error {
	count, err := s.single("SELECT COUNT(*) FROM SALES.TRANSACTIONS")
	if err != nil {
		return err
	}
	_, batches, err := s.query("SELECT * FROM SALES.TRANSACTIONS")
	if err != nil {
		return err
	}
	var rows int64
	for _, batch := range batches {
		rows += batch.NumRows()
	}
	return report.Expect("rows", fmt.Sprint(rows), count)
}

func bindsQuery(s *session) error {
	statement, err := s.Prepare(s.ctx, "SELECT COUNT(*) FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID <= ?")
	if err != nil {
		return err
	}
	defer statement.Close(s.ctx)
	if update, known := statement.IsUpdate(); update || !known {
		return fmt.Errorf("is_update: expected false, found %v (set: %v)", update, known)
	}
	// The handle stays usable, and what is bound replaces what was bound before.
	for _, limits := range [][]int64{{10}, {3, 5, 0, 7}, {1}} {
		statement.SetParameters(int64Batch(statement.ParameterSchema().Field(0).Name, limits))
		info, err := statement.Execute(s.ctx)
		if err != nil {
			return err
		}
		schema, batches, err := s.fetch(info)
		if err != nil {
			return err
		}
		columns, err := columnsOf(schema, batches)
		if err != nil {
			return err
		}
		if err := report.Expect("one result a row", fmt.Sprint(columns[0].Values), fmt.Sprint(limits)); err != nil {
			return err
		}
	}
	return nil
}

func bindsUpdate(s *session) error {
	if err := s.create("GO_BIND (ID BIGINT PRIMARY KEY)"); err != nil {
		return err
	}
	statement, err := s.Prepare(s.ctx, "INSERT INTO GO_BIND VALUES (?)")
	if err != nil {
		return err
	}
	defer statement.Close(s.ctx)
	if update, known := statement.IsUpdate(); !update || !known {
		return fmt.Errorf("is_update: expected true, found %v (set: %v)", update, known)
	}
	statement.SetParameters(int64Batch("1", []int64{1, 2, 3}))
	rows, err := statement.ExecuteUpdate(s.ctx)
	if err != nil {
		return err
	}
	return errors.Join(report.Expect("rows", rows, 3), s.expectSingle("SELECT SUM(ID) FROM GO_BIND", "6"))
}

func updates(s *session) error {
	if err := s.create("GO_UPDATE (ID INTEGER PRIMARY KEY, NAME NVARCHAR(20))"); err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		rows int64
	}{
		{"INSERT INTO GO_UPDATE VALUES (1, '" + supplementary + "')", 1},
		{"INSERT INTO GO_UPDATE SELECT ID + 1, NAME FROM GO_UPDATE", 1},
		{"UPDATE GO_UPDATE SET NAME = NAME || '!'", 2},
		{"DELETE FROM GO_UPDATE WHERE ID = 1", 1},
		{"DELETE FROM GO_UPDATE WHERE ID = 1", 0},
	} {
		rows, err := s.ExecuteUpdate(s.ctx, step.sql)
		if err != nil {
			return err
		}
		if err := report.Expect("rows of "+step.sql, rows, step.rows); err != nil {
			return err
		}
	}
	return s.expectSingle("SELECT NAME FROM GO_UPDATE", supplementary+"!")
}

func ingests(s *session) error {
	const create, absent = flightsql.TableDefinitionOptionsTableNotExistOptionCreate, flightsql.TableDefinitionOptionsTableNotExistOptionFail
	const refuse, add, replace = flightsql.TableDefinitionOptionsTableExistsOptionFail, flightsql.TableDefinitionOptionsTableExistsOptionAppend, flightsql.TableDefinitionOptionsTableExistsOptionReplace
	for _, step := range []struct {
		name       string
		ifNotExist flightsql.TableDefinitionOptionsTableNotExistOption
		ifExists   flightsql.TableDefinitionOptionsTableExistsOption
		refusal    codes.Code
		after      string
	}{
		{"append to a table that is not there", absent, add, codes.NotFound, ""},
		{"create", create, refuse, codes.OK, "3"},
		{"create again", create, refuse, codes.AlreadyExists, "3"},
		{"append", absent, add, codes.OK, "6"},
		{"create or append", create, add, codes.OK, "9"},
		{"replace", create, replace, codes.OK, "3"},
	} {
		rows, err := s.ingest("GO_INGEST", step.ifNotExist, step.ifExists, nil)
		if step.refusal != codes.OK {
			if err := expectStatus(err, step.refusal); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
		} else if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		} else if err := report.Expect("rows of "+step.name, rows, 3); err != nil {
			return err
		}
		if step.after == "" {
			continue
		}
		if err := s.expectSingle("SELECT COUNT(*) FROM GO_INGEST", step.after); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return s.expectSingle(`SELECT COUNT("name") || MAX("name") FROM GO_INGEST`, "2"+supplementary)
}

func (s *session) ingest(table string, ifNotExist flightsql.TableDefinitionOptionsTableNotExistOption, ifExists flightsql.TableDefinitionOptionsTableExistsOption, transaction []byte) (int64, error) {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	rows, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(
		`[{"id": 1, "name": "eins"}, {"id": 2, "name": null}, {"id": 3, "name": "`+supplementary+`"}]`))
	if err != nil {
		return 0, err
	}
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{rows})
	if err != nil {
		return 0, err
	}
	return s.ExecuteIngest(s.ctx, reader, &flightsql.ExecuteIngestOpts{
		TableDefinitionOptions: &flightsql.TableDefinitionOptions{IfNotExist: ifNotExist, IfExists: ifExists},
		Table:                  table,
		TransactionId:          transaction,
	})
}

func commitsAndRollsBack(s *session) error {
	if err := s.create("GO_FLIGHT_TX (ID INTEGER)"); err != nil {
		return err
	}
	for _, step := range []struct {
		end   func(*flightsql.Txn) error
		after string
	}{
		{func(tx *flightsql.Txn) error { return tx.Rollback(s.ctx) }, "0"},
		{func(tx *flightsql.Txn) error { return tx.Commit(s.ctx) }, "1"},
	} {
		tx, err := s.BeginTransaction(s.ctx)
		if err != nil {
			return err
		}
		if _, err := tx.ExecuteUpdate(s.ctx, "INSERT INTO GO_FLIGHT_TX VALUES (1)"); err != nil {
			return err
		}
		if err := s.expectInside(tx, "SELECT COUNT(*) FROM GO_FLIGHT_TX", "1"); err != nil {
			return err
		}
		if err := step.end(tx); err != nil {
			return err
		}
		if err := s.expectSingle("SELECT COUNT(*) FROM GO_FLIGHT_TX", step.after); err != nil {
			return err
		}
	}
	return nil
}

func rollsBackToSavepoint(s *session) error {
	if err := s.create("GO_SAVEPOINT (ID INTEGER)"); err != nil {
		return err
	}
	tx, err := s.BeginTransaction(s.ctx)
	if err != nil {
		return err
	}
	if _, err := tx.ExecuteUpdate(s.ctx, "INSERT INTO GO_SAVEPOINT VALUES (1)"); err != nil {
		return err
	}
	savepoint, err := tx.BeginSavepoint(s.ctx, "here")
	if err != nil {
		return err
	}
	if _, err := tx.ExecuteUpdate(s.ctx, "INSERT INTO GO_SAVEPOINT VALUES (2)"); err != nil {
		return err
	}
	if err := tx.RollbackSavepoint(s.ctx, savepoint); err != nil {
		return err
	}
	second, err := tx.BeginSavepoint(s.ctx, "there")
	if err != nil {
		return err
	}
	if err := tx.ReleaseSavepoint(s.ctx, second); err != nil {
		return err
	}
	if err := tx.Commit(s.ctx); err != nil {
		return err
	}
	return s.expectSingle("SELECT SUM(ID) FROM GO_SAVEPOINT", "1")
}

func ingestsInTransaction(s *session) error {
	if err := s.create(`GO_INGEST_TX ("id" BIGINT, "name" NVARCHAR(20))`); err != nil {
		return err
	}
	tx, err := s.BeginTransaction(s.ctx)
	if err != nil {
		return err
	}
	_, err = s.ingest("GO_INGEST_TX", flightsql.TableDefinitionOptionsTableNotExistOptionFail,
		flightsql.TableDefinitionOptionsTableExistsOptionAppend, tx.ID())
	if err != nil {
		return err
	}
	if err := s.expectInside(tx, "SELECT COUNT(*) FROM GO_INGEST_TX", "3"); err != nil {
		return err
	}
	if err := tx.Rollback(s.ctx); err != nil {
		return err
	}
	return s.expectSingle("SELECT COUNT(*) FROM GO_INGEST_TX", "0")
}

func setsSessionOptions(s *session) error {
	for _, step := range []struct {
		value  any
		schema string
	}{{"SALES", "SALES"}, {nil, "DEMO"}} {
		options, err := flight.NewSessionOptionValues(map[string]any{"schema": step.value})
		if err != nil {
			return err
		}
		set, err := s.SetSessionOptions(s.ctx, &flight.SetSessionOptionsRequest{SessionOptions: options})
		if err != nil {
			return err
		}
		got, err := s.GetSessionOptions(s.ctx, &flight.GetSessionOptionsRequest{})
		if err != nil {
			return err
		}
		err = errors.Join(
			report.Expect("errors", len(set.GetErrors()), 0),
			report.Expect("option schema", got.GetSessionOptions()["schema"].GetStringValue(), step.schema),
			s.expectSingle("SELECT CURRENT_SCHEMA FROM DUMMY", step.schema),
		)
		if err != nil {
			return err
		}
	}
	unknown, err := flight.NewSessionOptionValues(map[string]any{"no such option": int64(1)})
	if err != nil {
		return err
	}
	set, err := s.SetSessionOptions(s.ctx, &flight.SetSessionOptionsRequest{SessionOptions: unknown})
	if err != nil {
		return err
	}
	closed, err := s.CloseSession(s.ctx, &flight.CloseSessionRequest{})
	if err != nil {
		return err
	}
	return errors.Join(
		report.Expect("error of an unknown option", set.GetErrors()["no such option"].GetValue(), flight.SetSessionOptionsResultErrorInvalidName),
		report.Expect("end of the session", closed.GetStatus(), flight.CloseSessionResultClosed),
	)
}

func polls(s *session) error {
	poll, err := s.ExecutePoll(s.ctx, "SELECT 42 FROM DUMMY", nil)
	if err != nil {
		return err
	}
	for poll.FlightDescriptor != nil {
		if poll, err = s.ExecutePoll(s.ctx, "", poll.FlightDescriptor); err != nil {
			return err
		}
	}
	schema, batches, err := s.fetch(poll.Info)
	if err != nil {
		return err
	}
	value, err := onlyValue(schema, batches)
	if err != nil {
		return err
	}
	return report.Expect("value", value, "42")
}

func showsErrors(s *session) error {
	for _, failure := range []struct {
		sql  string
		code codes.Code
		hana string
	}{
		{"SELECT * FROM SALES.NO_SUCH_TABLE", codes.NotFound, "259"},
		{"SELECT * FORM DUMMY", codes.InvalidArgument, "257"},
		{"SELECT * FROM SALES.PAYROLL", codes.PermissionDenied, "258"},
	} {
		_, _, err := s.query(failure.sql)
		if err := expectStatus(err, failure.code); err != nil {
			return err
		}
		if !strings.Contains(err.Error(), failure.hana) {
			return fmt.Errorf("expected an error with %s, found %w", failure.hana, err)
		}
	}
	return logsOn(s)
}

func (s *session) create(table string) error {
	_, err := s.ExecuteUpdate(s.ctx, "CREATE COLUMN TABLE "+table)
	return err
}

func (s *session) expectSingle(sql, expected string) error {
	value, err := s.single(sql)
	if err != nil {
		return err
	}
	return report.Expect(sql, value, expected)
}

func (s *session) expectInside(tx *flightsql.Txn, sql, expected string) error {
	info, err := tx.Execute(s.ctx, sql)
	if err != nil {
		return err
	}
	schema, batches, err := s.fetch(info)
	if err != nil {
		return err
	}
	value, err := onlyValue(schema, batches)
	if err != nil {
		return err
	}
	return report.Expect(sql, value, expected)
}

func int64Batch(name string, values []int64) arrow.RecordBatch {
	schema := arrow.NewSchema([]arrow.Field{{Name: name, Type: arrow.PrimitiveTypes.Int64, Nullable: true}}, nil)
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	builder.Field(0).(*array.Int64Builder).AppendValues(values, nil)
	return builder.NewRecordBatch()
}

func expectStatus(err error, code codes.Code) error {
	if found := status.Code(err); found != code {
		return fmt.Errorf("expected the status %s, found %s: %v", code, found, err)
	}
	return nil
}
