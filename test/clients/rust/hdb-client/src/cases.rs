use crate::connect_as;
use crate::table::read_table;
use hdbconnect::{Connection, HdbError, HdbResult, HdbValue};
use report::{Outcome, Target, expect};
use std::io::Cursor;
use std::sync::{Arc, Mutex};

type Case = fn(&Target) -> Outcome;

/// Error numbers of HANA.
const AUTHENTICATION_FAILED: i32 = 10;
const SYNTAX_ERROR: i32 = 257;
const INVALID_TABLE_NAME: i32 = 259;
const UNIQUE_VIOLATION: i32 = 301;

/// Outside the Basic Multilingual Plane: two surrogates in HANA, six bytes in CESU-8.
const SUPPLEMENTARY: &str = "\u{1D11E}";

pub const CASES: &[(&str, Case)] = &[
    ("logs on", logs_on),
    ("is refused with a wrong password", is_refused),
    ("reads ALL_TYPES", |target| {
        read_table(&connect(target)?, "SELECT * FROM SALES.ALL_TYPES ORDER BY ID")
    }),
    ("reads a result of many packets", reads_many_packets),
    ("binds parameters of a query", binds_parameters),
    ("inserts a prepared batch", inserts_batch),
    ("writes and reads LOBs larger than a packet", writes_lobs),
    ("commits and rolls back", commits_and_rolls_back),
    ("shows the code of an unknown table", shows_unknown_table),
    ("shows the position of a syntax error", shows_syntax_error),
    ("shows the row of a batch that breaks a key", shows_broken_key),
];

fn logs_on(target: &Target) -> Outcome {
    let connection = connect(target)?;
    let user = single_text(&connection, "SELECT CURRENT_USER FROM DUMMY")?;
    expect("CURRENT_USER", user.as_str(), "DEMO")
}

fn is_refused(target: &Target) -> Outcome {
    expect_code(connect_as(target, "not the password").map(drop), AUTHENTICATION_FAILED)
        .map(|_| vec![])
}

fn reads_many_packets(target: &Target) -> Outcome {
    let connection = connect(target)?;
    let totals: (i64, i64) = connection
        .query("SELECT COUNT(*), SUM(TRANSACTION_ID) FROM SALES.TRANSACTIONS")
        .and_then(|rows| rows.try_into())
        .map_err(text)?;
    let rows =
        connection.query("SELECT TRANSACTION_ID, NOTE FROM SALES.TRANSACTIONS").map_err(text)?;
    let mut seen = (0_i64, 0_i64);
    for row in rows {
        let (id, _note): (i64, Option<String>) =
            row.and_then(hdbconnect::Row::try_into).map_err(text)?;
        seen = (seen.0 + 1, seen.1 + id);
    }
    expect("rows and sum of TRANSACTION_ID", seen, totals)
}

fn binds_parameters(target: &Target) -> Outcome {
    let connection = connect(target)?;
    let (id, region): (i64, String) = connection
        .query("SELECT TOP 1 TRANSACTION_ID, SALES_REGION FROM SALES.TRANSACTIONS WHERE SALES_REGION IS NOT NULL")
        .and_then(|rows| rows.try_into())
        .map_err(text)?;
    let mut statement = connection
        .prepare(
            "SELECT COUNT(*) FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID = ? AND SALES_REGION = ?",
        )
        .map_err(text)?;
    for (asked, count) in [(region.clone(), 1), (format!("{region}?"), 0), (region.clone(), 1)] {
        let found: i64 = statement
            .execute(&(id, asked.as_str()))
            .and_then(hdbconnect::HdbResponse::into_result_set)
            .and_then(|rows| rows.try_into())
            .map_err(text)?;
        expect(&format!("count for {asked}"), found, count)?;
    }
    Ok(vec![])
}

fn inserts_batch(target: &Target) -> Outcome {
    const ROWS: i32 = 1000;
    let connection = connect(target)?;
    connection
        .exec("CREATE COLUMN TABLE RUST_BATCH (ID INTEGER PRIMARY KEY, NAME NVARCHAR(40), PRICE DECIMAL(15,2))")
        .map_err(text)?;
    let mut insert = connection.prepare("INSERT INTO RUST_BATCH VALUES (?, ?, ?)").map_err(text)?;
    for id in 0..ROWS {
        let named = id % 10 != 0;
        let name = named.then(|| format!("{SUPPLEMENTARY} {id}"));
        let price = named.then(|| format!("-{id}.05"));
        insert.add_batch(&(id, name, price)).map_err(text)?;
    }
    let affected = insert
        .execute_batch()
        .and_then(hdbconnect::HdbResponse::into_affected_rows)
        .map_err(text)?;
    expect("affected rows", affected.iter().sum::<usize>(), 1000)?;
    let counts: (i64, i64) = connection
        .query("SELECT COUNT(*), SUM(CASE WHEN NAME IS NULL THEN 1 ELSE 0 END) FROM RUST_BATCH")
        .and_then(|rows| rows.try_into())
        .map_err(text)?;
    expect("rows and NULL names", counts, (1000, 100))?;
    let row: (String, String) = connection
        .query("SELECT NAME, PRICE FROM RUST_BATCH WHERE ID = 999")
        .and_then(|rows| rows.try_into())
        .map_err(text)?;
    expect("row 999", row, (format!("{SUPPLEMENTARY} 999"), "-999.05".to_owned()))
}

/// Content of an NCLOB, as UTF-8, and of a BLOB.
type LobRow = (Option<Vec<u8>>, Option<Vec<u8>>);

fn writes_lobs(target: &Target) -> Outcome {
    let connection = connect(target)?;
    let long_text = format!("Zeile {SUPPLEMENTARY} ünd ").repeat(40_000);
    let bytes: Vec<u8> = (0..700_001_u32).map(|i| (i * 7 + i / 256).to_le_bytes()[0]).collect();
    connection
        .exec("CREATE COLUMN TABLE RUST_LOB (ID INTEGER PRIMARY KEY, T NCLOB, B BLOB)")
        .map_err(text)?;
    // HANA streams LOBs only inside a transaction.
    connection.set_auto_commit(false).map_err(text)?;
    let mut insert = connection.prepare("INSERT INTO RUST_LOB VALUES (?, ?, ?)").map_err(text)?;
    for (id, t, b) in [(1, long_text.clone().into_bytes(), bytes.clone()), (2, vec![], vec![])] {
        insert.execute_row(vec![HdbValue::INT(id), stream(t), stream(b)]).map_err(text)?;
    }
    insert.execute_row(vec![HdbValue::INT(3), HdbValue::NULL, HdbValue::NULL]).map_err(text)?;
    connection.commit().map_err(text)?;

    let rows = connection.query("SELECT T, B FROM RUST_LOB ORDER BY ID").map_err(text)?;
    let mut found = vec![];
    for row in rows {
        let mut row = row.map_err(text)?;
        found.push((lob_bytes(row.next_value())?, lob_bytes(row.next_value())?));
    }
    let expected =
        [(Some(long_text.into_bytes()), Some(bytes)), (Some(vec![]), Some(vec![])), (None, None)];
    let lengths = |rows: &[LobRow]| -> Vec<_> {
        rows.iter().map(|(t, b)| (t.as_ref().map(Vec::len), b.as_ref().map(Vec::len))).collect()
    };
    expect("lengths", lengths(&found), lengths(&expected))?;
    expect("contents are equal", found == expected, true)
}

fn stream(bytes: Vec<u8>) -> HdbValue<'static> {
    HdbValue::SYNC_LOBSTREAM(Some(Arc::new(Mutex::new(Cursor::new(bytes)))))
}

/// UTF-8 of a text, bytes of a BLOB, `None` for NULL.
fn lob_bytes(value: Option<HdbValue<'static>>) -> Result<Option<Vec<u8>>, String> {
    match value {
        Some(HdbValue::NULL) => Ok(None),
        Some(HdbValue::SYNC_BLOB(lob)) => lob.into_bytes().map(Some).map_err(text),
        Some(HdbValue::SYNC_NCLOB(lob)) => {
            lob.into_string().map(|t| Some(t.into_bytes())).map_err(text)
        }
        other => Err(format!("expected a LOB, found {other:?}")),
    }
}

type EndOfTransaction = fn(&Connection) -> HdbResult<()>;

fn commits_and_rolls_back(target: &Target) -> Outcome {
    let connection = connect(target)?;
    let other = connect(target)?;
    connection.exec("CREATE COLUMN TABLE RUST_TX (ID INTEGER)").map_err(text)?;
    connection.set_auto_commit(false).map_err(text)?;
    let steps: [(EndOfTransaction, i64); 2] = [(Connection::rollback, 0), (Connection::commit, 1)];
    for (end, after) in steps {
        connection.dml("INSERT INTO RUST_TX VALUES (1)").map_err(text)?;
        let count = "SELECT COUNT(*) FROM RUST_TX";
        expect("seen inside", single_number(&connection, count)?, 1)?;
        expect("seen outside", single_number(&other, count)?, 0)?;
        end(&connection).map_err(text)?;
        expect("seen after", single_number(&other, count)?, after)?;
    }
    Ok(vec![])
}

fn shows_unknown_table(target: &Target) -> Outcome {
    let connection = connect(target)?;
    expect_code(
        connection.query("SELECT * FROM SALES.NO_SUCH_TABLE").map(drop),
        INVALID_TABLE_NAME,
    )?;
    let user = single_text(&connection, "SELECT CURRENT_USER FROM DUMMY")?;
    expect("CURRENT_USER afterwards", user.as_str(), "DEMO")
}

fn shows_syntax_error(target: &Target) -> Outcome {
    let connection = connect(target)?;
    let position = expect_code(connection.query("SELECT * FORM DUMMY").map(drop), SYNTAX_ERROR)?;
    expect("position", position, 10)
}

fn shows_broken_key(target: &Target) -> Outcome {
    let connection = connect(target)?;
    connection.exec("CREATE COLUMN TABLE RUST_KEY (ID INTEGER PRIMARY KEY)").map_err(text)?;
    let mut insert = connection.prepare("INSERT INTO RUST_KEY VALUES (?)").map_err(text)?;
    for id in [1_i32, 2, 1] {
        insert.add_batch(&id).map_err(text)?;
    }
    match insert.execute_batch() {
        Err(HdbError::ExecutionResults(results)) => {
            let failed: Vec<(usize, i32)> = results
                .into_iter()
                .enumerate()
                .filter_map(|(row, result)| match result {
                    hdbconnect::ExecutionResult::Failure(error) => {
                        Some((row, error.as_ref().map_or(0, hdbconnect::ServerError::code)))
                    }
                    _ => None,
                })
                .collect();
            expect("rows that failed, with their codes", failed, vec![(2, UNIQUE_VIOLATION)])
        }
        other => Err(format!("expected the results of three rows, found {other:?}")),
    }
}

fn connect(target: &Target) -> Result<Connection, String> {
    crate::connect(target).map_err(text)
}

fn single_text(connection: &Connection, query: &str) -> Result<String, String> {
    connection.query(query).and_then(|rows| rows.try_into()).map_err(text)
}

fn single_number(connection: &Connection, query: &str) -> Result<i64, String> {
    connection.query(query).and_then(|rows| rows.try_into()).map_err(text)
}

/// Returns the position that came with the error.
fn expect_code(result: HdbResult<()>, code: i32) -> Result<i32, String> {
    let error = result.err().ok_or(format!("expected error {code} of HANA, found success"))?;
    let server_error = match &error {
        HdbError::Authentication { source } => source.server_error(),
        other => other.server_error(),
    };
    let found = server_error.map(hdbconnect::ServerError::code);
    expect(&format!("code of {}", text(&error)), found, Some(code))?;
    Ok(server_error.map_or(0, hdbconnect::ServerError::position))
}

fn text<E: std::borrow::Borrow<HdbError>>(error: E) -> String {
    error.borrow().display_with_inner()
}
