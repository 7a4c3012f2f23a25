"""和暦 and other spellings of dates: read within their era, as exactly as they are known, and printed."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .clock import TOKYO
from .errors import BadInput


@dataclass(frozen=True, slots=True)
class Era:
    """A 元号; `last` is None while it runs."""

    name: str
    letter: str
    first: date
    last: date | None

    @property
    def offset(self) -> int:
        return self.first.year - 1


# Limits as in the 改元 edicts and JIS X 0301: the day of change belongs to the new era.
MEIJI = Era("明治", "m", date(1868, 10, 23), date(1912, 7, 29))
TAISHO = Era("大正", "t", date(1912, 7, 30), date(1926, 12, 24))
SHOWA = Era("昭和", "s", date(1926, 12, 25), date(1989, 1, 7))
HEISEI = Era("平成", "h", date(1989, 1, 8), date(2019, 4, 30))
REIWA = Era("令和", "r", date(2019, 5, 1), None)
ERAS = (MEIJI, TAISHO, SHOWA, HEISEI, REIWA)

# Until the end of 明治5年 days were those of the lunar calendar (太政官布告第337号), so such era dates cannot
# be counted over; these years are taken and printed in western form.
SOLAR_SINCE = date(1873, 1, 1)
FIRST_YEAR, LAST_YEAR = 1868, 2199

_BY_SIGN = {sign: era for era in ERAS for sign in (era.name, era.name[0], era.letter)}
_DATE = re.compile(
    r"(?:西暦|(?P<era>明治|大正|昭和|平成|令和|[明大昭平令mtshr])\.?)?(?P<year>[0-9]{1,4}|元)"
    r"(?:年|[-/.](?=[0-9])|$)(?:(?P<month>[0-9]{1,2})(?:月|[-/.](?=[0-9])|$)(?:(?P<day>[0-9]{1,2})日?)?)?"
)
_COMPACT = re.compile(r"(?P<era>)(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_ABOUT = re.compile(r"^(約)?(.*?)(頃|ごろ|ころ|ぐらい|くらい|位)?$")
_BOTH_ERAS = re.compile(r"^(.+)\((.+)\)$")
_PUNCTUATION = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-") | dict.fromkeys("。、,・·", "."))
_LOOSE_SPACE = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_PARTING_SPACE = re.compile(r"\s+")
_LONGEST = 40


class Precision(StrEnum):
    """How exactly a date is known; `about` is a year, or a month of a year, said with 頃."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ABOUT = "about"


_LENGTHS = {Precision.DAY: (10,), Precision.MONTH: (7,), Precision.YEAR: (4,), Precision.ABOUT: (4, 7)}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as well as it is known: `value` is ISO "YYYY", "YYYY-MM" or "YYYY-MM-DD".

    ValueError if the value is no such date or does not fit its precision.
    """

    value: str
    precision: Precision

    def __post_init__(self) -> None:
        object.__setattr__(self, "precision", Precision(self.precision))
        if len(self.value) not in _LENGTHS[self.precision]:
            raise ValueError("the value does not fit its precision")
        if self.earliest().isoformat()[: len(self.value)] != self.value:
            raise ValueError("the value is no ISO date")

    def earliest(self) -> date:
        """The first day it can mean. 頃 widens nothing, because it does not say by how much."""
        return date.fromisoformat(self.value + "0000-01-01"[len(self.value) :])

    def latest(self) -> date:
        """The last day it can mean."""
        first = self.earliest()
        month = 12 if len(self.value) == 4 else first.month
        return first if len(self.value) == 10 else _month_end(first.year, month)

    def age_on(self, day: date) -> int:
        """Full years on that day, counted from the earliest day; negative before birth.

        Somebody born on 29 February is a year older on 1 March of a common year, as the calendar reads.
        """
        born = self.earliest()
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class _Typed:
    era: Era | None
    year: int
    month: int | None
    day: int | None


def parse_date(text: str, *, field: str | None = None) -> date:
    """The day meant by R8.4.1, 令和8年4月1日, S15/3/2, 2026-04-01, 20260401, 2026年4月1日, full width too.

    BadInput with a date_... code. Its facts name limits of eras and months, never what was typed: it may be a
    birth date.
    """
    typed = _read(_plain(text), field)
    first = _earliest(typed, field)
    if typed.day is None:
        raise BadInput("date_incomplete", field)
    return first


def parse_partial(text: str, *, field: str | None = None) -> PartialDate:
    """A date known to the day, month or year: also 昭和15年, S15.3, 1940, and with 頃 (ごろ, くらい, 約).

    BadInput like parse_date, and date_about_day for a full date said with 頃.
    """
    found = _ABOUT.match(_plain(text))
    if found is None:
        raise BadInput("date_unreadable", field)
    about = bool(found[1] or found[3])
    both = _BOTH_ERAS.match(found[2])
    known = _known(both[1] if both else found[2], field)
    if both and _known(both[2], field) != known:
        raise BadInput("date_eras_differ", field)
    if about and known.precision is Precision.DAY:
        raise BadInput("date_about_day", field)
    return PartialDate(known.value, Precision.ABOUT) if about else known


def format_wareki(day: date) -> str:
    """令和8年4月1日; the first year is 元年. Before 1873 in western years (see SOLAR_SINCE)."""
    return f"{wareki_year(day)}年{day.month}月{day.day}日"


def format_moment(at: datetime) -> str:
    """令和8年4月1日 14:30, in Japan."""
    here = at.astimezone(TOKYO)
    return f"{format_wareki(here.date())} {here:%H:%M}"


def format_partial(partial: PartialDate) -> str:
    """昭和15年3月2日, 昭和15年3月, 昭和15年, 昭和15年頃; both eras when the year or month saw a change.

    1989 is printed 昭和64年（平成元年）. parse_partial reads all of this back.
    """
    first, last = partial.earliest(), partial.latest()
    if len(partial.value) == 10:
        return format_wareki(first)
    rest = f"年{first.month}月" if len(partial.value) == 7 else "年"
    named = [wareki_year(day) + rest for day in (first, last)]
    text = named[0] if named[0] == named[1] else f"{named[0]}（{named[1]}）"
    return text + ("頃" if partial.precision is Precision.ABOUT else "")


def era_of(day: date) -> Era | None:
    """The era a day is counted in; None before 1873."""
    if day < SOLAR_SINCE:
        return None
    return next(era for era in reversed(ERAS) if era.first <= day)


def wareki_year(day: date) -> str:
    """令和8, 令和元, without 年; the western year before 1873."""
    era = era_of(day)
    return str(day.year) if era is None else _era_year(era, day.year - era.offset)


def _era_year(era: Era, year: int) -> str:
    return era.name + ("元" if year == 1 else str(year))


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _plain(text: str) -> str:
    """Narrow letters, one kind of each punctuation, no spaces; a space between two numbers becomes a dot."""
    if len(text) > _LONGEST:
        return ""
    narrow = unicodedata.normalize("NFKC", text).translate(_PUNCTUATION).lower()
    return _PARTING_SPACE.sub(".", _LOOSE_SPACE.sub("", narrow))


def _known(plain: str, field: str | None) -> PartialDate:
    typed = _read(plain, field)
    iso = _earliest(typed, field).isoformat()
    if typed.month is None:
        return PartialDate(iso[:4], Precision.YEAR)
    if typed.day is None:
        return PartialDate(iso[:7], Precision.MONTH)
    return PartialDate(iso, Precision.DAY)


def _read(plain: str, field: str | None) -> _Typed:
    found = _COMPACT.fullmatch(plain) or _DATE.fullmatch(plain)
    if found is None:
        raise BadInput("date_unreadable", field)
    era = _BY_SIGN[found["era"]] if found["era"] else None
    if era is None and len(found["year"]) != 4:
        raise BadInput("date_year_digits", field)
    year = 1 if found["year"] == "元" else int(found["year"])
    month, day = (int(found[part]) if found[part] else None for part in ("month", "day"))
    return _Typed(era, year, month, day)


def _earliest(typed: _Typed, field: str | None) -> date:
    """The first day the typed date can mean, once all of it is possible."""
    if typed.era is not None and typed.year == 0:
        raise BadInput("date_year_zero", field, era=typed.era.name)
    year = typed.year + (typed.era.offset if typed.era else 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput("date_year_range", field, first=FIRST_YEAR, last=LAST_YEAR)
    month = 1 if typed.month is None else typed.month
    if not 1 <= month <= 12:
        raise BadInput("date_month_range", field)
    days = calendar.monthrange(year, month)[1]
    if typed.day == 29 and month == 2 and days == 28:
        raise BadInput("date_not_leap", field)
    if typed.day is not None and not 1 <= typed.day <= days:
        raise BadInput("date_day_range", field, last=days)
    first = date(year, month, typed.day or 1)
    if typed.era is not None:
        last = first if typed.day else _month_end(year, 12 if typed.month is None else month)
        _check_era(typed.era, first=first, last=last, field=field)
    return first


def _check_era(era: Era, *, first: date, last: date, field: str | None) -> None:
    """Refuse an era date none of whose days lies in its era, naming the day on which the eras meet."""
    if era.last is not None and first > era.last:
        after = ERAS[ERAS.index(era) + 1]
        raise BadInput(
            "date_after_era",
            field,
            era=era.name,
            era_last=format_wareki(era.last),
            next_era=after.name,
            next_first=format_wareki(after.first),
        )
    if first < SOLAR_SINCE:
        raise BadInput("date_old_calendar", field)
    if last < era.first:
        before = ERAS[ERAS.index(era) - 1]
        raise BadInput(
            "date_before_era",
            field,
            era=era.name,
            era_first=format_wareki(era.first),
            last_era=before.name,
            last_day=format_wareki(_day_before(era)),
        )


def _day_before(era: Era) -> date:
    return date.fromordinal(era.first.toordinal() - 1)
