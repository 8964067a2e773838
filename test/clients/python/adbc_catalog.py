"""The catalog as the ADBC Flight SQL driver tells it: information, objects, tables, table types."""

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
from adbc_connection import log_on, rows_of, run
from adbc_driver_manager import AdbcStatusCode
from cases import Cases, Target, expect, expect_error

cases = Cases()
case = cases.case

# What the driver calls the catalog of schemas that have none.
NO_CATALOG = ""
# Without PAYROLL, which DEMO may not see.
SALES_TABLES = [
    "ALL_TYPES",
    "EMPTY_DATES",
    "EVENTS",
    "PRICES",
    "PRICES_HISTORY",
    "REGION_TOTALS",
    "SALES_ITEMS",
    "TRANSACTIONS",
    "TRANSACTION_HISTORY",
]


def objects(connection: dbapi.Connection, **filters: object) -> list[dict]:
    return connection.adbc_get_objects(**filters).read_all().to_pylist()


def schemas_of(catalogs: list[dict]) -> dict[str, dict]:
    return {
        schema["db_schema_name"]: schema
        for catalog in catalogs
        for schema in catalog["catalog_db_schemas"]
    }


def tables_of(catalogs: list[dict], schema: str) -> dict[str, dict]:
    found = schemas_of(catalogs).get(schema)
    return {table["table_name"]: table for table in (found or {}).get("db_schema_tables") or []}


def columns_of(catalogs: list[dict], schema: str, table: str) -> dict[str, dict]:
    columns = tables_of(catalogs, schema)[table]["table_columns"]
    return {column["column_name"]: column for column in columns}


@case("adbc_get_info tells every code that the driver knows")
def info(target: Target) -> None:
    with log_on(target) as connection:
        found = connection.adbc_get_info()
        for name in ("vendor_name", "vendor_version", "vendor_arrow_version", "driver_name"):
            if not isinstance(found.get(name), str) or found[name] == "":
                raise AssertionError(f"{name}: expected a text, found {found.get(name)!r}")
        if "HANA" not in found["vendor_name"].upper():
            raise AssertionError(f"vendor_name: found {found['vendor_name']!r}")


@case("adbc_get_objects of catalogs: HANA has none, and schemas belong to the one without a name")
def catalogs(target: Target) -> None:
    with log_on(target) as connection:
        expect("catalogs", objects(connection, depth="catalogs"), [])
        for name, expected in [(None, [NO_CATALOG]), (NO_CATALOG, [NO_CATALOG]), ("OTHER", [])]:
            found = objects(connection, depth="db_schemas", catalog_filter=name)
            expect(f"catalogs of schemas, {name!r} asked for", [row["catalog_name"] for row in found], expected)


@case("adbc_get_objects of schemas follows its filter")
def db_schemas(target: Target) -> None:
    with log_on(target) as connection:
        names = list(schemas_of(objects(connection, depth="db_schemas")))
        expect("in order, once each", names, sorted(set(names)))
        for expected in ("DEMO", "SALES", "SYS"):
            if expected not in names:
                raise AssertionError(f"expected {expected} among {names}")
        for pattern, expected in [("SALES", ["SALES"]), ("SAL%", ["SALES"]), ("sales", [])]:
            found = objects(connection, depth="db_schemas", db_schema_filter=pattern)
            expect(pattern, list(schemas_of(found)), expected)


@case("adbc_get_objects of tables follows its filters")
def tables(target: Target) -> None:
    with log_on(target) as connection:
        found = objects(connection, depth="tables", db_schema_filter="SALES")
        expect("schemas", list(schemas_of(found)), ["SALES"])
        expect("tables", list(tables_of(found, "SALES")), SALES_TABLES)
        kinds = {name: table["table_type"] for name, table in tables_of(found, "SALES").items()}
        expect("a table", kinds["TRANSACTIONS"], "TABLE")
        expect("a view", kinds["REGION_TOTALS"], "VIEW")
        for filters, expected in [
            ({"table_name_filter": "TRANS%"}, ["TRANSACTIONS", "TRANSACTION_HISTORY"]),
            ({"table_name_filter": "TRANSACTION\\_HISTORY"}, ["TRANSACTION_HISTORY"]),
            ({"table_types_filter": ["VIEW"]}, ["REGION_TOTALS"]),
            ({"table_name_filter": "NO_SUCH_TABLE"}, []),
            ({"table_name_filter": "' OR 1=1 --"}, []),
        ]:
            found = objects(connection, depth="tables", db_schema_filter="SALES", **filters)
            expect(str(filters), list(tables_of(found, "SALES")), expected)


@case("adbc_get_objects of columns: in order, with the types of HANA, by filters")
def columns(target: Target) -> None:
    with log_on(target) as connection:
        filters = {"db_schema_filter": "SALES", "table_name_filter": "TRANSACTIONS"}
        found = columns_of(objects(connection, depth="columns", **filters), "SALES", "TRANSACTIONS")
        by_select = rows_of(
            connection,
            "SELECT COLUMN_NAME, POSITION, DATA_TYPE_NAME FROM SYS.TABLE_COLUMNS"
            " WHERE SCHEMA_NAME = 'SALES' AND TABLE_NAME = 'TRANSACTIONS' ORDER BY POSITION",
        )
        # This driver overlooks what the server says of size, nullability and remarks.
        by_driver = [
            (name, column["ordinal_position"], column["xdbc_type_name"]) for name, column in found.items()
        ]
        expect("columns", by_driver, by_select)
        only = objects(connection, depth="columns", column_name_filter="QUANTITY", **filters)
        expect("column filter", list(columns_of(only, "SALES", "TRANSACTIONS")), ["QUANTITY"])


@case("adbc_get_objects of everything covers names of any legal spelling")
def everything(target: Target) -> None:
    # No backslash: the driver takes the name for a pattern and for a name at once.
    table = 'Ärger 100% _x "q" \U0001d11e'
    quoted = '"' + table.replace('"', '""') + '"'
    with log_on(target) as connection:
        run(connection, f'CREATE COLUMN TABLE {quoted} ("a b" INTEGER, "%" NVARCHAR(10), "Ü" DATE)')
        try:
            found = objects(connection, depth="all", db_schema_filter="DEMO")
            expect("columns", list(columns_of(found, "DEMO", table)), ["a b", "%", "Ü"])
            expect("schema", connection.adbc_get_table_schema(table).names, ["a b", "%", "Ü"])
        finally:
            run(connection, f"DROP TABLE {quoted}")


@case("adbc_get_table_schema equals the schema of the table's rows")
def table_schema(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        for table in ("ALL_TYPES", "TRANSACTIONS", "REGION_TOTALS"):
            found = connection.adbc_get_table_schema(table, db_schema_filter="SALES")
            cursor.execute(f"SELECT * FROM SALES.{table} WHERE 1 = 0")
            expected = cursor.fetch_arrow_table().schema
            expect(f"names of {table}", found.names, expected.names)
            expect(f"types of {table}", found.types, expected.types)
        key = connection.adbc_get_table_schema("TRANSACTIONS", db_schema_filter="SALES").field(0)
        expect("TRANSACTION_ID", (key.name, key.type, key.nullable), ("TRANSACTION_ID", pa.int64(), False))


@case("adbc_get_table_schema of what is not there is NOT_FOUND")
def no_table_schema(target: Target) -> None:
    with log_on(target) as connection:
        for table, filters in [
            ("NO_SUCH_TABLE", {}),
            ("TRANSACTIONS", {"db_schema_filter": "NO_SUCH_SCHEMA"}),
            ("transactions", {"db_schema_filter": "SALES"}),
        ]:
            ask = lambda table=table, filters=filters: connection.adbc_get_table_schema(table, **filters)
            error = expect_error(dbapi.ProgrammingError, ask)
            expect(f"status of {table}", error.status_code, AdbcStatusCode.NOT_FOUND)


@case("adbc_get_table_types names what the catalog has")
def table_types(target: Target) -> None:
    with log_on(target) as connection:
        types = connection.adbc_get_table_types()
        expect("in order, once each", types, sorted(set(types)))
        for expected in ("TABLE", "VIEW"):
            if expected not in types:
                raise AssertionError(f"expected {expected} among {types}")


if __name__ == "__main__":
    cases.main()
