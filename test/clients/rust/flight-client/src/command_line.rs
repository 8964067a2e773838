use report::{Outcome, Target};
use std::process::Command;

type Case = fn(&Target, &str) -> Outcome;

/// What `flight_sql_client` is run with, and what it must print.
pub const CASES: &[(&str, Case)] = &[
    ("flight_sql_client statement-query", |target, program| {
        let sql = "SELECT CURRENT_USER AS WHO, 6 * 7 AS N FROM DUMMY";
        prints(target, program, &["statement-query", sql], &["WHO", "DEMO", "42"])
    }),
    ("flight_sql_client prepared-statement-query", |target, program| {
        let sql = "SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS \
            WHERE TRANSACTION_ID <= ? AND ? = CUSTOMER || CUSTOMER OR TRANSACTION_ID <= ?";
        let query = ["prepared-statement-query", sql, "-p", "1=10", "-p", "2=none", "-p", "3=17"];
        prints(target, program, &query, &["17"])
    }),
    ("flight_sql_client catalogs", |target, program| {
        prints(target, program, &["catalogs"], &["catalog_name"])
    }),
    ("flight_sql_client db-schemas", |target, program| {
        prints(target, program, &["db-schemas", ""], &["db_schema_name", "SALES"])
    }),
    ("flight_sql_client tables", |target, program| {
        prints(target, program, &["tables", ""], &["SALES", "TRANSACTIONS", "TABLE"])
    }),
    ("flight_sql_client table-types", |target, program| {
        prints(target, program, &["table-types"], &["TABLE", "VIEW"])
    }),
    ("flight_sql_client exits with an error for a wrong statement", |target, program| {
        match run(target, program, &["statement-query", "SELECT * FORM DUMMY"]) {
            Ok(printed) => Err(format!("expected an error, it printed {printed}")),
            Err(error) if error.contains("257") => Ok(vec![]),
            Err(error) => Err(format!("expected HANA's code 257, found {error}")),
        }
    }),
];

fn prints(target: &Target, program: &str, arguments: &[&str], parts: &[&str]) -> Outcome {
    let printed = run(target, program, arguments)?;
    match parts.iter().find(|part| !printed.contains(*part)) {
        None => Ok(vec![]),
        Some(part) => Err(format!("expected {part:?} in what it printed, found {printed}")),
    }
}

/// What the program prints; what it says of an error when it fails.
fn run(target: &Target, program: &str, arguments: &[&str]) -> Result<String, String> {
    let (host, port) = target.address.rsplit_once(':').ok_or("expected host:port")?;
    let output = Command::new(program)
        .args(["--host", host, "--port", port])
        .args(["--username", &target.user, "--password", &target.password])
        .args(arguments)
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
}
