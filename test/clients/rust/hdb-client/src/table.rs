use hdbconnect::{Connection, HdbError, HdbValue};
use report::{Column, hex};
use serde_json::{Value, json};

/// Runs a query and gives each value its canonical text: what the statement of expected values in
/// `all-types.json` is written in.
pub fn read_table(connection: &Connection, query: &str) -> Result<Vec<Column>, String> {
    let text = |error: HdbError| error.display_with_inner();
    let rows = connection.query(query).map_err(text)?;
    let metadata = rows.metadata();
    let mut values: Vec<Vec<Value>> = vec![vec![]; metadata.len()];
    for row in rows {
        let mut row = row.map_err(text)?;
        for (column, field) in values.iter_mut().zip(metadata.iter()) {
            let value = row.next_value().ok_or("a row is shorter than its metadata")?;
            let cell =
                canonical(value).map_err(|detail| format!("{}: {detail}", field.displayname()))?;
            column.push(cell);
        }
    }
    let columns = values.into_iter().zip(metadata.iter()).map(|(values, field)| {
        json!({
            "name": field.displayname(),
            "type": format!("{:?}", field.type_id()),
            "nullable": field.is_nullable(),
            "values": values,
        })
    });
    Ok(columns.collect())
}

fn canonical(value: HdbValue<'static>) -> Result<Value, String> {
    let text = |error: HdbError| error.display_with_inner();
    Ok(match value {
        HdbValue::NULL => Value::Null,
        HdbValue::BOOLEAN(b) => json!(b),
        HdbValue::TINYINT(n) => json!(n.to_string()),
        HdbValue::SMALLINT(n) => json!(n.to_string()),
        HdbValue::INT(n) => json!(n.to_string()),
        HdbValue::BIGINT(n) => json!(n.to_string()),
        HdbValue::REAL(n) => json!(f64::from(n).to_string()),
        HdbValue::DOUBLE(n) => json!(n.to_string()),
        HdbValue::DECIMAL(n) => json!(n.to_plain_string()),
        HdbValue::STRING(s) => json!(s),
        HdbValue::BINARY(b) | HdbValue::GEOMETRY(b) | HdbValue::POINT(b) => json!(hex(&b)),
        HdbValue::LONGDATE(d) => json!(d.to_string().replace('T', " ")),
        HdbValue::SECONDDATE(d) => json!(d.to_string().replace('T', " ")),
        HdbValue::DAYDATE(d) => json!(d.to_string()),
        HdbValue::SECONDTIME(t) => json!(t.to_string()),
        HdbValue::SYNC_BLOB(lob) => json!(hex(&lob.into_bytes().map_err(text)?)),
        HdbValue::SYNC_CLOB(lob) => json!(lob.into_string().map_err(text)?),
        HdbValue::SYNC_NCLOB(lob) => json!(lob.into_string().map_err(text)?),
        other => return Err(format!("unexpected value {other:?}")),
    })
}
