package main

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/SAP/go-hdb/driver"

	"hana-flight/test/clients/go/report"
)

// readTable runs a query and gives each value its canonical text: what the statement of expected
// values in all-types.json is written in.
func readTable(db *sql.DB, query string) ([]report.Column, error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns := make([]report.Column, len(types))
	for i, t := range types {
		nullable, _ := t.Nullable()
		columns[i] = report.Column{Name: t.Name(), Type: t.DatabaseTypeName(), Nullable: nullable, Values: []any{}}
	}
	for rows.Next() {
		cells := make([]any, len(types))
		for i, t := range types {
			cells[i] = cellFor(t.DatabaseTypeName())
		}
		if err := rows.Scan(cells...); err != nil {
			return nil, err
		}
		for i, t := range types {
			text, err := canonical(cells[i], t)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", t.Name(), err)
			}
			columns[i].Values = append(columns[i].Values, text)
		}
	}
	return columns, rows.Err()
}

// cellFor is what rows.Scan fills: the driver's own types where database/sql has none.
func cellFor(typeName string) any {
	switch typeName {
	case "BLOB", "CLOB", "NCLOB", "TEXT", "BINTEXT":
		return &driver.NullLob{Lob: driver.NewLob(nil, new(bytes.Buffer))}
	case "DECIMAL", "FIXED8", "FIXED12", "FIXED16":
		return &driver.NullDecimal{}
	default:
		return new(any)
	}
}

var timeLayouts = map[string]string{
	"DAYDATE":    "2006-01-02",
	"SECONDTIME": "15:04:05",
	"SECONDDATE": "2006-01-02 15:04:05",
	"LONGDATE":   "2006-01-02 15:04:05.0000000",
}

func canonical(cell any, t *sql.ColumnType) (any, error) {
	switch cell := cell.(type) {
	case *driver.NullLob:
		if !cell.Valid {
			return nil, nil
		}
		content := cell.Lob.Writer().(*bytes.Buffer)
		// The driver hands BINTEXT over undecoded.
		if name := t.DatabaseTypeName(); name == "BLOB" || name == "BINTEXT" {
			return hex.EncodeToString(content.Bytes()), nil
		}
		return content.String(), nil
	case *driver.NullDecimal:
		if !cell.Valid {
			return nil, nil
		}
		_, scale, _ := t.DecimalSize()
		return decimalText(cell.Decimal, int(scale)), nil
	case *any:
		return canonicalScalar(*cell, t.DatabaseTypeName())
	default:
		return nil, fmt.Errorf("unexpected cell %T", cell)
	}
}

func canonicalScalar(value any, typeName string) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil
	case bool:
		return value, nil
	case int64:
		return strconv.FormatInt(value, 10), nil
	case float64:
		return strconv.FormatFloat(value, 'g', -1, 64), nil
	case time.Time:
		return value.Format(timeLayouts[typeName]), nil
	case string:
		return value, nil
	case []byte:
		if typeName == "BINARY" || typeName == "VARBINARY" || typeName == "BSTRING" {
			return hex.EncodeToString(value), nil
		}
		return string(value), nil
	default:
		return nil, fmt.Errorf("unexpected value %T", value)
	}
}

// A floating DECIMAL has this scale in HANA's metadata.
const floatingScale = 32767

// decimalText writes every digit of a decimal; a floating one as a fraction that is exact as well.
func decimalText(d *driver.Decimal, scale int) string {
	rat := (*big.Rat)(d)
	if scale != floatingScale {
		return rat.FloatString(scale)
	}
	digits, _ := rat.FloatPrec()
	return rat.FloatString(digits)
}
