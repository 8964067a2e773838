package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/SAP/go-hdb/driver"

	"hana-flight/test/clients/go/report"
)

// Error numbers of HANA.
const (
	authenticationFailed = 10
	syntaxError          = 257
	invalidTableName     = 259
	uniqueViolation      = 301
)

// A musical symbol outside the Basic Multilingual Plane: two surrogates in HANA, six bytes in CESU-8.
const supplementary = "\U0001D11E"

var cases = []report.Case{
	{Name: "logs on", Run: withDB(logsOn)},
	{Name: "is refused with a wrong password", Run: refusesWrongPassword},
	{Name: "reads ALL_TYPES", Run: func(at report.Target) ([]report.Column, error) {
		db := open(at)
		defer db.Close()
		return readTable(db, "SELECT * FROM SALES.ALL_TYPES ORDER BY ID")
	}},
	{Name: "reads a result of many packets", Run: withDB(readsManyPackets)},
	{Name: "binds parameters of a query", Run: withDB(bindsParameters)},
	{Name: "inserts a prepared batch", Run: withDB(insertsBatch)},
	{Name: "writes and reads LOBs larger than a packet", Run: withDB(writesLobs)},
	{Name: "commits and rolls back", Run: withDB(commitsAndRollsBack)},
	{Name: "shows the code of an unknown table", Run: withDB(showsUnknownTable)},
	{Name: "shows the position of a syntax error", Run: withDB(showsSyntaxError)},
	{Name: "shows the row of a batch that breaks a key", Run: withDB(showsBrokenKey)},
}

func withDB(run func(*sql.DB) error) func(report.Target) ([]report.Column, error) {
	return func(at report.Target) ([]report.Column, error) {
		db := open(at)
		defer db.Close()
		return nil, run(db)
	}
}

func logsOn(db *sql.DB) error {
	var user string
	if err := db.QueryRow("SELECT CURRENT_USER FROM DUMMY").Scan(&user); err != nil {
		return err
	}
	return report.Expect("CURRENT_USER", user, "DEMO")
}

func refusesWrongPassword(at report.Target) ([]report.Column, error) {
	at.Password = "not the password"
	db := open(at)
	defer db.Close()
	return nil, expectCode(db.Ping(), authenticationFailed)
}

func readsManyPackets(db *sql.DB) error {
	var count, sum int64
	err := db.QueryRow("SELECT COUNT(*), CAST(SUM(TRANSACTION_ID) AS BIGINT) FROM SALES.TRANSACTIONS").Scan(&count, &sum)
	if err != nil {
		return err
	}
	rows, err := db.Query("SELECT TRANSACTION_ID, NOTE FROM SALES.TRANSACTIONS")
	if err != nil {
		return err
	}
	defer rows.Close()
	var seen, added int64
	for rows.Next() {
		var id int64
		var note sql.NullString
		if err := rows.Scan(&id, &note); err != nil {
			return err
		}
		seen, added = seen+1, added+id
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return errors.Join(report.Expect("rows", seen, count), report.Expect("sum of TRANSACTION_ID", added, sum))
}

func bindsParameters(db *sql.DB) error {
	stmt, err := db.Prepare("SELECT COUNT(*) FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID = ? AND SALES_REGION = ?")
	if err != nil {
		return err
	}
	defer stmt.Close()
	var id int64
	var region string
	find := "SELECT TOP 1 TRANSACTION_ID, SALES_REGION FROM SALES.TRANSACTIONS WHERE SALES_REGION IS NOT NULL"
	if err := db.QueryRow(find).Scan(&id, &region); err != nil {
		return err
	}
	for _, try := range []struct {
		region string
		count  int
	}{{region, 1}, {region + "?", 0}, {region, 1}} {
		var count int
		if err := stmt.QueryRow(id, try.region).Scan(&count); err != nil {
			return err
		}
		if err := report.Expect("count for "+try.region, count, try.count); err != nil {
			return err
		}
	}
	return nil
}

func insertsBatch(db *sql.DB) error {
	const rowCount = 1000
	if _, err := db.Exec("CREATE COLUMN TABLE GO_BATCH (ID INTEGER PRIMARY KEY, NAME NVARCHAR(40), PRICE DECIMAL(15,2))"); err != nil {
		return err
	}
	stmt, err := db.Prepare("INSERT INTO GO_BATCH VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	defer stmt.Close()
	next := 0
	result, err := stmt.Exec(func(args []any) error {
		if next == rowCount {
			return driver.ErrEndOfRows
		}
		args[0], args[1], args[2] = next, fmt.Sprintf("%s %d", supplementary, next), fmt.Sprintf("-%d.05", next)
		if next%10 == 0 {
			args[1], args[2] = nil, nil
		}
		next++
		return nil
	})
	if err != nil {
		return err
	}
	affected, err := result.RowsAffected()
	if err != nil {
		return err
	}
	var count, nulls int
	var name string
	var total driver.Decimal
	if err := db.QueryRow("SELECT COUNT(*), SUM(CASE WHEN NAME IS NULL THEN 1 ELSE 0 END) FROM GO_BATCH").Scan(&count, &nulls); err != nil {
		return err
	}
	if err := db.QueryRow("SELECT NAME, PRICE FROM GO_BATCH WHERE ID = 999").Scan(&name, &total); err != nil {
		return err
	}
	return errors.Join(
		report.Expect("affected rows", affected, rowCount),
		report.Expect("COUNT(*)", count, rowCount),
		report.Expect("NULL names", nulls, rowCount/10),
		report.Expect("NAME of 999", name, supplementary+" 999"),
		report.Expect("PRICE of 999", decimalText(&total, 2), "-999.05"),
	)
}

func writesLobs(db *sql.DB) error {
	text := strings.Repeat("Zeile "+supplementary+" ünd ", 40_000)
	bytesIn := make([]byte, 700_001)
	for i := range bytesIn {
		bytesIn[i] = byte(i*7 + i/256)
	}
	if _, err := db.Exec("CREATE COLUMN TABLE GO_LOB (ID INTEGER PRIMARY KEY, T NCLOB, B BLOB)"); err != nil {
		return err
	}
	tx, err := db.Begin() // HANA streams LOBs only inside a transaction
	if err != nil {
		return err
	}
	defer tx.Rollback()
	stmt, err := tx.Prepare("INSERT INTO GO_LOB VALUES (?, ?, ?)")
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, row := range []struct {
		id int
		t  io.Reader
		b  io.Reader
	}{
		{1, strings.NewReader(text), bytes.NewReader(bytesIn)},
		{2, strings.NewReader(""), bytes.NewReader(nil)},
	} {
		if _, err := stmt.Exec(row.id, driver.NewLob(row.t, nil), driver.NewLob(row.b, nil)); err != nil {
			return err
		}
	}
	if _, err := stmt.Exec(3, nil, nil); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return readsLobs(db, text, bytesIn)
}

func readsLobs(db *sql.DB, text string, bytesIn []byte) error {
	rows, err := db.Query("SELECT T, B FROM GO_LOB ORDER BY ID")
	if err != nil {
		return err
	}
	defer rows.Close()
	var texts, blobs [][]byte
	for rows.Next() {
		t := driver.NullLob{Lob: driver.NewLob(nil, new(bytes.Buffer))}
		b := driver.NullLob{Lob: driver.NewLob(nil, new(bytes.Buffer))}
		if err := rows.Scan(&t, &b); err != nil {
			return err
		}
		texts, blobs = append(texts, lobBytes(t)), append(blobs, lobBytes(b))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if len(texts) != 3 {
		return fmt.Errorf("rows: expected 3, found %d", len(texts))
	}
	return errors.Join(
		report.Expect("text is equal", string(texts[0]) == text, true),
		report.Expect("bytes are equal", bytes.Equal(blobs[0], bytesIn), true),
		report.Expect("length of the empty text", len(texts[1]), 0),
		report.Expect("length of the empty bytes", len(blobs[1]), 0),
		report.Expect("empty is not NULL", texts[1] != nil && blobs[1] != nil, true),
		report.Expect("NULL is NULL", texts[2] == nil && blobs[2] == nil, true),
	)
}

// lobBytes is nil for NULL and never nil for an empty LOB.
func lobBytes(lob driver.NullLob) []byte {
	if !lob.Valid {
		return nil
	}
	return append([]byte{}, lob.Lob.Writer().(*bytes.Buffer).Bytes()...)
}

func commitsAndRollsBack(db *sql.DB) error {
	if _, err := db.Exec("CREATE COLUMN TABLE GO_TX (ID INTEGER)"); err != nil {
		return err
	}
	steps := []struct {
		end   func(*sql.Tx) error
		value int
		after int
	}{
		{(*sql.Tx).Rollback, 1, 0},
		{(*sql.Tx).Commit, 2, 1},
	}
	for _, step := range steps {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		if _, err := tx.Exec("INSERT INTO GO_TX VALUES (?)", step.value); err != nil {
			return err
		}
		var inside, outside, after int
		if err := tx.QueryRow("SELECT COUNT(*) FROM GO_TX").Scan(&inside); err != nil {
			return err
		}
		if err := db.QueryRow("SELECT COUNT(*) FROM GO_TX").Scan(&outside); err != nil {
			return err
		}
		if err := step.end(tx); err != nil {
			return err
		}
		if err := db.QueryRow("SELECT COUNT(*) FROM GO_TX").Scan(&after); err != nil {
			return err
		}
		if err := errors.Join(report.Expect("seen inside", inside, 1), report.Expect("seen outside", outside, 0), report.Expect("seen after", after, step.after)); err != nil {
			return err
		}
	}
	return nil
}

func showsUnknownTable(db *sql.DB) error {
	_, err := db.Exec("SELECT * FROM SALES.NO_SUCH_TABLE")
	if err := expectCode(err, invalidTableName); err != nil {
		return err
	}
	return logsOn(db) // the session goes on
}

func showsSyntaxError(db *sql.DB) error {
	_, err := db.Query("SELECT * FORM DUMMY")
	if err := expectCode(err, syntaxError); err != nil {
		return err
	}
	var failure driver.Error
	errors.As(err, &failure)
	return report.Expect("position", failure.Position(), 10)
}

func showsBrokenKey(db *sql.DB) error {
	if _, err := db.Exec("CREATE COLUMN TABLE GO_KEY (ID INTEGER PRIMARY KEY)"); err != nil {
		return err
	}
	stmt, err := db.Prepare("INSERT INTO GO_KEY VALUES (?)")
	if err != nil {
		return err
	}
	defer stmt.Close()
	_, err = stmt.Exec(slices.Chunk([]any{1, 2, 1}, 1))
	if err := expectCode(err, uniqueViolation); err != nil {
		return err
	}
	var failure driver.Error
	errors.As(err, &failure)
	return report.Expect("row", failure.StmtNo(), 2)
}

func expectCode(err error, code int) error {
	var failure driver.Error
	if !errors.As(err, &failure) {
		return fmt.Errorf("expected error %d of HANA, found %v", code, err)
	}
	return report.Expect("code of "+failure.Error(), failure.Code(), code)
}
