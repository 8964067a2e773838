import adbc_driver_flightsql
import pytest
from adbc_drivers_validation.model import DriverQuirks
from adbc_drivers_validation.tests.conftest import (  # noqa: F401, fixtures and hooks of the suite
    conn,
    conn_factory,
    db_kwargs,
    manual_test,
    noci,
    pytest_addoption,
    pytest_collection_modifyitems,
)
from hana_quirks import HanaQuirks
from hana_sql import translate_statements
from hana_values import stands_in
from outcomes import STANDS_IN

translate_statements()


def pytest_itemcollected(item: pytest.Item) -> None:
    query = item.callspec.params.get("query") if hasattr(item, "callspec") else None
    if query is not None and stands_in(query.query.base.expected_schema()):
        item.user_properties.append(STANDS_IN)


@pytest.fixture(scope="session")
def driver() -> DriverQuirks:
    return HanaQuirks()


@pytest.fixture(scope="session")
def driver_path() -> str:
    return adbc_driver_flightsql._driver_path()
