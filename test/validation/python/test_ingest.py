import pytest
from adbc_drivers_validation.tests import ingest
from adbc_drivers_validation.tests.ingest import TestIngest  # noqa: F401, collected here
from hana_quirks import HanaQuirks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    ingest.generate_tests([HanaQuirks()], metafunc)
