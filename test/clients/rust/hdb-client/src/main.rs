//! Tries a HANA server with the hdbconnect driver. Each case ends as one line of JSON on standard
//! output.
//!
//! Arguments: host:port user password

mod cases;
mod table;

use hdbconnect::{ConnectParams, Connection, HdbResult};
use report::Target;

pub fn connect(target: &Target) -> HdbResult<Connection> {
    connect_as(target, &target.password)
}

pub fn connect_as(target: &Target, password: &str) -> HdbResult<Connection> {
    let (host, port) = target.address.rsplit_once(':').unwrap_or((&target.address, "30015"));
    let params = ConnectParams::builder()
        .with_hostname(host)
        .with_port(port.parse().expect("a port number"))
        .with_dbuser(&target.user)
        .with_password(password)
        .build()?;
    Connection::new(params)
}

fn main() {
    let (target, _) = report::target_from_arguments();
    for (name, run) in cases::CASES {
        report::try_case(name, || run(&target));
    }
}
