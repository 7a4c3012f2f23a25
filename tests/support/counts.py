"""Counts of the promises: how often a test tries, said on the command line, and one line per test at the end of a run.

A test that shows a promise of `docs/proofs.md` is marked with its row; one that also has a long form is marked `long`:

    @pytest.mark.promise(13)
    @pytest.mark.long
    def test_...(count: Count) -> None:
        for _ in range(count("kills", quick=20, long=1000)): ...
        count.found(acknowledged=812, lost=0)

`--long` chooses the long counts, `--count kills=50` overrules either; the line of the test stands in the summary
"promises", under xdist too, because it travels in the properties of the report.
"""

from __future__ import annotations

from typing import Any

import pytest

KEY = "promise"


def add_options(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="the long form of the tests marked `long` (make prove)"
    )
    parser.addoption(
        "--count",
        action="append",
        default=[],
        metavar="NAME=N",
        help="how often a test that shows a promise tries, by the name of its count (docs/proofs.md); repeatable",
    )


class Count:
    """How often one test tries: asked by name, overruled by `--count`, told at the end of the run."""

    def __init__(self, told: dict[str, Any], given: dict[str, int], *, long: bool) -> None:
        self.long = long
        self._told, self._given = told, given

    def __call__(self, name: str, *, quick: int, long: int) -> int:
        chosen = self._given.get(name, long if self.long else quick)
        self._told["counts"][name] = chosen
        return chosen

    def found(self, **figures: object) -> None:
        """What the test met; a figure given twice is the last one."""
        self._told["found"].update({name: str(value) for name, value in figures.items()})


def given_counts(config: pytest.Config) -> dict[str, int]:
    """The counts of the command line, by name."""
    found = {}
    for text in config.getoption("--count"):
        name, _, number = text.partition("=")
        if not name.isidentifier() or not number.isascii() or not number.isdigit() or int(number) < 1:
            raise pytest.UsageError(f"--count {text}: write NAME=N, a name and a number of 1 or more")
        found[name] = int(number)
    return found


def rows_of(item: pytest.Item) -> list[str]:
    return [str(row) for mark in item.iter_markers("promise") for row in mark.args]


def make_count(request: pytest.FixtureRequest) -> Count:
    told: dict[str, Any] = {"rows": rows_of(request.node), "counts": {}, "found": {}}
    request.node.user_properties.append((KEY, told))
    return Count(told, given_counts(request.config), long=bool(request.config.getoption("--long")))


class Ledger:
    """Gathers the lines of all tests that show a promise, in the process that the person started."""

    def __init__(self, config: pytest.Config) -> None:
        self._given = given_counts(config)
        self._long = bool(config.getoption("--long"))
        self._lines: dict[str, tuple[dict[str, Any], str, float]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if not rows_of(item):
                if item.get_closest_marker("long"):
                    raise pytest.UsageError(f"{item.nodeid} is marked `long`, but names no promise")
                continue
            if "count" not in getattr(item, "fixturenames", ()):
                item.user_properties.append((KEY, {"rows": rows_of(item), "counts": {}, "found": {}}))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = next((value for name, value in report.user_properties if name == KEY), None)
        if told is None:
            return
        _, outcome, seconds = self._lines.get(report.nodeid, (None, "passed", 0.0))
        if report.outcome != "passed":
            outcome = report.outcome if report.when == "call" else f"{report.outcome} in {report.when}"
        self._lines[report.nodeid] = (told, outcome, seconds + report.duration)

    def _strange(self) -> list[str]:
        """Counts on the command line that no test asked for."""
        return sorted(set(self._given) - {n for told, _, _ in self._lines.values() for n in told["counts"]})

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._strange() and not hasattr(session.config, "workerinput") and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._lines:
            terminalreporter.section(f"promises, {'long' if self._long else 'quick'} form")
        for nodeid, line in sorted(self._lines.items(), key=lambda kept: (_order(kept[1][0]), kept[0])):
            terminalreporter.write_line(_line(nodeid, *line))
        for name in self._strange():
            terminalreporter.write_line(f"--count {name}: no test that ran asks for it", red=True)


def _order(told: dict[str, Any]) -> tuple[int, str]:
    row = told["rows"][0]
    return (int(row), "") if row.isdigit() else (1000, row)


def _line(nodeid: str, told: dict[str, Any], outcome: str, seconds: float) -> str:
    """row | test | counts | what was met | outcome"""
    counts, found = (" ".join(f"{k}={v}" for k, v in told[part].items()) for part in ("counts", "found"))
    parts = ("row " + ",".join(told["rows"]), nodeid, counts, found, f"{outcome} in {seconds:.1f} s")
    return " | ".join(part for part in parts if part)
