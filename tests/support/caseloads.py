"""Synthetic caseloads sealed without a database: the product's own tabulation, rounding and audit over drawn facts."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from casework.demo.caseload import Case, Caseload, Lists
from casework.kernel.fiscal import fiscal_year
from casework.statistics.rules import (
    Auditor,
    Fact,
    Menu,
    Place,
    Published,
    StatKind,
    Table,
    Values,
    count,
    parse_menu,
    periods_of,
    protect,
    tables,
)
from casework.statistics.rules.official import below_city

CONFIG = Path(__file__).parents[2] / "config"
CITY = CONFIG / "municipality" / "kamakura"
KEY = bytes(range(32))
END = date(2026, 4, 1)
MONTHS = 36
TODAY = date(2026, 4, 10)
EXACT = ("intake", "agenda", "visit", "need")  # units whose totals the official report gives exactly


def _rows(name: str) -> list[dict[str, str]]:
    with (CITY / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def the_menu() -> Menu:
    return parse_menu(tomllib.loads((CONFIG / "statistics.toml").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class City:
    """Kamakura's lists, as the product reads them."""

    codes: Mapping[str, Sequence[str]]
    windows: Sequence[tuple[str, str]]
    divisions: Sequence[str]
    nine: Sequence[str]
    five: Sequence[str]
    parent: Mapping[str, str]
    initiatives: Sequence[str]


@cache
def city() -> City:
    codes: dict[str, list[str]] = {}
    for row in _rows("codes.csv"):
        codes.setdefault(row["list"], []).append(row["code"])
    areas = _rows("districts.csv")
    return City(
        codes,
        [(r["code"], r["division"]) for r in _rows("windows.csv")],
        [r["code"] for r in _rows("divisions.csv") if r["support_meeting_member"] == "1"] + ["shakyo"],
        [r["code"] for r in areas if r["kind"] == "welfare_area"],
        [r["code"] for r in areas if r["kind"] == "administrative"],
        {r["code"]: r["parent"] for r in areas if r["parent"]},
        [r["key"] for r in _rows("initiatives.csv")],
    )


def lists() -> Lists:
    c = city()
    return Lists(
        c.windows,
        c.divisions,
        c.nine,
        *(
            c.codes[name]
            for name in (
                "household_type",
                "intake_route",
                "consult_topic",
                "issue",
                "compound_issue",
                "close_reason",
                "meeting_basis",
                "contact_result",
                "place_kind",
            )
        ),
    )


@cache
def the_values() -> Values:
    c = city()

    def of(source: str, several: bool) -> list[str]:
        kind, _, rest = source.partition(":")
        plain = {
            "windows": [w for w, _ in c.windows],
            "divisions": [*c.divisions, "other"],
            "areas9": c.nine,
            "areas5": c.five,
            "initiatives": c.initiatives,
        }
        found = plain.get(kind) or (c.codes[rest] if kind == "codes" else rest.split(":", 1)[1].split(","))
        return list(found) if several or "unknown" in found else [*found, "unknown"]

    return Values({(d.unit, d.id): of(d.source, d.several) for d in the_menu().dimensions}, c.parent)


def facts_of(case: Case) -> Iterator[Fact]:
    """What a drawn case is to the tabulation."""
    c, home, division = city(), str(case.household), case.division
    name = str(case.number)
    ended = case.state in ("closed", "interrupted")
    late = not ended and case.next_contact_on is not None and case.next_contact_on < TODAY
    district = case.district or "unknown"
    yield Fact(
        "case",
        name,
        home,
        division,
        {
            "division": division,
            "area9": district,
            "area5": c.parent.get(district, "unknown"),
            "age": _band(case),
            "household": case.household_type,
            "stage": case.state,
            "outcome": (case.close_reason,) if case.close_reason else (),
            "waiting": _waiting(case.first_note_after),
            "overdue": ("overdue",) if late else (),
            "multi_agency": ("taken_up",) if case.multi_agency else (),
            "issue": case.issues,
            "compound": case.compounds,
        },
    )
    at_window = case.window_agency if case.window_agency in c.divisions else "other"
    told = {"window": case.window, "route": case.route, "topic": case.topic, "outcome": "kept_by_division"}
    yield Fact("intake", name, home, at_window, told)
    if case.referred_to:
        told = {"division": case.referred_to, "outcome": case.referral_state}
        yield Fact("referral", name, home, division, told)
    if case.basis:
        yield Fact("agenda", name, home, division, {"basis": case.basis})
    for n, agency in enumerate(case.invited):
        yield Fact("invitation", f"{name}.{n}", home, division, {"division": agency})
    for n, result in enumerate(case.visits):
        yield Fact("visit", f"{name}.{n}", home, division, {"result": result})
    if case.place:
        told_need = {"place": case.place, "stage": case.need_state, "gap": ()}
        yield Fact("need", name, home, division, told_need)


def _band(case: Case) -> str:
    if case.birth is None:
        return "unknown"
    born, day = case.birth, case.opened_on
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    limits = ((18, "under18"), (40, "18to39"), (65, "40to64"), (75, "65to74"), (200, "75over"))
    return next(band for limit, band in limits if age < limit)


def _waiting(days: int | None) -> str:
    if days is None:
        return "none"
    return next(
        (b for limit, b in ((7, "within7"), (30, "within30"), (90, "within90")) if days <= limit), "over90"
    )


@dataclass
class Sealed:
    """Three fiscal years of editions: what is published, what is officially known, and the truth."""

    bundles: dict[int, dict[str, Any]] = field(default_factory=dict)
    official: dict[int, dict[tuple[str, str, tuple[str, ...]], tuple[int, int]]] = field(default_factory=dict)
    truth: dict[tuple[str, str, tuple[str, ...]], int] = field(default_factory=dict)
    by_division: dict[tuple[str, str, tuple[str, ...]], Mapping[str, int]] = field(default_factory=dict)
    shown: dict[tuple[str, str, tuple[str, ...]], int | None] = field(default_factory=dict)


def sealed(cases: int, seed: int, *, hide_only: bool = False, key: bytes = KEY) -> Sealed:
    """Every period of 36 months, sealed in order; `hide_only` publishes exact numbers and hides 1 to 9 only."""
    load = list(Caseload(lists(), cases=cases, months=MONTHS, end=END, seed=seed))
    by_month: dict[tuple[int, int], list[Fact]] = {}
    for case in load:
        by_month.setdefault((case.opened_on.year, case.opened_on.month), []).extend(facts_of(case))
    found = Sealed()
    for fy in range(fiscal_year(END) - 3, fiscal_year(END)):
        _year(found, fy, by_month, key, hide_only=hide_only)
    return found


def _year(
    found: Sealed, fy: int, by_month: Mapping[tuple[int, int], list[Fact]], key: bytes, *, hide_only: bool
) -> None:
    menu, earlier = the_menu(), list[Published]()
    for period in periods_of(fy):
        span = ((period.first.year, period.first.month), (period.last.year, period.last.month))
        facts = [f for month, listed in by_month.items() if span[0] <= month <= span[1] for f in listed]
        told = tables(menu, the_values(), period.kind)
        counts = count(told, facts, key, menu.rule)
        draft = protect(told, counts, key, menu.rule)
        known = _official(counts, year=period.kind is StatKind.YEAR)
        if hide_only:
            for cell in draft.cells.values():
                small = 0 < cell.n < menu.rule.hide_below
                cell.shown = None if small or cell.withheld else cell.n
            left_out = {place[0] for place, cell in draft.cells.items() if cell.withheld}
            told = [table for table in told if table.id not in left_out]
        else:
            report = Auditor(period, draft, earlier, menu.rule, city().parent, known).hide_more()
            assert report.open == 0, (period.code, report)
        published = {table.id for table in told}
        shown = {place: cell.shown for place, cell in draft.cells.items() if place[0] in published}
        earlier.append(Published(period, tuple(told), shown))
        for place, cell in draft.cells.items():
            at = (period.code, *place)
            found.truth[at], found.shown[at], found.by_division[at] = cell.n, cell.shown, cell.divisions
        if period.kind is StatKind.YEAR:  # the only figures that the official report gives exactly
            found.official[fy] = {(period.code, *p): b for p, b in known.items()}
    found.bundles[fy] = bundle_of(fy, earlier)


def _official(counts: Mapping[Place, Any], *, year: bool) -> dict[Place, tuple[int, int]]:
    known: dict[Place, tuple[int, int]] = {}
    for unit in EXACT:
        n = counts[(f"{unit}.total", ())].n
        known[(f"{unit}.total", ())] = (n, n)
    for dim in ("window", "route") if year else ():
        codes = tuple(the_values().by_dimension[("intake", dim)])
        exact = {code: counts[(f"intake.{dim}", (code,))].n for code in codes}
        for code, n in below_city(exact, codes).items():
            known[(f"intake.{dim}", (code,))] = (1, 10**9) if n is None else (n, n)
    return known


def bundle_of(fy: int, editions: Sequence[Published]) -> dict[str, Any]:
    """The bundle as the API gives it."""
    names: dict[str, dict[str, list[str]]] = {}
    listed = []
    for edition in editions:
        for table in edition.tables:
            listed.append(_table(edition, table, names))
    dims = {
        name: {
            "levels": sorted(levels, key=lambda level: -len(levels[level])),
            "values": levels,
            "parent": {"area9": {v: city().parent.get(v, v) for v in levels["area9"]}}
            if "area9" in levels
            else {},
        }
        for name, levels in names.items()
    }
    return {"fy": fy, "dims": dims, "tables": listed}


def _table(edition: Published, table: Table, names: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    hierarchies = []
    for side, dim in enumerate(table.dims):
        name = f"{table.unit}.{'area' if dim in ('area9', 'area5') else dim}"
        names.setdefault(name, {})[dim] = list(dict.fromkeys(key[side] for key in table.keys))
        hierarchies.append([name, dim])
    return {
        "id": table.id,
        "unit": table.unit,
        "edition": edition.period.code,
        "dims": hierarchies,
        "values": [edition.shown[(table.id, key)] for key in table.keys],
    }
