package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

const digestBytes = 8

// tableDigest condenses columns, by their names, as bench/peers/python/digests.py describes it.
type tableDigest map[string]*columnDigest

type columnDigest struct{ validity, lengths, values hash.Hash }

func (t tableDigest) add(batch arrow.RecordBatch) error {
	for i, values := range batch.Columns() {
		name := batch.ColumnName(i)
		if t[name] == nil {
			t[name] = &columnDigest{sha256.New(), sha256.New(), sha256.New()}
		}
		if err := t[name].add(values); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t tableDigest) texts() map[string]string {
	texts := map[string]string{}
	for name, column := range t {
		var parts []string
		for _, part := range []hash.Hash{column.validity, column.lengths, column.values} {
			parts = append(parts, hex.EncodeToString(part.Sum(nil)[:digestBytes]))
		}
		texts[name] = strings.Join(parts, "-")
	}
	return texts
}

func (c *columnDigest) add(values arrow.Array) error {
	for row := range values.Len() {
		if values.IsNull(row) {
			c.validity.Write([]byte{0})
			continue
		}
		c.validity.Write([]byte{1})
		if err := c.addValue(values, row); err != nil {
			return err
		}
	}
	return nil
}

func (c *columnDigest) addValue(values arrow.Array, row int) error {
	switch values := values.(type) {
	case *array.Int16:
		c.integer(int64(values.Value(row)))
	case *array.Int32:
		c.integer(int64(values.Value(row)))
	case *array.Int64:
		c.integer(values.Value(row))
	case *array.Boolean:
		if values.Value(row) {
			c.integer(1)
		} else {
			c.integer(0)
		}
	case *array.Float32:
		c.integer(int64(math.Float64bits(float64(values.Value(row)))))
	case *array.Float64:
		c.integer(int64(math.Float64bits(values.Value(row))))
	case *array.Date32:
		c.integer(int64(values.Value(row)))
	case *array.Time32:
		c.integer(int64(values.Value(row)))
	case *array.Timestamp:
		c.integer(microseconds(values, row))
	case *array.Decimal128:
		value := values.Value(row)
		c.integer(int64(value.LowBits()))
		c.integer(value.HighBits())
	case *array.String:
		c.text([]byte(values.Value(row)))
	case *array.Binary:
		c.text(values.Value(row))
	default:
		return fmt.Errorf("no digest for %s", values.DataType())
	}
	return nil
}

func microseconds(values *array.Timestamp, row int) int64 {
	value := int64(values.Value(row))
	if values.DataType().(*arrow.TimestampType).Unit == arrow.Second {
		return value * 1_000_000
	}
	return value
}

func (c *columnDigest) integer(value int64) {
	c.values.Write(binary.LittleEndian.AppendUint64(nil, uint64(value)))
}

func (c *columnDigest) text(bytes []byte) {
	c.lengths.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(bytes))))
	c.values.Write(bytes)
}
