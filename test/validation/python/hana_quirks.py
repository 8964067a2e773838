"""What the validation suite must know of hana-flight and of HANA."""

import re
from pathlib import Path

import adbc_driver_manager.dbapi
from adbc_drivers_validation.model import DriverFeatures, DriverQuirks, DriverSetup, FromEnv, QuerySet
from hana_sql import split
from hana_values import with_hana_values

# HANA's "invalid table name".
TABLE_NOT_FOUND = "259"


class HanaQuirks(DriverQuirks):
    name = "hana-flight"
    driver = "adbc_driver_flightsql"
    driver_name = "ADBC Flight SQL Driver - Go"
    vendor_name = "hana-flight"
    vendor_version = re.compile(r"\d+\.\d+")
    short_version = "sandbox"
    features = DriverFeatures(
        connection_get_table_schema=True,
        # The driver asks no Flight SQL server for statistics.
        connection_get_statistics=False,
        # HANA has no catalogs in SQL: a connection belongs to one database.
        connection_set_current_catalog=False,
        connection_set_current_schema=True,
        connection_transactions=True,
        get_objects=True,
        # The driver reports no constraints, whatever the server knows of them.
        get_objects_constraints_check=False,
        get_objects_constraints_foreign=False,
        get_objects_constraints_primary=False,
        get_objects_constraints_unique=False,
        statement_bind=True,
        statement_bulk_ingest=True,
        statement_bulk_ingest_catalog=False,
        statement_bulk_ingest_schema=True,
        statement_bulk_ingest_temporary=True,
        statement_execute_schema=True,
        statement_get_parameter_schema=True,
        statement_prepare=True,
        statement_rows_affected=True,
        statement_rows_affected_ddl=True,
        current_catalog="",
        current_schema="DEMO",
        secondary_schema="SALES",
        # The driver overlooks what the server says of the others.
        supported_xdbc_fields=["xdbc_data_type", "xdbc_type_name", "xdbc_sql_data_type"],
        # The errors for wrong use of a statement are the driver's own.
        quirk_foundry=False,
    )
    setup = DriverSetup(
        database={
            "uri": FromEnv("SERVER_URI"),
            "username": FromEnv("SERVER_USER"),
            "password": FromEnv("SERVER_PASSWORD"),
        }
    )

    @property
    def queries_paths(self) -> tuple[Path, ...]:
        return ()

    @property
    def query_set(self) -> QuerySet:
        return with_hana_values(super().query_set)

    def drop_table(self, **names: object) -> str:
        if names.pop("temporary", False):
            raise NotImplementedError
        return super().drop_table(**names | {"if_exists": False})

    def is_table_not_found(self, table_name: str | None, error: Exception) -> bool:
        text = str(error)
        return TABLE_NOT_FOUND in text and (table_name is None or table_name in text)

    def split_statement(self, statement: str) -> list[str]:
        return split(statement)

    def qualify_temp_table(self, cursor: adbc_driver_manager.dbapi.Cursor, name: str) -> str:
        return self.quote_identifier(f"#{name}")
