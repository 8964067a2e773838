package main

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/apache/arrow-go/v18/arrow/flight/flightsql/driver"

	"hana-flight/test/clients/go/report"
)

var databaseSQLCases = []report.Case{
	{Name: "database/sql queries and scans", Run: withDB(scans)},
	{Name: "database/sql binds parameters", Run: withDB(bindsThroughDB)},
	{Name: "database/sql inserts, updates and deletes with counts", Run: withDB(updatesThroughDB)},
	{Name: "database/sql commits and rolls back", Run: withDB(transactsThroughDB)},
	{Name: "database/sql cancels by its context", Run: withDB(cancelsThroughDB)},
}

func withDB(run func(*sql.DB) error) func(report.Target) ([]report.Column, error) {
	return func(at report.Target) ([]report.Column, error) {
		config := driver.DriverConfig{Address: at.Address, Username: at.User, Password: at.Password, Timeout: callsEndWithin}
		db, err := sql.Open("flightsql", config.DSN())
		if err != nil {
			return nil, err
		}
		defer db.Close()
		return nil, run(db)
	}
}

func scans(db *sql.DB) error {
	var user string
	var date time.Time
	var none sql.NullString
	var rate float64
	query := "SELECT CURRENT_USER, DATE'2024-02-29', CAST(NULL AS NVARCHAR(1)), CAST(0.5 AS DOUBLE) FROM DUMMY"
	if err := db.QueryRow(query).Scan(&user, &date, &none, &rate); err != nil {
		return err
	}
	var count, seen int64
	if err := db.QueryRow("SELECT COUNT(*) FROM SALES.TRANSACTIONS").Scan(&count); err != nil {
		return err
	}
	rows, err := db.Query("SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		seen++
	}
	return errors.Join(
		rows.Err(),
		report.Expect("CURRENT_USER", user, "DEMO"),
		report.Expect("date", date.Format(time.DateOnly), "2024-02-29"),
		report.Expect("NULL is valid", none.Valid, false),
		report.Expect("rate", rate, 0.5),
		report.Expect("rows", seen, count),
	)
}

// The driver binds texts, truth values, and of the numbers BIGINT and DOUBLE only.
func bindsThroughDB(db *sql.DB) error {
	statement, err := db.Prepare("SELECT COUNT(*) FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID <= ? AND (SALES_REGION <> ? OR SALES_REGION IS NULL OR QUANTITY < ?)")
	if err != nil {
		return err
	}
	defer statement.Close()
	for _, limit := range []int64{10, 0, 500} {
		var count int64
		if err := statement.QueryRow(limit, "no such region", 0.0).Scan(&count); err != nil {
			return err
		}
		if err := report.Expect("transactions", count, limit); err != nil {
			return err
		}
	}
	return nil
}

func updatesThroughDB(db *sql.DB) error {
	if _, err := db.Exec("CREATE COLUMN TABLE GO_SQL (ID BIGINT PRIMARY KEY, NAME NVARCHAR(20))"); err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
		rows int64
	}{
		{"INSERT INTO GO_SQL VALUES (?, ?)", []any{int64(1), supplementary}, 1},
		{"INSERT INTO GO_SQL VALUES (2, 'zwei')", nil, 1},
		{"UPDATE GO_SQL SET NAME = ?", []any{"alle"}, 2},
		{"DELETE FROM GO_SQL WHERE ID = ?", []any{int64(1)}, 1},
	} {
		result, err := db.Exec(step.sql, step.args...)
		if err != nil {
			return err
		}
		rows, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if err := report.Expect("rows of "+step.sql, rows, step.rows); err != nil {
			return err
		}
	}
	var name string
	if err := db.QueryRow("SELECT NAME FROM GO_SQL").Scan(&name); err != nil {
		return err
	}
	return report.Expect("NAME", name, "alle")
}

func transactsThroughDB(db *sql.DB) error {
	if _, err := db.Exec("CREATE COLUMN TABLE GO_SQL_TX (ID BIGINT)"); err != nil {
		return err
	}
	for _, step := range []struct {
		end   func(*sql.Tx) error
		after int64
	}{{(*sql.Tx).Rollback, 0}, {(*sql.Tx).Commit, 1}} {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO GO_SQL_TX VALUES (?)", int64(1)); err != nil {
			return err
		}
		if err := step.end(tx); err != nil {
			return err
		}
		var count int64
		if err := db.QueryRow("SELECT COUNT(*) FROM GO_SQL_TX").Scan(&count); err != nil {
			return err
		}
		if err := report.Expect("rows afterwards", count, step.after); err != nil {
			return err
		}
	}
	return nil
}

func cancelsThroughDB(db *sql.DB) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	outcome := make(chan error, 1)
	go func() {
		var count int64
		outcome <- db.QueryRowContext(ctx, longStatement).Scan(&count)
	}()
	if err := waitForActiveIn(db, 1, startsWithin); err != nil {
		return err
	}
	cancel()
	if err := waitForActiveIn(db, 0, endsWithin); err != nil {
		return err
	}
	if <-outcome == nil {
		return errors.New("expected the cancelled query to fail, it succeeded")
	}
	return scans(db)
}

func waitForActiveIn(db *sql.DB, expected int64, within time.Duration) error {
	until := time.Now().Add(within)
	for {
		var active int64
		if err := db.QueryRow(activeCount).Scan(&active); err != nil {
			return err
		}
		if active == expected || time.Now().After(until) {
			return report.Expect("active statements", active, expected)
		}
		time.Sleep(pollEvery)
	}
}
