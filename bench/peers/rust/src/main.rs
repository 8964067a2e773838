//! Reads from HANA by hdbconnect, into Arrow by hdbconnect-arrow: the engine of pyhdb-rs.
//!
//! Arguments: host:port user password. Talks in lines of JSON, see `bench/peers/README.md`.

mod digest;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};
use digest::TableDigest;
use futures::future::try_join_all;
use hdbconnect_arrow::{BatchConfig, HanaBatchProcessor, SchemaMapper};
use hdbconnect_async::{ConnectParams, Connection, ResultSet};
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::fs::read_to_string;
use std::io::{Write, stdin, stdout};
use std::sync::Arc;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The most that HANA gives.
const FETCH_ROWS: u32 = 32_767;
/// The time of the processor in `/proc/self/stat`, in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Deserialize)]
struct Question {
    #[serde(rename = "do")]
    task: String,
    sql: Vec<String>,
}

struct Target {
    address: String,
    user: String,
    password: String,
}

impl Target {
    async fn connect(&self) -> Outcome<Connection> {
        let (host, port) = self.address.rsplit_once(':').ok_or("expected host:port")?;
        let params = ConnectParams::builder()
            .with_hostname(host)
            .with_port(port.parse()?)
            .with_dbuser(&self.user)
            .with_password(&self.password)
            .build()?;
        let connection = Connection::new(params).await?;
        connection.set_fetch_size(FETCH_ROWS).await;
        Ok(connection)
    }
}

/// The crate maps FIXED8, FIXED12 and FIXED16 to raw bytes, which it then cannot fill; they are DECIMALs.
fn schema_of(result: &ResultSet) -> Outcome<Schema> {
    let schema = SchemaMapper::from_result_set(result);
    let metadata = result.metadata();
    let fields = schema.fields().iter().zip(metadata.iter()).map(|(field, column)| {
        let field = field.as_ref().clone();
        Ok(match field.data_type() {
            DataType::FixedSizeBinary(_) => field.with_data_type(DataType::Decimal128(
                u8::try_from(column.precision())?,
                i8::try_from(column.scale())?,
            )),
            _ => field,
        })
    });
    Ok(Schema::new(fields.collect::<Outcome<Vec<_>>>()?))
}

async fn read(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(&RecordBatch) -> Outcome<()>,
) -> Outcome<()> {
    let mut result = connection.query(sql).await?;
    let schema = Arc::new(schema_of(&result)?);
    let mut processor = HanaBatchProcessor::new(schema, BatchConfig::default());
    while let Some(row) = result.next_row().await? {
        if let Some(batch) = processor.process_row(&row)? {
            take(&batch)?;
        }
    }
    if let Some(batch) = processor.flush()? {
        take(&batch)?;
    }
    Ok(())
}

/// Reads one query and keeps nothing: the rows, and the seconds until the first were there.
async fn drain(connection: &Connection, sql: &str, start: Instant) -> Outcome<(usize, f64)> {
    let (mut rows, mut first) = (0, 0.0);
    read(connection, sql, |batch| {
        if rows == 0 {
            first = start.elapsed().as_secs_f64();
        }
        rows += batch.num_rows();
        Ok(())
    })
    .await?;
    Ok((rows, first))
}

async fn read_all(connections: &[Connection], queries: &[String]) -> Outcome<Value> {
    let start = Instant::now();
    let processor = processor_seconds()?;
    let drained = connections.iter().zip(queries).map(|(each, sql)| drain(each, sql, start));
    let results = try_join_all(drained).await?;
    Ok(json!({
        "rows": results.iter().map(|(rows, _)| rows).sum::<usize>(),
        "seconds": start.elapsed().as_secs_f64(),
        "firstSeconds": results.iter().map(|(_, first)| *first).fold(f64::INFINITY, f64::min),
        "cpuSeconds": processor_seconds()? - processor,
    }))
}

async fn digest_all(connection: &Connection, queries: &[String]) -> Outcome<Value> {
    let mut digest = TableDigest::default();
    let mut rows = 0;
    for sql in queries {
        read(connection, sql, |batch| {
            rows += batch.num_rows();
            Ok(digest.add(batch)?)
        })
        .await?;
    }
    Ok(json!({ "rows": rows, "columns": digest.finish() }))
}

/// User and system time, behind the name of the program in parentheses.
fn processor_seconds() -> Outcome<f64> {
    let stat = read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("expected a name in parentheses")?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_PER_SECOND)
}

fn answer(value: &Value) -> Outcome<()> {
    println!("{value}");
    Ok(stdout().flush()?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, user, password] = arguments.try_into().map_err(|_| "host:port user password")?;
    let target = Target { address, user, password };
    let mut connections = vec![target.connect().await?];
    answer(&json!({ "ready": true }))?;
    for line in stdin().lines() {
        let Question { task, sql } = serde_json::from_str(&line?)?;
        while connections.len() < sql.len() {
            connections.push(target.connect().await?);
        }
        let found = match task.as_str() {
            "read" => read_all(&connections, &sql).await?,
            _ => digest_all(&connections[0], &sql).await?,
        };
        answer(&found)?;
    }
    Ok(())
}
