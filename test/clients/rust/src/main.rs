//! Tries a HANA server with the hdbconnect driver. Each case ends as one line of JSON on standard
//! output.
//!
//! Arguments: host:port user password

mod cases;
mod table;

use hdbconnect::{ConnectParams, Connection, HdbResult};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where, and as whom, the cases log on.
pub struct Target {
    address: String,
    user: String,
    password: String,
}

impl Target {
    pub fn connect(&self) -> HdbResult<Connection> {
        self.connect_as(&self.password)
    }

    pub fn connect_as(&self, password: &str) -> HdbResult<Connection> {
        let (host, port) = self.address.rsplit_once(':').unwrap_or((&self.address, "30015"));
        let params = ConnectParams::builder()
            .with_hostname(host)
            .with_port(port.parse().expect("a port number"))
            .with_dbuser(&self.user)
            .with_password(password)
            .build()?;
        Connection::new(params)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, user, password] = &arguments[..] else {
        eprintln!("expected arguments: host:port user password");
        std::process::exit(2);
    };
    let target =
        Target { address: address.clone(), user: user.clone(), password: password.clone() };
    for (name, run) in cases::CASES {
        // A panic of the driver is a failed case; the others still run.
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&target)));
        let report = match outcome {
            Ok(Ok(columns)) => json!({ "case": name, "passed": true, "columns": columns }),
            Ok(Err(detail)) => json!({ "case": name, "passed": false, "detail": detail }),
            Err(panic) => json!({ "case": name, "passed": false, "detail": panic_text(&*panic) }),
        };
        println!("{report}");
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("without a text"))
}
