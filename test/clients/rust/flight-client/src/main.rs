//! Tries hana-flight with the Flight SQL client of the crate arrow-flight, and with that crate's own
//! program `flight_sql_client`. Each case ends as one line of JSON on standard output.
//!
//! Arguments: host:port user password path-of-flight_sql_client

mod cases;
mod command_line;
mod table;

use arrow_array::RecordBatch;
use arrow_flight::FlightInfo;
use arrow_flight::sql::client::FlightSqlServiceClient;
use arrow_schema::Schema;
use futures::TryStreamExt;
use report::Target;
use tokio::runtime::Runtime;
use tonic::transport::{Channel, Endpoint};

/// A client that has logged on.
pub type Client = FlightSqlServiceClient<Channel>;

pub async fn log_on(target: &Target) -> Result<Client, String> {
    let channel = Endpoint::new(format!("http://{}", target.address))
        .map_err(text)?
        .connect()
        .await
        .map_err(text)?;
    let mut client = FlightSqlServiceClient::new(channel);
    client.handshake(&target.user, &target.password).await.map_err(text)?;
    Ok(client)
}

/// Reads every endpoint of a flight.
pub async fn fetch(
    client: &mut Client,
    info: FlightInfo,
) -> Result<(Schema, Vec<RecordBatch>), String> {
    let schema = info.clone().try_decode_schema().map_err(text)?;
    let mut batches = vec![];
    for endpoint in info.endpoint {
        let ticket = endpoint.ticket.ok_or("an endpoint has no ticket")?;
        let stream = client.do_get(ticket).await.map_err(text)?;
        batches.extend(stream.try_collect::<Vec<_>>().await.map_err(text)?);
    }
    Ok((schema, batches))
}

pub async fn query(client: &mut Client, sql: &str) -> Result<(Schema, Vec<RecordBatch>), String> {
    let info = client.execute(sql.to_owned(), None).await.map_err(text)?;
    fetch(client, info).await
}

pub fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn main() {
    let (target, others) = report::target_from_arguments();
    let [program] = &others[..] else {
        eprintln!("expected as the fourth argument: the path of flight_sql_client");
        std::process::exit(2);
    };
    let runtime = Runtime::new().expect("a runtime");
    for (name, run) in cases::CASES {
        report::try_case(name, || runtime.block_on(run(target.clone())));
    }
    for (name, run) in command_line::CASES {
        report::try_case(name, || run(&target, program));
    }
}
