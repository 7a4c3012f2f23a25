"""The hand-made table households.csv: who lives in the demo city, what moves them, and how far each case travels."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

SEX = {"m": "male", "f": "female"}


@dataclass(frozen=True, slots=True)
class Resident:
    """A member of a household. `year` of birth is None where nobody asked; the name is None if it was not told."""

    name: str | None
    kana: str | None
    sex: str
    year: int | None
    relation: str


@dataclass(frozen=True, slots=True)
class Tale:
    """One consultation: by whom, where, about what, how far it travels (`arc`), and how many days ago it began."""

    arc: str
    ago: int
    number: int
    member: int
    window: str
    topics: tuple[str, ...]
    story: str


@dataclass(frozen=True, slots=True)
class Home:
    """A household with its first consultation and, in some, a second one about another member or matter."""

    number: int
    family: str
    district: str
    compound: str | None
    members: tuple[Resident, ...]
    first: Tale
    second: Tale | None

    @property
    def address(self) -> str:
        return f"鎌倉市架空町{self.number // 10 + 1}-{self.number % 10 + 1}"

    @property
    def phone(self) -> str:
        return f"0467-00-{self.number:04d}"


@cache
def homes() -> tuple[Home, ...]:
    """Every household of the table, in its order."""
    text = (files(__package__) / "households.csv").read_text(encoding="utf-8")
    return tuple(_home(number, row) for number, row in enumerate(csv.DictReader(text.splitlines())))


def journeys() -> tuple[tuple[tuple[Home, Tale], ...], ...]:
    """Consultations that travel together: neighbours in the table with the same arc and start share meetings."""
    first = [(home, home.first) for home in homes()]
    together = [tuple(group) for _, group in groupby(first, key=lambda pair: (pair[1].arc, pair[1].ago))]
    return (*together, *(((home, home.second),) for home in homes() if home.second is not None))


def _home(number: int, row: dict[str, str]) -> Home:
    first = Tale(
        arc=row["arc"],
        ago=int(row["ago"]),
        number=number,
        member=0,
        window=row["window"],
        topics=tuple(row["topics"].split("+")),
        story=row["story"],
    )
    return Home(
        number=number,
        family=row["family"],
        district=row["district"],
        compound=row["compound"] or None,
        members=tuple(_resident(row, part) for part in row["members"].split(";")),
        first=first,
        second=_second(first, row["second"]) if row["second"] else None,
    )


def _resident(row: dict[str, str], part: str) -> Resident:
    """`給 カナ f 1944 self`: given name, its reading, sex, year of birth ("-": not told), 続柄 to the first."""
    given, reading, sex, year, relation = part.split()
    hidden = given.startswith("（匿名")
    return Resident(
        name=None if hidden else f"{row['family']} {given}",
        kana=None if hidden else f"{row['kana']} {reading}",
        sex=SEX[sex],
        year=None if year == "-" else int(year),
        relation=relation,
    )


def _second(first: Tale, text: str) -> Tale:
    """`member/window/topic/arc/story`: begins when half of the time since the first has passed."""
    member, window, topic, arc, story = text.split("/", maxsplit=4)
    return Tale(arc, max(first.ago // 2 + 1, 2), first.number, int(member) - 1, window, (topic,), story)
