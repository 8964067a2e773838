use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, Schema, TimeUnit};
use report::{Column, hex};
use serde_json::{Value, json};

/// Gives each value its canonical text: what the statement of expected values in `all-types.json` is
/// written in.
pub fn columns_of(schema: &Schema, batches: &[RecordBatch]) -> Result<Vec<Column>, String> {
    let columns = schema.fields().iter().enumerate().map(|(index, field)| {
        let mut values = vec![];
        for batch in batches {
            let array = batch.column(index);
            for row in 0..array.len() {
                values.push(canonical(array, row)?);
            }
        }
        Ok(json!({
            "name": field.name(),
            "type": field.data_type().to_string(),
            "nullable": field.is_nullable(),
            "values": values,
        }))
    });
    columns.collect()
}

/// The texts of one column.
pub fn texts_of(batches: &[RecordBatch], column: &str) -> Result<Vec<String>, String> {
    let mut texts = vec![];
    for batch in batches {
        let array = batch.column_by_name(column).ok_or(format!("there is no column {column}"))?;
        for row in 0..array.len() {
            texts.push(formatted(array, row)?);
        }
    }
    Ok(texts)
}

fn canonical(array: &dyn Array, row: usize) -> Result<Value, String> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Boolean => json!(array.as_boolean().value(row)),
        DataType::Binary => json!(hex(array.as_binary::<i32>().value(row))),
        DataType::FixedSizeList(_, _) => {
            let items = array.as_fixed_size_list().value(row);
            let texts: Result<Vec<_>, _> =
                (0..items.len()).map(|item| canonical(&items, item)).collect();
            json!(texts?)
        }
        _ => json!(formatted(array, row)?),
    })
}

fn formatted(array: &dyn Array, row: usize) -> Result<String, String> {
    let timestamp = match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M:%S%.6f",
    };
    let options = FormatOptions::new().with_timestamp_format(Some(timestamp));
    let formatter = ArrayFormatter::try_new(array, &options).map_err(|error| error.to_string())?;
    formatter.value(row).try_to_string().map_err(|error| error.to_string())
}
