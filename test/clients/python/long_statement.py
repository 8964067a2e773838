"""A statement that would take minutes, and whether HANA still runs it.

As a program: starts it by ADBC and waits for rows that never come. Arguments: uri user password.
"""

import sys
import time

import adbc_driver_flightsql.dbapi as dbapi
from adbc_connection import log_on, rows_of
from cases import Target

LONG_STATEMENT = (
    "SELECT COUNT(*) FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C"
    " WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY"
)
# A machine under load is given more than the second that the end usually takes.
ENDS_WITHIN_S = 10
STARTS_WITHIN_S = 30
POLL_S = 0.02
ACTIVE = (
    "SELECT STATEMENT_STRING FROM SYS.M_ACTIVE_STATEMENTS"
    " WHERE STATEMENT_STATUS = 'ACTIVE' AND CONNECTION_ID <> CURRENT_CONNECTION"
)


def wait_for_statement(observer: dbapi.Connection) -> None:
    """Returns once HANA runs something besides the question itself."""
    until = time.monotonic() + STARTS_WITHIN_S
    while not rows_of(observer, ACTIVE):
        if time.monotonic() > until:
            raise AssertionError("the statement did not start in HANA")
        time.sleep(POLL_S)


def expect_ended(observer: dbapi.Connection) -> float:
    """Returns the seconds until HANA runs nothing besides the question itself."""
    start = time.monotonic()
    while running := rows_of(observer, ACTIVE):
        if time.monotonic() - start > ENDS_WITHIN_S:
            raise AssertionError(f"after {ENDS_WITHIN_S} s still running in HANA: {running}")
        time.sleep(POLL_S)
    return time.monotonic() - start


if __name__ == "__main__":
    with log_on(Target(*sys.argv[1:4])) as connection:
        print(rows_of(connection, LONG_STATEMENT))
