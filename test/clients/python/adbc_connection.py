"""Logs on through the ADBC Flight SQL driver; used by every program that tests it."""

import adbc_driver_flightsql.dbapi as dbapi
from cases import Target


def log_on(target: Target, *, autocommit: bool = True, **changes: str) -> dbapi.Connection:
    credentials = {"username": target.user, "password": target.password} | changes
    return dbapi.connect(target.uri, db_kwargs=credentials, autocommit=autocommit)


def rows_of(connection: dbapi.Connection, sql: str, parameters: object = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def count_of(connection: dbapi.Connection, table: str) -> int:
    return rows_of(connection, f"SELECT COUNT(*) FROM {table}")[0][0]


def run(connection: dbapi.Connection, *statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
