"""Runs cases one by one and reports each as one line of JSON on standard output."""

import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

Case = Callable[["Target"], list[dict] | None]


@dataclass(frozen=True)
class Target:
    """Where, and as whom, the cases log on."""

    uri: str
    user: str
    password: str

    @property
    def host_port(self) -> str:
        return self.uri.split("://", 1)[1]


class Cases:
    """The cases of one file, in the order they are written."""

    def __init__(self) -> None:
        self._cases: list[tuple[str, Case]] = []

    def case(self, name: str) -> Callable[[Case], Case]:
        def register(function: Case) -> Case:
            self._cases.append((name, function))
            return function

        return register

    def main(self) -> None:
        """Arguments: uri user password. A failing case does not stop the others."""
        target = Target(*sys.argv[1:4])
        for name, function in self._cases:
            report: dict = {"case": name, "passed": True}
            try:
                columns = function(target)
                if columns is not None:
                    report["columns"] = columns
            except BaseException:  # a client's panic is a failed case as well
                report = {"case": name, "passed": False, "detail": traceback.format_exc()}
            print(json.dumps(report), flush=True)


def expect(what: str, found: object, expected: object) -> None:
    if found != expected or type(found) is not type(expected):
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


Kinds = type[BaseException] | tuple[type[BaseException], ...]


def expect_error(kinds: Kinds, action: Callable[[], object], *texts: str) -> BaseException:
    """Runs `action`, which must raise one of `kinds` with all `texts` in its message."""
    try:
        found = action()
    except kinds as error:
        for text in texts:
            if text not in str(error):
                raise AssertionError(f"expected {text!r} in the error, found {error!r}") from error
        return error
    raise AssertionError(f"expected {kinds}, found the result {str(found)[:200]}")
