use crate::table::{columns_of, texts_of};
use crate::{Client, fetch, log_on, query, text};
use arrow_array::{Array, Int64Array, RecordBatch, StringArray};
use arrow_flight::FlightInfo;
use arrow_flight::sql::{
    CommandGetCrossReference, CommandGetDbSchemas, CommandGetExportedKeys, CommandGetImportedKeys,
    CommandGetPrimaryKeys, CommandGetTables, CommandGetXdbcTypeInfo, CommandStatementIngest,
    EndTransaction, TableDefinitionOptions, TableExistsOption, TableNotExistOption,
};
use futures::stream;
use report::{Outcome, Target, expect};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Running = Pin<Box<dyn Future<Output = Outcome>>>;
type Case = fn(Target) -> Running;

/// Outside the Basic Multilingual Plane: two surrogates in HANA, four bytes in UTF-8.
const SUPPLEMENTARY: &str = "\u{1D11E}";

/// Would run for a minute.
const LONG_STATEMENT: &str = "SELECT COUNT(*) FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, \
    SALES.TRANSACTIONS C WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY";
const ACTIVE: &str = "SELECT COUNT(*) FROM SYS.M_ACTIVE_STATEMENTS \
    WHERE STATEMENT_STRING LIKE '%A.QUANTITY + B.QUANTITY%' \
    AND STATEMENT_STRING NOT LIKE '%M_ACTIVE_STATEMENTS%'";
const POLL: Duration = Duration::from_millis(20);
const STARTS_WITHIN: Duration = Duration::from_secs(20);
/// HANA is to be free within a second; a loaded machine gets more.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

pub const CASES: &[(&str, Case)] = &[
    ("logs on", |target| Box::pin(logs_on(target))),
    ("is refused with a wrong password", |target| Box::pin(is_refused(target))),
    ("reads ALL_TYPES", |target| Box::pin(reads_all_types(target))),
    ("reads a large table within 4 MiB a message", |target| Box::pin(reads_large_table(target))),
    ("binds rows of parameters to a query", |target| Box::pin(binds_query(target))),
    ("binds rows of parameters to an update", |target| Box::pin(binds_update(target))),
    ("updates with counts", |target| Box::pin(updates(target))),
    ("ingests in every mode", |target| Box::pin(ingests(target))),
    ("commits and rolls back", |target| Box::pin(commits_and_rolls_back(target))),
    ("reads the metadata commands", |target| Box::pin(reads_metadata(target))),
    ("a dropped stream ends its query inside HANA", |target| Box::pin(drops_stream(target))),
    ("an error carries HANA's code", |target| Box::pin(shows_errors(target))),
];

async fn logs_on(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    expect_single(&mut client, "SELECT CURRENT_USER FROM DUMMY", "DEMO").await
}

async fn is_refused(target: Target) -> Outcome {
    let wrong = Target { password: "not the password".to_owned(), ..target };
    match log_on(&wrong).await {
        Ok(_) => Err("expected a refusal, was let in".to_owned()),
        Err(error) => expect_contains(&error, "authentication failed"),
    }
}

async fn reads_all_types(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    let (schema, batches) = query(&mut client, "SELECT * FROM SALES.ALL_TYPES ORDER BY ID").await?;
    columns_of(&schema, &batches)
}

async fn reads_large_table(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    let count = single(&mut client, "SELECT COUNT(*) FROM SALES.TRANSACTIONS").await?;
    let (_, batches) = query(&mut client, "SELECT * FROM SALES.TRANSACTIONS").await?;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    expect("rows", rows.to_string(), count)
}

async fn binds_query(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    let sql = "SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID <= ?";
    let mut statement = client.prepare(sql.to_owned(), None).await.map_err(text)?;
    for limits in [vec![10_i64], vec![3, 5, 0, 7], vec![1]] {
        let name = statement.parameter_schema().map_err(text)?.field(0).name().clone();
        let parameters: Arc<dyn Array> = Arc::new(Int64Array::from(limits.clone()));
        let batch = RecordBatch::try_from_iter([(name, parameters)]).map_err(text)?;
        statement.set_parameters(batch).map_err(text)?;
        let info = statement.execute().await.map_err(text)?;
        let (_, batches) = fetch(&mut client, info).await?;
        let expected: Vec<_> = limits.iter().map(i64::to_string).collect();
        expect("one result a row", texts_of(&batches, "N")?, expected)?;
    }
    statement.close().await.map_err(text)?;
    Ok(vec![])
}

/// This client binds in one call and executes in the next.
async fn binds_update(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    create(&mut client, "RUST_BIND (ID BIGINT PRIMARY KEY)").await?;
    let sql = "INSERT INTO RUST_BIND VALUES (?)".to_owned();
    let mut statement = client.prepare(sql, None).await.map_err(text)?;
    let parameters: Arc<dyn Array> = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let batch = RecordBatch::try_from_iter([("1", parameters)]).map_err(text)?;
    statement.set_parameters(batch).map_err(text)?;
    expect("rows", statement.execute_update().await.map_err(text)?, 3)?;
    statement.close().await.map_err(text)?;
    expect_single(&mut client, "SELECT SUM(ID) FROM RUST_BIND", "6").await
}

async fn updates(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    create(&mut client, "RUST_UPDATE (ID INTEGER PRIMARY KEY, NAME NVARCHAR(20))").await?;
    let insert = format!("INSERT INTO RUST_UPDATE VALUES (1, '{SUPPLEMENTARY}')");
    for (sql, rows) in [
        (insert.as_str(), 1),
        ("INSERT INTO RUST_UPDATE SELECT ID + 1, NAME FROM RUST_UPDATE", 1),
        ("UPDATE RUST_UPDATE SET NAME = NAME || '!'", 2),
        ("DELETE FROM RUST_UPDATE WHERE ID = 1", 1),
        ("DELETE FROM RUST_UPDATE WHERE ID = 1", 0),
    ] {
        let found = client.execute_update(sql.to_owned(), None).await.map_err(text)?;
        expect(&format!("rows of {sql}"), found, rows)?;
    }
    let expected = format!("{SUPPLEMENTARY}!");
    expect_single(&mut client, "SELECT NAME FROM RUST_UPDATE", &expected).await
}

async fn ingests(target: Target) -> Outcome {
    use TableExistsOption::{Append, Fail as Refuse, Replace};
    use TableNotExistOption::{Create, Fail};
    let mut client = log_on(&target).await?;
    for (mode, absent, present, after) in [
        ("append to a table that is not there", Fail, Append, None),
        ("create", Create, Refuse, Some("3")),
        ("create again", Create, Refuse, None),
        ("append", Fail, Append, Some("6")),
        ("create or append", Create, Append, Some("9")),
        ("replace", Create, Replace, Some("3")),
    ] {
        let rows = ingest(&mut client, absent, present).await;
        match after {
            None if rows.is_ok() => return Err(format!("{mode}: expected an error")),
            None => continue,
            Some(count) => {
                expect(&format!("rows of {mode}"), rows?, 3)?;
                expect_single(&mut client, "SELECT COUNT(*) FROM RUST_INGEST", count).await?;
            }
        }
    }
    let names = r#"SELECT COUNT("name") || MAX("name") FROM RUST_INGEST"#;
    expect_single(&mut client, names, &format!("2{SUPPLEMENTARY}")).await
}

async fn ingest(
    client: &mut Client,
    absent: TableNotExistOption,
    present: TableExistsOption,
) -> Result<i64, String> {
    let ids: Arc<dyn Array> = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let names: Arc<dyn Array> =
        Arc::new(StringArray::from(vec![Some("eins"), None, Some(SUPPLEMENTARY)]));
    let batch = RecordBatch::try_from_iter([("id", ids), ("name", names)]).map_err(text)?;
    let command = CommandStatementIngest {
        table_definition_options: Some(TableDefinitionOptions {
            if_not_exist: absent.into(),
            if_exists: present.into(),
        }),
        table: "RUST_INGEST".to_owned(),
        schema: None,
        catalog: None,
        temporary: false,
        transaction_id: None,
        options: Default::default(),
    };
    client.execute_ingest(command, stream::iter(vec![Ok(batch)])).await.map_err(text)
}

async fn commits_and_rolls_back(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    create(&mut client, "RUST_FLIGHT_TX (ID INTEGER)").await?;
    for (end, after) in [(EndTransaction::Rollback, "0"), (EndTransaction::Commit, "1")] {
        let transaction = client.begin_transaction().await.map_err(text)?;
        let insert = "INSERT INTO RUST_FLIGHT_TX VALUES (1)".to_owned();
        client.execute_update(insert, Some(transaction.clone())).await.map_err(text)?;
        client.end_transaction(transaction, end).await.map_err(text)?;
        expect_single(&mut client, "SELECT COUNT(*) FROM RUST_FLIGHT_TX", after).await?;
    }
    Ok(vec![])
}

async fn reads_metadata(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    let sales = Some("SALES".to_owned());
    let transactions = || "TRANSACTIONS".to_owned();
    let answers = [
        (client.get_catalogs().await, "catalog_name", None),
        (
            client
                .get_db_schemas(CommandGetDbSchemas {
                    catalog: None,
                    db_schema_filter_pattern: Some("S%".to_owned()),
                })
                .await,
            "db_schema_name",
            Some("SALES"),
        ),
        (
            client
                .get_tables(CommandGetTables {
                    catalog: None,
                    db_schema_filter_pattern: sales.clone(),
                    table_name_filter_pattern: Some("TRANS%".to_owned()),
                    table_types: vec!["TABLE".to_owned()],
                    include_schema: true,
                })
                .await,
            "table_name",
            Some("TRANSACTIONS"),
        ),
        (client.get_table_types().await, "table_type", Some("VIEW")),
        (
            client
                .get_primary_keys(CommandGetPrimaryKeys {
                    catalog: None,
                    db_schema: sales.clone(),
                    table: transactions(),
                })
                .await,
            "column_name",
            Some("TRANSACTION_ID"),
        ),
        (
            client
                .get_exported_keys(CommandGetExportedKeys {
                    catalog: None,
                    db_schema: sales.clone(),
                    table: transactions(),
                })
                .await,
            "fk_table_name",
            Some("SALES_ITEMS"),
        ),
        (
            client
                .get_imported_keys(CommandGetImportedKeys {
                    catalog: None,
                    db_schema: sales.clone(),
                    table: "SALES_ITEMS".to_owned(),
                })
                .await,
            "pk_table_name",
            Some("TRANSACTIONS"),
        ),
        (
            client
                .get_cross_reference(CommandGetCrossReference {
                    pk_catalog: None,
                    pk_db_schema: sales.clone(),
                    pk_table: transactions(),
                    fk_catalog: None,
                    fk_db_schema: sales.clone(),
                    fk_table: "SALES_ITEMS".to_owned(),
                })
                .await,
            "pk_column_name",
            Some("TRANSACTION_ID"),
        ),
        (
            client.get_xdbc_type_info(CommandGetXdbcTypeInfo { data_type: None }).await,
            "type_name",
            Some("NVARCHAR"),
        ),
        (client.get_sql_info(vec![]).await, "info_name", Some("576")),
    ];
    for (info, column, value) in answers {
        let found = values_of(&mut client, info.map_err(text)?, column).await?;
        if let Some(value) = value
            && !found.iter().any(|one| one == value)
        {
            return Err(format!("{column}: expected {value} among {found:?}"));
        }
    }
    Ok(vec![])
}

async fn values_of(
    client: &mut Client,
    info: FlightInfo,
    column: &str,
) -> Result<Vec<String>, String> {
    let (_, batches) = fetch(client, info).await?;
    texts_of(&batches, column)
}

async fn drops_stream(target: Target) -> Outcome {
    let mut observer = log_on(&target).await?;
    let reader = tokio::spawn(async move {
        let mut client = log_on(&target).await?;
        query(&mut client, LONG_STATEMENT).await
    });
    wait_for_active(&mut observer, "1", STARTS_WITHIN).await?;
    reader.abort();
    wait_for_active(&mut observer, "0", ENDS_WITHIN).await
}

async fn wait_for_active(client: &mut Client, count: &str, within: Duration) -> Outcome {
    let started = Instant::now();
    loop {
        let active = single(client, ACTIVE).await?;
        if active == count || started.elapsed() > within {
            return expect(&format!("active statements within {within:?}"), active.as_str(), count);
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn shows_errors(target: Target) -> Outcome {
    let mut client = log_on(&target).await?;
    for (sql, code) in [
        ("SELECT * FROM SALES.NO_SUCH_TABLE", "259"),
        ("SELECT * FORM DUMMY", "257"),
        ("SELECT * FROM SALES.PAYROLL", "258"),
    ] {
        match query(&mut client, sql).await {
            Ok(_) => return Err(format!("expected {sql} to fail")),
            Err(error) => expect_contains(&error, code)?,
        };
    }
    expect_single(&mut client, "SELECT 1 FROM DUMMY", "1").await
}

async fn create(client: &mut Client, table: &str) -> Result<(), String> {
    let sql = format!("CREATE COLUMN TABLE {table}");
    client.execute_update(sql, None).await.map_err(text).map(drop)
}

async fn single(client: &mut Client, sql: &str) -> Result<String, String> {
    let (schema, batches) = query(client, sql).await?;
    let values = texts_of(&batches, schema.field(0).name())?;
    match &values[..] {
        [value] => Ok(value.clone()),
        _ => Err(format!("{sql}: expected one value, found {values:?}")),
    }
}

async fn expect_single(client: &mut Client, sql: &str, expected: &str) -> Outcome {
    expect(sql, single(client, sql).await?.as_str(), expected)
}

fn expect_contains(found: &str, part: &str) -> Outcome {
    if found.contains(part) {
        return Ok(vec![]);
    }
    Err(format!("expected a text with {part:?}, found {found:?}"))
}
