"""A pytest plugin: writes how every test ended into the file that OUTCOMES names, a line of JSON each."""

import json
import os

import pytest

# On a test whose case runs with a type that stands in for its own.
STANDS_IN = ("stands in", True)

# A later phase or a part of a test can only make its outcome worse.
WORSE = {"passed": 0, "skipped": 1, "failed": 2}

ended: dict[str, dict] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    before = ended.get(report.nodeid)
    if before is None or WORSE[report.outcome] > WORSE[before["outcome"]]:
        ended[report.nodeid] = {
            "test": report.nodeid,
            "outcome": report.outcome,
            "reason": reason_of(report),
            "standsIn": STANDS_IN in report.user_properties,
        }


def reason_of(report: pytest.TestReport) -> str:
    """The last line of what is said: of a skip its reason, of a failure its error."""
    if report.skipped and isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(report.longrepr or "") if crash is None else crash.message


def pytest_sessionfinish() -> None:
    with open(os.environ["OUTCOMES"], "w", encoding="utf-8") as file:
        for report in ended.values():
            file.write(json.dumps(report) + "\n")
