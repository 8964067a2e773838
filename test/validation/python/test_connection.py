import pytest
from adbc_drivers_validation.tests import connection
from adbc_drivers_validation.tests.connection import TestConnection  # noqa: F401, collected here
from hana_quirks import HanaQuirks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    connection.generate_tests([HanaQuirks()], metafunc)
