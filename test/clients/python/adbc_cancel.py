"""Every way in which an ADBC client gives a statement up ends it inside HANA."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import adbc_driver_flightsql.dbapi as dbapi
import pyarrow as pa
from adbc_connection import count_of, log_on, rows_of, run
from adbc_driver_flightsql import StatementOptions
from cases import Cases, Target, expect, expect_error
from long_statement import LONG_STATEMENT, expect_ended, wait_for_statement

cases = Cases()
case = cases.case

GIVEN_UP = (dbapi.Error, OSError, KeyboardInterrupt)


class Observer:
    """Another connection that waits until the statement runs in HANA, and then does something about it."""

    def __init__(self, target: Target, react: Callable[[], None]) -> None:
        self._target = target
        self._react = react
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._observe)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error
        with log_on(self._target) as connection:
            expect_ended(connection)

    def _observe(self) -> None:
        try:
            with log_on(self._target) as connection:
                wait_for_statement(connection)
                self._react()
        except BaseException as error:  # raised where the statement was given up
            self._error = error


def expect_usable(connection: dbapi.Connection) -> None:
    expect("rows afterwards", rows_of(connection, "SELECT 1 FROM DUMMY"), [(1,)])


@case("adbc_cancel of a cursor that waits for its first row")
def cancel_query(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(LONG_STATEMENT)
            cursor.fetchall()

        with Observer(target, cursor.adbc_cancel):
            expect_error(GIVEN_UP, read)
        expect_usable(connection)


@case("Ctrl-C while a cursor waits for its first row")
def interrupt(target: Target) -> None:
    # What Ctrl-C does: the signal goes to the process, Python handles it in the main thread.
    press = lambda: os.kill(os.getpid(), signal.SIGINT)
    with log_on(target) as connection, connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(LONG_STATEMENT)
            cursor.fetchall()

        with Observer(target, press):
            expect_error(GIVEN_UP, read)
        expect_usable(connection)


@case("adbc_cancel of an INSERT that HANA is busy with")
def cancel_update(target: Target) -> None:
    insert = f"INSERT INTO CANCEL_UPDATE {LONG_STATEMENT}"
    with log_on(target) as connection, connection.cursor() as cursor:
        run(connection, "CREATE COLUMN TABLE CANCEL_UPDATE (N BIGINT)")
        with Observer(target, cursor.adbc_cancel):
            expect_error(GIVEN_UP, lambda: cursor.execute(insert))
        with Observer(target, cursor.adbc_cancel):
            expect_error(GIVEN_UP, lambda: cursor.executescript(insert))
        expect("rows", count_of(connection, "CANCEL_UPDATE"), 0)
        run(connection, "DROP TABLE CANCEL_UPDATE")


@case("adbc_cancel of a query with bound parameters")
def cancel_parameters(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(f"{LONG_STATEMENT} AND A.QUANTITY >= ?", (0,))
            cursor.fetchall()

        with Observer(target, cursor.adbc_cancel):
            expect_error(GIVEN_UP, read)
        expect_usable(connection)


@case("adbc_cancel inside a transaction rolls it back, and the next one works")
def cancel_transaction(target: Target) -> None:
    with log_on(target) as reader:
        run(reader, "CREATE COLUMN TABLE CANCEL_TX (N BIGINT)")
        with log_on(target, autocommit=False) as connection, connection.cursor() as cursor:
            run(connection, "INSERT INTO CANCEL_TX VALUES (1)")
            with Observer(target, cursor.adbc_cancel):
                expect_error(GIVEN_UP, lambda: rows_in_full(cursor))
            connection.rollback()
            expect("after the rollback", count_of(connection, "CANCEL_TX"), 0)
            run(connection, "INSERT INTO CANCEL_TX VALUES (2)")
            connection.commit()
        expect("after the commit", rows_of(reader, "SELECT N FROM CANCEL_TX"), [(2,)])
        run(reader, "DROP TABLE CANCEL_TX")


def rows_in_full(cursor: dbapi.Cursor) -> list[tuple]:
    cursor.execute(LONG_STATEMENT)
    return cursor.fetchall()


@case("a deadline of the client")
def deadline(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.TIMEOUT_FETCH.value: 2.0})
        expect_error(GIVEN_UP, lambda: rows_in_full(cursor))
        with log_on(target) as observer:
            expect_ended(observer)
        expect_usable(connection)


@case("closing the reader of a result before its end")
def closed_reader(target: Target) -> None:
    with log_on(target) as connection, connection.cursor() as cursor:
        for _ in range(5):
            cursor.execute("SELECT A.* FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B")
            reader = cursor.fetch_record_batch()
            reader.read_next_batch()
            reader.close()
        with log_on(target) as observer:
            expect_ended(observer)
        expect_usable(connection)


@case("killing the process of the client")
def killed(target: Target) -> None:
    program = Path(__file__).with_name("long_statement.py")
    arguments = [sys.executable, "-B", program, target.uri, target.user, target.password]
    with subprocess.Popen(arguments) as client:
        with Observer(target, client.kill):
            client.wait()
    with log_on(target) as connection:
        expect_usable(connection)


@case("giving up an ingest keeps none of its rows")
def cancel_ingest(target: Target) -> None:
    first_batch_is_there = threading.Event()
    go_on = threading.Event()
    schema = pa.schema([("N", pa.int64())])

    def batches() -> object:
        for start in range(0, 1_000_000, 50_000):
            if start == 500_000:
                first_batch_is_there.set()
                go_on.wait(30)
            yield pa.record_batch({"N": pa.array(range(start, start + 50_000), pa.int64())})

    with log_on(target) as connection, connection.cursor() as cursor:
        run(connection, "CREATE COLUMN TABLE CANCEL_INGEST (N BIGINT)")

        def give_up() -> None:
            first_batch_is_there.wait(30)
            cursor.adbc_cancel()
            go_on.set()

        canceller = threading.Thread(target=give_up)
        canceller.start()
        reader = pa.RecordBatchReader.from_batches(schema, batches())
        expect_error(GIVEN_UP, lambda: cursor.adbc_ingest("CANCEL_INGEST", reader, mode="append"))
        canceller.join()
        with log_on(target) as observer:
            expect_ended(observer)
            expect("rows", count_of(observer, "CANCEL_INGEST"), 0)
        expect_usable(connection)
        run(connection, "DROP TABLE CANCEL_INGEST")


if __name__ == "__main__":
    cases.main()
