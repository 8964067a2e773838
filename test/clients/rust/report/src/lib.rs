//! Runs cases; each ends as one line of JSON on standard output.

use serde_json::{Value, json};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One column of a table as a driver decoded it, each value in its canonical text: an object with
/// `name`, `type`, `nullable` and `values`.
pub type Column = Value;

/// The table that a case read, if it read one, or what went wrong.
pub type Outcome = Result<Vec<Column>, String>;

/// Where, and as whom, the cases log on.
#[derive(Clone)]
pub struct Target {
    /// `host:port`
    pub address: String,
    pub user: String,
    pub password: String,
}

/// The arguments `host:port user password`, with others behind them.
pub fn target_from_arguments() -> (Target, Vec<String>) {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(user), Some(password)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        eprintln!("expected arguments: host:port user password");
        std::process::exit(2);
    };
    (Target { address, user, password }, arguments.collect())
}

/// Runs one case. A panic of the driver is a failed case; the others still run.
pub fn try_case(name: &str, run: impl FnOnce() -> Outcome) {
    let report = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(columns)) => json!({ "case": name, "passed": true, "columns": columns }),
        Ok(Err(detail)) => json!({ "case": name, "passed": false, "detail": detail }),
        Err(panic) => json!({ "case": name, "passed": false, "detail": panic_text(&*panic) }),
    };
    println!("{report}");
}

pub fn expect<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Outcome {
    if found == expected {
        return Ok(vec![]);
    }
    Err(format!("{what}: expected {expected:?}, found {found:?}"))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("without a text"))
}
