import pytest
from adbc_drivers_validation.tests import query
from adbc_drivers_validation.tests.query import TestQuery  # noqa: F401, collected here
from hana_quirks import HanaQuirks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    query.generate_tests([HanaQuirks()], metafunc)
