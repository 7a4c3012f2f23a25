"""The ministry's counts: exact, for a fiscal year, at city level, each with its counting rule (I30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

SMALL = 10  # below city level (窓口, 経路) a number from 1 to 9 is not shown
PURPOSES = ("ministry", "prefecture", "assembly", "committee", "audit")


@dataclass(frozen=True, slots=True)
class Line:
    """One number. `counts` says what: persons, households, cases or events. None is 1 to 9, below city level."""

    id: str
    counts: str
    value: int | None
    detail: str = ""  # code of the window, route or basis, if the line is one of several


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class OfficialReport:
    """A fiscal year as it stands now; `complete` only after the year is over."""

    fy: int
    label: str
    complete: bool
    purpose: str
    made_at: datetime
    sections: tuple[Section, ...]


def below_city(found: Mapping[str, int], codes: tuple[str, ...]) -> dict[str, int | None]:
    """Numbers of windows or routes: 1 to 9 hidden, and never one alone, so that the total does not tell it."""
    shown: dict[str, int | None] = {code: found.get(code, 0) for code in codes}
    small = [code for code, n in shown.items() if n is not None and 0 < n < SMALL]
    for code in small:
        shown[code] = None
    if len(small) == 1:
        rest = sorted((n, code) for code, n in shown.items() if n)
        if rest:
            shown[rest[0][1]] = None
    return shown
