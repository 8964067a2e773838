"""The metadata commands, hand-packed, against the schemas that the reference implementations agree on."""

import pyarrow as pa
import pyarrow.flight as flight
from adbc_connection import log_on as adbc_log_on
from adbc_connection import run
from cases import Cases, Target, expect, expect_error
from flight_sql import Session, get_tables, packed, read_schema, sql_info, statement_query

cases = Cases()
case = cases.case


def required(name: str, data_type: pa.DataType) -> pa.Field:
    return pa.field(name, data_type, nullable=False)


UTF8, INT32, BOOL, UINT8 = pa.utf8(), pa.int32(), pa.bool_(), pa.uint8()

TABLES = [
    pa.field("catalog_name", UTF8),
    pa.field("db_schema_name", UTF8),
    required("table_name", UTF8),
    required("table_type", UTF8),
]
KEYS = [
    pa.field("pk_catalog_name", UTF8),
    pa.field("pk_db_schema_name", UTF8),
    required("pk_table_name", UTF8),
    required("pk_column_name", UTF8),
    pa.field("fk_catalog_name", UTF8),
    pa.field("fk_db_schema_name", UTF8),
    required("fk_table_name", UTF8),
    required("fk_column_name", UTF8),
    required("key_sequence", INT32),
    pa.field("fk_key_name", UTF8),
    pa.field("pk_key_name", UTF8),
    required("update_rule", UINT8),
    required("delete_rule", UINT8),
]
INT32_LIST = pa.list_(pa.field("item", INT32))
SQL_INFO_VALUE = pa.dense_union(
    [
        required("string_value", UTF8),
        required("bool_value", BOOL),
        required("bigint_value", pa.int64()),
        required("int32_bitmask", INT32),
        required("string_list", pa.list_(pa.field("item", UTF8))),
        required("int32_to_int32_list_map", pa.map_(required("key", INT32), pa.field("value", INT32_LIST))),
    ],
    type_codes=[0, 1, 2, 3, 4, 5],
)
XDBC_TYPES = [
    required("type_name", UTF8),
    required("data_type", INT32),
    pa.field("column_size", INT32),
    pa.field("literal_prefix", UTF8),
    pa.field("literal_suffix", UTF8),
    pa.field("create_params", pa.list_(required("item", UTF8))),
    required("nullable", INT32),
    required("case_sensitive", BOOL),
    required("searchable", INT32),
    pa.field("unsigned_attribute", BOOL),
    required("fixed_prec_scale", BOOL),
    pa.field("auto_increment", BOOL),
    pa.field("local_type_name", UTF8),
    pa.field("minimum_scale", INT32),
    pa.field("maximum_scale", INT32),
    required("sql_data_type", INT32),
    pa.field("datetime_subcode", INT32),
    pa.field("num_prec_radix", INT32),
    pa.field("interval_precision", INT32),
]

TRANSACTIONS = [(2, "SALES"), (3, "TRANSACTIONS")]
SALES_ITEMS = [(2, "SALES"), (3, "SALES_ITEMS")]

COMMANDS = {
    "GetCatalogs": (packed("CommandGetCatalogs", []), [required("catalog_name", UTF8)]),
    "GetDbSchemas": (
        packed("CommandGetDbSchemas", []),
        [pa.field("catalog_name", UTF8), required("db_schema_name", UTF8)],
    ),
    "GetTables": (get_tables((2, "SALES")), TABLES),
    "GetTables with schemas": (
        get_tables((2, "SALES"), (5, 1)),
        [*TABLES, required("table_schema", pa.binary())],
    ),
    "GetTableTypes": (packed("CommandGetTableTypes", []), [required("table_type", UTF8)]),
    "GetPrimaryKeys": (
        packed("CommandGetPrimaryKeys", TRANSACTIONS),
        [
            pa.field("catalog_name", UTF8),
            pa.field("db_schema_name", UTF8),
            required("table_name", UTF8),
            required("column_name", UTF8),
            required("key_sequence", INT32),
            pa.field("key_name", UTF8),
        ],
    ),
    "GetExportedKeys": (packed("CommandGetExportedKeys", TRANSACTIONS), KEYS),
    "GetImportedKeys": (packed("CommandGetImportedKeys", SALES_ITEMS), KEYS),
    "GetCrossReference": (
        packed("CommandGetCrossReference", [*TRANSACTIONS, (5, "SALES"), (6, "SALES_ITEMS")]),
        KEYS,
    ),
    "GetXdbcTypeInfo": (packed("CommandGetXdbcTypeInfo", []), XDBC_TYPES),
    "GetSqlInfo": (sql_info(), [required("info_name", pa.uint32()), required("value", SQL_INFO_VALUE)]),
}


def log_on(target: Target) -> Session:
    return Session(target.uri, target.user, target.password)


def expect_fields(what: str, found: pa.Schema, expected: list[pa.Field]) -> None:
    """Names, types with the names and nullability of their children, nullability, no metadata."""
    if not found.equals(pa.schema(expected), check_metadata=True):
        raise AssertionError(f"{what}: expected\n{pa.schema(expected)}\nfound\n{found}")
    for left, right in zip(found, expected, strict=True):
        expect_same_children(f"{what}, {left.name}", left.type, right.type)


def expect_same_children(what: str, found: pa.DataType, expected: pa.DataType) -> None:
    """Equality of list and map types ignores what their children are called; some clients do not."""
    expect(f"children of {what}", found.num_fields, expected.num_fields)
    for index in range(found.num_fields):
        left, right = found.field(index), expected.field(index)
        expect(f"child of {what}", (left.name, left.nullable), (right.name, right.nullable))
        expect_same_children(f"{what}.{left.name}", left.type, right.type)


def rows(session: Session, name: str, *fields: tuple[int, int | bytes | str]) -> list[dict]:
    return session.table(packed(name, list(fields))).to_pylist()


@case("every metadata command has its reference schema in GetFlightInfo, GetSchema and the stream")
def reference_schemas(target: Target) -> None:
    session = log_on(target)
    for name, (command, expected) in COMMANDS.items():
        expect_fields(f"FlightInfo of {name}", session.info(command).schema, expected)
        expect_fields(f"GetSchema of {name}", session.schema(command), expected)
        table = session.table(command)
        expect_fields(f"stream of {name}", table.schema, expected)
        table.validate(full=True)
        if table.num_rows == 0 and name != "GetCatalogs":
            raise AssertionError(f"{name}: expected rows")


@case("the ticket of a metadata command is the command itself")
def tickets(target: Target) -> None:
    session = log_on(target)
    for name, (command, _) in COMMANDS.items():
        expect(name, session.info(command).endpoints[0].ticket.ticket, command)
        expect(f"locations of {name}", session.info(command).endpoints[0].locations, [])


@case("filters are patterns: % and _ and their escape; quotes are only characters")
def filters(target: Target) -> None:
    session = log_on(target)
    for fields, expected in [
        ([(2, "SALES"), (3, "TRANS%")], ["TRANSACTIONS", "TRANSACTION_HISTORY"]),
        ([(2, "SALES"), (3, "TRANSACTION_HISTOR_")], ["TRANSACTION_HISTORY"]),
        ([(2, "SALES"), (3, "TRANSACTION\\_HISTORY")], ["TRANSACTION_HISTORY"]),
        ([(2, "SALES"), (3, "TRANSACTION\\%")], []),
        ([(2, "SAL_S"), (4, "VIEW")], ["REGION_TOTALS"]),
        ([(2, "SALES"), (4, "NO SUCH TYPE")], []),
        ([(2, "SALES"), (4, "VIEW"), (4, "TABLE"), (3, "%TOTALS")], ["REGION_TOTALS"]),
        ([(2, "sales")], []),
        ([(2, "")], []),
        ([(2, "SALES"), (3, "' OR '1'='1")], []),
        ([(1, "NO_CATALOG"), (2, "SALES")], []),
        ([(1, ""), (2, "SALES"), (3, "EVENTS")], ["EVENTS"]),
    ]:
        found = session.table(get_tables(*fields)).to_pylist()
        expect(str(fields), [row["table_name"] for row in found], expected)
    for pattern, expected in [("SALES", ["SALES"]), ("SA%", ["SALES"]), ("", []), ("'", [])]:
        found = rows(session, "CommandGetDbSchemas", (2, pattern))
        expect(pattern, [row["db_schema_name"] for row in found], expected)


@case("GetTables with schemas tells what a query of the table will have, and HANA's facts beside it")
def table_schemas(target: Target) -> None:
    session = log_on(target)
    command = get_tables((2, "SALES"), (3, "TRANSACTIONS"), (5, 1))
    row = session.table(command).to_pylist()[0]
    schema = read_schema(row["table_schema"])
    by_select = session.schema(statement_query("SELECT * FROM SALES.TRANSACTIONS"))
    expect("names", schema.names, by_select.names)
    expect("types", schema.types, by_select.types)
    expect("nullable", [field.nullable for field in schema][:2], [False, True])
    for field in schema:
        facts = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        prefix = "ARROW:FLIGHT:SQL:"
        expect(f"table of {field.name}", facts[f"{prefix}TABLE_NAME"], "TRANSACTIONS")
        expect(f"schema of {field.name}", facts[f"{prefix}SCHEMA_NAME"], "SALES")
        expect(f"schema of {field.name}", facts[f"{prefix}DB_SCHEMA_NAME"], "SALES")
        expect(f"position of {field.name}", facts["ORDINAL_POSITION"], str(schema.names.index(field.name) + 1))
        expect(f"nullability of {field.name}", facts["XDBC_IS_NULLABLE"], "YES" if field.nullable else "NO")
    amount = {key.decode(): value.decode() for key, value in schema.field("NET_AMOUNT").metadata.items()}
    for name, expected in [("TYPE_NAME", "DECIMAL"), ("PRECISION", "15"), ("SCALE", "2")]:
        expect(f"{name} of NET_AMOUNT", amount[f"ARROW:FLIGHT:SQL:{name}"], expected)


@case("keys: primary, exported, imported and the reference between two tables")
def keys(target: Target) -> None:
    session = log_on(target)
    primary = rows(session, "CommandGetPrimaryKeys", *TRANSACTIONS)
    expect("primary key", [(row["column_name"], row["key_sequence"]) for row in primary], [("TRANSACTION_ID", 1)])
    two = rows(session, "CommandGetPrimaryKeys", *SALES_ITEMS)
    expect("key of two columns", [row["key_sequence"] for row in two], [1, 2])
    imported = rows(session, "CommandGetImportedKeys", *SALES_ITEMS)
    expect("references", [row["pk_table_name"] for row in imported], ["TRANSACTIONS"])
    expect("exported", rows(session, "CommandGetExportedKeys", *TRANSACTIONS), imported)
    cross = [*TRANSACTIONS, (5, "SALES"), (6, "SALES_ITEMS")]
    expect("cross reference", rows(session, "CommandGetCrossReference", *cross), imported)
    other_way = [(2, "SALES"), (3, "SALES_ITEMS"), (5, "SALES"), (6, "TRANSACTIONS")]
    expect("the other way", rows(session, "CommandGetCrossReference", *other_way), [])
    for name in ("PrimaryKeys", "ImportedKeys", "ExportedKeys"):
        expect(name, rows(session, f"CommandGet{name}", (2, "SALES"), (3, "NO_SUCH_TABLE")), [])


@case("lists come in the order that the specification demands, each row once")
def order(target: Target) -> None:
    session = log_on(target)
    with adbc_log_on(target) as connection:
        names = ['"zz"', '"Zy"', '"a"', '"Ä"', '"_"', '"\U0001d11e"']
        run(connection, *(f"CREATE COLUMN TABLE {name} (ID INTEGER)" for name in names))
        try:
            found = session.table(get_tables()).to_pylist()
        finally:
            run(connection, *(f"DROP TABLE {name}" for name in names))
    names = [(row["db_schema_name"], row["table_name"], row["table_type"]) for row in found]
    expect("tables", names, sorted(set(names)))
    schemas = [row["db_schema_name"] for row in rows(session, "CommandGetDbSchemas")]
    expect("schemas", schemas, sorted(set(schemas)))
    types = [row["table_type"] for row in rows(session, "CommandGetTableTypes")]
    expect("table types", types, sorted(set(types)))
    xdbc = [(row["data_type"], row["type_name"]) for row in rows(session, "CommandGetXdbcTypeInfo")]
    expect("types", xdbc, sorted(xdbc))


@case("GetXdbcTypeInfo can be asked for one type")
def one_type(target: Target) -> None:
    session = log_on(target)
    every = rows(session, "CommandGetXdbcTypeInfo")
    decimals = rows(session, "CommandGetXdbcTypeInfo", (1, 3))
    expect("decimals", decimals, [row for row in every if row["data_type"] == 3])
    if not decimals:
        raise AssertionError("expected DECIMAL")
    expect("of no type", rows(session, "CommandGetXdbcTypeInfo", (1, 12345)), [])


@case("what a user may not see is not listed")
def rights(target: Target) -> None:
    session = Session(target.uri, "RESTRICTED", "Restricted1")
    expect("tables", session.table(get_tables((2, "SALES"))).num_rows, 0)
    expect("keys", rows(session, "CommandGetPrimaryKeys", *TRANSACTIONS), [])


@case("Substrait is UNIMPLEMENTED, and GetSqlInfo says so")
def substrait(target: Target) -> None:
    session = log_on(target)
    plan = packed("CommandStatementSubstraitPlan", [(1, b"\x0a\x00")])
    expect_error(NotImplementedError, lambda: session.info(plan))
    expect_error(NotImplementedError, lambda: session.schema(plan))
    create = flight.Action(
        "CreatePreparedSubstraitPlan", packed("ActionCreatePreparedSubstraitPlanRequest", [(1, b"\x0a\x00")])
    )
    expect_error(NotImplementedError, lambda: session.action(create))
    expect("SqlInfo 5", session.table(sql_info(5)).to_pylist()[0]["value"], False)


if __name__ == "__main__":
    cases.main()
