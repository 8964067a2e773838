"""Polars read_database_uri: its address has no room for credentials, so the server must have a logon
of its own."""

import polars as pl
from cases import Cases, Target, expect

cases = Cases()


@cases.case("Polars read_database_uri")
def read_database_uri(target: Target) -> None:
    uri = f"flightsql://{target.host_port}?transport=tcp"
    frame = pl.read_database_uri("SELECT * FROM SALES.TRANSACTIONS", uri, engine="adbc")
    total = pl.read_database_uri(
        "SELECT COUNT(*) AS N, SUM(NET_AMOUNT) AS TOTAL FROM SALES.TRANSACTIONS", uri, engine="adbc"
    )
    expect("rows", frame.height, total["N"][0])
    expect("sum", frame["NET_AMOUNT"].sum(), total["TOTAL"][0])


if __name__ == "__main__":
    cases.main()
