import pytest
from adbc_drivers_validation.tests import statement
from adbc_drivers_validation.tests.statement import TestStatement  # noqa: F401, collected here
from hana_quirks import HanaQuirks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    statement.generate_tests([HanaQuirks()], metafunc)
