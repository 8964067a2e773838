package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"time"

	"github.com/SAP/go-hdb/driver"
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A DECIMAL without scale has a larger one in HANA's metadata.
const largestScale = 38

// column brings the values of one column from database/sql into a builder.
type column struct {
	kind arrow.DataType
	// cell is what rows.Scan fills.
	cell any
	// put appends the cell.
	put func(array.Builder)
}

// read runs a query and hands over its rows, batch by batch.
func read(connection *sql.Conn, query string, each take) error {
	rows, err := connection.QueryContext(context.Background(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	columns := make([]column, len(types))
	fields := make([]arrow.Field, len(types))
	cells := make([]any, len(types))
	for i, t := range types {
		if columns[i], err = columnFor(t); err != nil {
			return err
		}
		fields[i] = arrow.Field{Name: t.Name(), Type: columns[i].kind, Nullable: true}
		cells[i] = columns[i].cell
	}
	builder := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer builder.Release()
	flush := func() error {
		batch := builder.NewRecordBatch()
		defer batch.Release()
		if batch.NumRows() == 0 {
			return nil
		}
		return each(batch)
	}
	waiting := 0
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
		for i := range columns {
			columns[i].put(builder.Field(i))
		}
		if waiting++; waiting == rowsPerBatch {
			waiting = 0
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return flush()
}

// appender is a builder for values of one Go type.
type appender[T any] interface {
	array.Builder
	Append(T)
}

// scanned makes a column of values that database/sql knows.
func scanned[T, V any, B appender[V]](kind arrow.DataType, convert func(T) V) column {
	cell := new(sql.Null[T])
	return column{kind: kind, cell: cell, put: func(builder array.Builder) {
		if !cell.Valid {
			builder.AppendNull()
			return
		}
		builder.(B).Append(convert(cell.V))
	}}
}

func same[T any](value T) T { return value }

// columnFor maps types as hana-flight does.
func columnFor(t *sql.ColumnType) (column, error) {
	switch name := t.DatabaseTypeName(); name {
	case "TINYINT", "SMALLINT":
		return scanned[int16, int16, *array.Int16Builder](arrow.PrimitiveTypes.Int16, same[int16]), nil
	case "INTEGER":
		return scanned[int32, int32, *array.Int32Builder](arrow.PrimitiveTypes.Int32, same[int32]), nil
	case "BIGINT":
		return scanned[int64, int64, *array.Int64Builder](arrow.PrimitiveTypes.Int64, same[int64]), nil
	case "REAL":
		return scanned[float64, float32, *array.Float32Builder](arrow.PrimitiveTypes.Float32, func(value float64) float32 { return float32(value) }), nil
	case "DOUBLE":
		return scanned[float64, float64, *array.Float64Builder](arrow.PrimitiveTypes.Float64, same[float64]), nil
	case "BOOLEAN":
		return scanned[bool, bool, *array.BooleanBuilder](arrow.FixedWidthTypes.Boolean, same[bool]), nil
	case "NVARCHAR", "NSTRING", "VARCHAR":
		return scanned[string, string, *array.StringBuilder](arrow.BinaryTypes.String, same[string]), nil
	case "VARBINARY", "BSTRING":
		return scanned[[]byte, []byte, *array.BinaryBuilder](arrow.BinaryTypes.Binary, same[[]byte]), nil
	case "DAYDATE":
		return scanned[time.Time, arrow.Date32, *array.Date32Builder](arrow.FixedWidthTypes.Date32, arrow.Date32FromTime), nil
	case "SECONDTIME":
		return scanned[time.Time, arrow.Time32, *array.Time32Builder](arrow.FixedWidthTypes.Time32s, secondsOfDay), nil
	case "SECONDDATE":
		return scanned[time.Time, arrow.Timestamp, *array.TimestampBuilder](&arrow.TimestampType{Unit: arrow.Second}, func(value time.Time) arrow.Timestamp { return arrow.Timestamp(value.Unix()) }), nil
	case "LONGDATE":
		return scanned[time.Time, arrow.Timestamp, *array.TimestampBuilder](&arrow.TimestampType{Unit: arrow.Microsecond}, func(value time.Time) arrow.Timestamp { return arrow.Timestamp(value.UnixMicro()) }), nil
	case "DECIMAL", "FIXED8", "FIXED12", "FIXED16":
		return decimalColumn(t)
	default:
		return column{}, fmt.Errorf("%s: no Arrow type for %s", t.Name(), name)
	}
}

// decimalColumn scans the driver's own type, a big.Rat.
func decimalColumn(t *sql.ColumnType) (column, error) {
	precision, scale, ok := t.DecimalSize()
	if !ok {
		return column{}, fmt.Errorf("%s: no scale", t.Name())
	}
	cell := new(driver.NullDecimal)
	if scale > largestScale {
		return floatingColumn(cell), nil
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(scale), nil)
	return column{
		kind: &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)},
		cell: cell,
		put: func(builder array.Builder) {
			if !cell.Valid {
				builder.AppendNull()
				return
			}
			value := (*big.Rat)(cell.Decimal)
			unscaled := new(big.Int).Mul(value.Num(), power)
			unscaled.Quo(unscaled, value.Denom())
			builder.(*array.Decimal128Builder).Append(decimal128.FromBigInt(unscaled))
		},
	}, nil
}

// floatingColumn is a DECIMAL without scale, as float64.
func floatingColumn(cell *driver.NullDecimal) column {
	return column{kind: arrow.PrimitiveTypes.Float64, cell: cell, put: func(builder array.Builder) {
		if !cell.Valid {
			builder.AppendNull()
			return
		}
		value, _ := (*big.Rat)(cell.Decimal).Float64()
		builder.(*array.Float64Builder).Append(value)
	}}
}

func secondsOfDay(value time.Time) arrow.Time32 {
	return arrow.Time32(value.Hour()*3600 + value.Minute()*60 + value.Second())
}
