//! Condenses Arrow columns as `bench/peers/python/digests.py` describes it.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type,
    Time64NanosecondType, TimestampNanosecondType, UInt8Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

const BYTES: usize = 8;
const NANOSECONDS_PER_MICROSECOND: i64 = 1_000;
const NANOSECONDS_PER_SECOND: i64 = 1_000_000_000;

#[derive(Default)]
struct ColumnDigest {
    validity: Sha256,
    lengths: Sha256,
    values: Sha256,
}

/// Digests of the columns of a table, by their names.
#[derive(Default)]
pub struct TableDigest(BTreeMap<String, ColumnDigest>);

impl TableDigest {
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), String> {
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            self.0.entry(field.name().clone()).or_default().add(column.as_ref())?;
        }
        Ok(())
    }

    pub fn finish(self) -> BTreeMap<String, String> {
        self.0.into_iter().map(|(name, column)| (name, column.text())).collect()
    }
}

impl ColumnDigest {
    fn add(&mut self, array: &dyn Array) -> Result<(), String> {
        let rows: Vec<usize> = (0..array.len()).filter(|&row| array.is_valid(row)).collect();
        for row in 0..array.len() {
            self.validity.update([u8::from(array.is_valid(row))]);
        }
        let rows = rows.into_iter();
        match array.data_type() {
            DataType::UInt8 => {
                let values = array.as_primitive::<UInt8Type>();
                self.integers(rows.map(|row| i64::from(values.value(row))));
            }
            DataType::Int16 => {
                let values = array.as_primitive::<Int16Type>();
                self.integers(rows.map(|row| i64::from(values.value(row))));
            }
            DataType::Int32 => {
                let values = array.as_primitive::<Int32Type>();
                self.integers(rows.map(|row| i64::from(values.value(row))));
            }
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>();
                self.integers(rows.map(|row| values.value(row)));
            }
            DataType::Boolean => {
                let values = array.as_boolean();
                self.integers(rows.map(|row| i64::from(values.value(row))));
            }
            DataType::Date32 => {
                let values = array.as_primitive::<Date32Type>();
                self.integers(rows.map(|row| i64::from(values.value(row))));
            }
            DataType::Time64(_) => {
                let values = array.as_primitive::<Time64NanosecondType>();
                self.integers(rows.map(|row| values.value(row) / NANOSECONDS_PER_SECOND));
            }
            DataType::Timestamp(_, _) => {
                let values = array.as_primitive::<TimestampNanosecondType>();
                self.integers(rows.map(|row| values.value(row) / NANOSECONDS_PER_MICROSECOND));
            }
            DataType::Float32 => {
                let values = array.as_primitive::<Float32Type>();
                self.floats(rows.map(|row| f64::from(values.value(row))));
            }
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>();
                self.floats(rows.map(|row| values.value(row)));
            }
            DataType::Decimal128(_, _) => {
                let values = array.as_primitive::<Decimal128Type>();
                for row in rows {
                    self.values.update(values.value(row).to_le_bytes());
                }
            }
            DataType::Utf8 => {
                let values = array.as_string::<i32>();
                rows.for_each(|row| self.text_value(values.value(row).as_bytes()));
            }
            DataType::LargeUtf8 => {
                let values = array.as_string::<i64>();
                rows.for_each(|row| self.text_value(values.value(row).as_bytes()));
            }
            DataType::Binary => {
                let values = array.as_binary::<i32>();
                rows.for_each(|row| self.text_value(values.value(row)));
            }
            DataType::LargeBinary => {
                let values = array.as_binary::<i64>();
                rows.for_each(|row| self.text_value(values.value(row)));
            }
            other => return Err(format!("no digest for {other}")),
        }
        Ok(())
    }

    fn integers(&mut self, values: impl Iterator<Item = i64>) {
        values.for_each(|value| self.values.update(value.to_le_bytes()));
    }

    fn floats(&mut self, values: impl Iterator<Item = f64>) {
        values.for_each(|value| self.values.update(value.to_le_bytes()));
    }

    fn text_value(&mut self, bytes: &[u8]) {
        self.lengths.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.values.update(bytes);
    }

    fn text(self) -> String {
        let parts = [self.validity, self.lengths, self.values].map(|hash| {
            hash.finalize().iter().take(BYTES).fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
        });
        parts.join("-")
    }
}
