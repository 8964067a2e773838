package main

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"hana-flight/test/clients/go/report"
)

// columnsOf gives each value its canonical text: what the statement of expected values in
// all-types.json is written in.
func columnsOf(schema *arrow.Schema, batches []arrow.RecordBatch) ([]report.Column, error) {
	columns := make([]report.Column, schema.NumFields())
	for i, field := range schema.Fields() {
		columns[i] = report.Column{
			Name:     field.Name,
			Type:     field.Type.String(),
			Nullable: field.Nullable,
			Values:   []any{},
		}
		for _, batch := range batches {
			for row := range int(batch.NumRows()) {
				value, err := canonical(batch.Column(i), row)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", field.Name, err)
				}
				columns[i].Values = append(columns[i].Values, value)
			}
		}
	}
	return columns, nil
}

func canonical(values arrow.Array, row int) (any, error) {
	if values.IsNull(row) {
		return nil, nil
	}
	switch values := values.(type) {
	case *array.Boolean:
		return values.Value(row), nil
	case *array.Int16, *array.Int32, *array.Int64, *array.Uint8, *array.Uint32, *array.String:
		return values.ValueStr(row), nil
	case *array.Float32:
		return strconv.FormatFloat(float64(values.Value(row)), 'g', -1, 32), nil
	case *array.Float64:
		return strconv.FormatFloat(values.Value(row), 'g', -1, 64), nil
	case *array.Decimal128:
		return values.Value(row).ToString(values.DataType().(*arrow.Decimal128Type).Scale), nil
	case *array.Binary:
		return hex.EncodeToString(values.Value(row)), nil
	case *array.Date32:
		return values.Value(row).FormattedString(), nil
	case *array.Time32:
		unit := values.DataType().(*arrow.Time32Type).Unit
		return values.Value(row).ToTime(unit).Format(time.TimeOnly), nil
	case *array.Timestamp:
		return timestampText(values.Value(row), values.DataType().(*arrow.TimestampType).Unit), nil
	case *array.FixedSizeList:
		return vector(values, row)
	default:
		return nil, fmt.Errorf("unexpected type %s", values.DataType())
	}
}

func timestampText(value arrow.Timestamp, unit arrow.TimeUnit) string {
	layout := time.DateTime + ".000000"
	if unit == arrow.Second {
		layout = time.DateTime
	}
	return value.ToTime(unit).Format(layout)
}

func vector(list *array.FixedSizeList, row int) ([]any, error) {
	start, end := list.ValueOffsets(row)
	items := make([]any, 0, end-start)
	for i := start; i < end; i++ {
		item, err := canonical(list.ListValues(), int(i))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// onlyValue is the text of a result of one row and one column.
func onlyValue(schema *arrow.Schema, batches []arrow.RecordBatch) (string, error) {
	columns, err := columnsOf(schema, batches)
	if err != nil {
		return "", err
	}
	if len(columns) != 1 || len(columns[0].Values) != 1 {
		return "", fmt.Errorf("expected one value, found %v", columns)
	}
	return fmt.Sprint(columns[0].Values[0]), nil
}
