"""和暦: the usual spellings are read, impossible dates are refused with their reason, and eras end where they end."""

from __future__ import annotations

import itertools
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.errors import BadInput
from casework.kernel.wareki import (
    ERAS,
    Era,
    PartialDate,
    Precision,
    era_of,
    format_partial,
    format_wareki,
    parse_date,
    parse_partial,
)

SPELLINGS = {
    "R8.4.1": date(2026, 4, 1),
    "r8.4.1": date(2026, 4, 1),
    "R8/4/1": date(2026, 4, 1),
    "R8-4-1": date(2026, 4, 1),
    "R08.04.01": date(2026, 4, 1),
    "R.8.4.1": date(2026, 4, 1),
    "R8 4 1": date(2026, 4, 1),
    "R8年4月1日": date(2026, 4, 1),
    "令和8年4月1日": date(2026, 4, 1),
    "令和８年４月１日": date(2026, 4, 1),
    "令和 8年 4月 1日": date(2026, 4, 1),
    "令和　８年　４月　１日": date(2026, 4, 1),
    "令和8年4月1": date(2026, 4, 1),
    "令和8.4.1": date(2026, 4, 1),
    "令8.4.1": date(2026, 4, 1),
    "㋿8年4月1日": date(2026, 4, 1),
    "Ｒ８．４．１": date(2026, 4, 1),
    "Ｒ８。４。１": date(2026, 4, 1),
    "Ｒ８、４、１": date(2026, 4, 1),
    "ｒ８・４・１": date(2026, 4, 1),
    "Ｒ８／４／１": date(2026, 4, 1),
    "Ｒ８－４－１": date(2026, 4, 1),
    "Ｒ８ー４ー１": date(2026, 4, 1),
    "R8−4−1": date(2026, 4, 1),
    "令和元年5月1日": date(2019, 5, 1),
    "令和元.5.1": date(2019, 5, 1),
    "令和1年5月1日": date(2019, 5, 1),
    "R元.5.1": date(2019, 5, 1),
    "H31.4.30": date(2019, 4, 30),
    "平成元年1月8日": date(1989, 1, 8),
    "平成12年2月29日": date(2000, 2, 29),
    "㍻3年7月7日": date(1991, 7, 7),
    "S64.1.7": date(1989, 1, 7),
    "S15/3/2": date(1940, 3, 2),
    "s15-3-2": date(1940, 3, 2),
    "昭和15年3月2日": date(1940, 3, 2),
    "昭15.3.2": date(1940, 3, 2),
    "昭和元年12月25日": date(1926, 12, 25),
    "T15.12.24": date(1926, 12, 24),
    "大正元年7月30日": date(1912, 7, 30),
    "M45.7.29": date(1912, 7, 29),
    "明治6年1月1日": date(1873, 1, 1),
    "2026-04-01": date(2026, 4, 1),
    "2026-4-1": date(2026, 4, 1),
    "2026/4/1": date(2026, 4, 1),
    "2026.4.1": date(2026, 4, 1),
    "2026 04 01": date(2026, 4, 1),
    "20260401": date(2026, 4, 1),
    "２０２６０４０１": date(2026, 4, 1),
    "２０２６ー０４ー０１": date(2026, 4, 1),
    "2026年4月1日": date(2026, 4, 1),
    "西暦2026年4月1日": date(2026, 4, 1),
    "　2026年4月1日\n": date(2026, 4, 1),
    "2024-02-29": date(2024, 2, 29),
    "1868-10-23": date(1868, 10, 23),
}


@pytest.mark.parametrize(("text", "day"), SPELLINGS.items())
def test_the_usual_spellings_are_read(text: str, day: date) -> None:
    assert parse_date(text) == day
    assert parse_partial(text) == PartialDate(day.isoformat(), Precision.DAY)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_unreadable"),
        ("きのう", "date_unreadable"),
        ("R", "date_unreadable"),
        ("R8.4.1.2", "date_unreadable"),
        ("R8.4.", "date_unreadable"),
        ("R-8-4-1", "date_unreadable"),
        ("X8.4.1", "date_unreadable"),
        ("慶応3年1月1日", "date_unreadable"),
        ("2026041", "date_unreadable"),
        ("202604011", "date_unreadable"),
        ("٢٠٢٦-٠٤-٠١", "date_unreadable"),
        ("2026-04-01T00:00:00", "date_unreadable"),
        ("\0", "date_unreadable"),
        ("\ud800", "date_unreadable"),
        ("9" * 100_000, "date_unreadable"),
        ("元年4月1日", "date_year_digits"),
        ("26-4-1", "date_year_digits"),
        ("8年4月1日", "date_year_digits"),
        ("0001-01-01", "date_year_range"),
        ("1867-12-31", "date_year_range"),
        ("2200-01-01", "date_year_range"),
        ("R9999.1.1", "date_year_range"),
        ("R0.4.1", "date_year_zero"),
        ("2026-13-01", "date_month_range"),
        ("2026-00-01", "date_month_range"),
        ("20261301", "date_month_range"),
        ("2026-02-30", "date_day_range"),
        ("2026-04-31", "date_day_range"),
        ("R8.4.0", "date_day_range"),
        ("2026-02-29", "date_not_leap"),
        ("1900-02-29", "date_not_leap"),
        ("令和7年2月29日", "date_not_leap"),
        ("令和8年", "date_incomplete"),
        ("2026-04", "date_incomplete"),
        ("昭和65年", "date_after_era"),
        ("明治5年12月2日", "date_old_calendar"),
        ("明治元年10月23日", "date_old_calendar"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_date(text, field="birth")
    assert (refusal.value.code, refusal.value.field) == (code, "birth")


def test_a_day_too_late_in_its_month_is_told_the_last_one() -> None:
    for text, last in (("2026-02-30", 28), ("2024-02-30", 29), ("2026-04-31", 30), ("2026-01-32", 31)):
        with pytest.raises(BadInput) as refusal:
            parse_date(text)
        assert refusal.value.facts == {"last": last}


@pytest.mark.parametrize(
    ("text", "last", "next_first"),
    [
        ("平成31年5月1日", "平成31年4月30日", "令和元年5月1日"),
        ("H32.1.1", "平成31年4月30日", "令和元年5月1日"),
        ("昭和64年1月8日", "昭和64年1月7日", "平成元年1月8日"),
        ("昭和65年1月1日", "昭和64年1月7日", "平成元年1月8日"),
        ("大正15年12月25日", "大正15年12月24日", "昭和元年12月25日"),
        ("明治45年7月30日", "明治45年7月29日", "大正元年7月30日"),
    ],
)
def test_a_date_after_its_era_is_told_where_the_next_begins(text: str, last: str, next_first: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_date(text)
    assert refusal.value.code == "date_after_era"
    assert refusal.value.facts["era_last"] == last
    assert refusal.value.facts["next_first"] == next_first
    assert parse_date(next_first) - parse_date(last) == timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "first", "last_day"),
    [
        ("令和元年4月30日", "令和元年5月1日", "平成31年4月30日"),
        ("平成元年1月7日", "平成元年1月8日", "昭和64年1月7日"),
        ("昭和元年12月24日", "昭和元年12月25日", "大正15年12月24日"),
        ("大正元年7月29日", "大正元年7月30日", "明治45年7月29日"),
    ],
)
def test_a_date_before_its_era_is_told_where_it_begins(text: str, first: str, last_day: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_date(text)
    assert refusal.value.code == "date_before_era"
    assert refusal.value.facts["era_first"] == first
    assert refusal.value.facts["last_day"] == last_day


def test_a_refusal_never_repeats_what_was_typed() -> None:
    for text in ("平成32年3月9日", "昭和元年3月9日", "S70.3.9", "2026-02-30", "R8.13.9"):
        with pytest.raises(BadInput) as refusal:
            parse_date(text)
        said = [str(fact) for fact in refusal.value.facts.values()]
        assert text not in said
        assert not any("3月9日" in fact for fact in said)


def test_the_eras_follow_each_other_without_a_gap() -> None:
    for before, after in itertools.pairwise(ERAS):
        assert before.last == after.first - timedelta(days=1)
        assert era_of(after.first) is after
    assert ERAS[-1].last is None
    assert era_of(date(1912, 7, 29)) is ERAS[0]
    assert era_of(date(1872, 12, 31)) is None


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(2026, 4, 1), "令和8年4月1日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1872, 12, 31), "1872年12月31日"),
    ],
)
def test_days_are_printed_in_their_era(day: date, printed: str) -> None:
    assert format_wareki(day) == printed


days = st.dates(date(1868, 1, 1), date(2199, 12, 31))


@given(days)
def test_a_printed_day_is_read_back(day: date) -> None:
    printed = format_wareki(day)
    assert parse_date(printed) == day
    assert parse_date(day.isoformat()) == day
    assert parse_date(day.strftime("%Y%m%d")) == day
    era = era_of(day)
    if era is not None:
        year = day.year - era.offset
        letters = f"{era.letter.upper()}{year}.{day.month}.{day.day}"
        assert parse_date(letters) == day
        assert parse_date(letters.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})) == day


@given(st.sampled_from(ERAS), st.integers(1, 99), st.integers(1, 12), st.integers(1, 28))
def test_an_era_date_is_read_exactly_when_it_lies_in_its_era(
    era: Era, year: int, month: int, day: int
) -> None:
    meant = date(era.offset + year, month, day)
    inside = era_of(meant) is era
    text = f"{era.name}{year}年{month}月{day}日"
    if inside:
        assert parse_date(text) == meant
    else:
        with pytest.raises(BadInput) as refusal:
            parse_date(text)
        assert refusal.value.code in {"date_after_era", "date_before_era", "date_old_calendar"}


def attempt(text: str) -> PartialDate | str:
    """What is read, or the code of the refusal."""
    try:
        return parse_partial(text)
    except BadInput as refusal:
        return refusal.code


@given(st.text(max_size=45) | st.text("RSHTM元年月日頃約()令和0123456789.-/ ", max_size=14))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    found = attempt(text)
    if isinstance(found, PartialDate):
        assert parse_partial(format_partial(found)) == found
    else:
        assert found.startswith("date_")


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("昭和15年", "1940", Precision.YEAR),
        ("昭和15", "1940", Precision.YEAR),
        ("S15", "1940", Precision.YEAR),
        ("1940", "1940", Precision.YEAR),
        ("1940年", "1940", Precision.YEAR),
        ("１９４０", "1940", Precision.YEAR),
        ("令和元年", "2019", Precision.YEAR),
        ("昭和64年", "1989", Precision.YEAR),
        ("昭和64年(平成元年)", "1989", Precision.YEAR),
        ("昭和15年頃", "1940", Precision.ABOUT),
        ("昭和15年 頃", "1940", Precision.ABOUT),
        ("1940年ごろ", "1940", Precision.ABOUT),
        ("1940頃", "1940", Precision.ABOUT),
        ("約1940年", "1940", Precision.ABOUT),
        ("S15くらい", "1940", Precision.ABOUT),
        ("昭和15年3月頃", "1940-03", Precision.ABOUT),
        ("S15.3", "1940-03", Precision.MONTH),
        ("S15/3", "1940-03", Precision.MONTH),
        ("昭和15年3月", "1940-03", Precision.MONTH),
        ("1940-03", "1940-03", Precision.MONTH),
        ("平成31年4月", "2019-04", Precision.MONTH),
        ("昭和64年1月", "1989-01", Precision.MONTH),
        ("S15.3.2", "1940-03-02", Precision.DAY),
    ],
)
def test_a_date_is_taken_as_exactly_as_it_is_known(text: str, value: str, precision: Precision) -> None:
    assert parse_partial(text) == PartialDate(value, precision)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("昭和65年", "date_after_era"),
        ("昭和64年2月", "date_after_era"),
        ("平成31年5月", "date_after_era"),
        ("令和元年4月", "date_before_era"),
        ("昭和元年11月頃", "date_before_era"),
        ("明治5年", "date_old_calendar"),
        ("1940-13", "date_month_range"),
        ("15", "date_year_digits"),
        ("頃", "date_unreadable"),
        ("昭和15年3月2日頃", "date_about_day"),
        ("昭和64年(平成2年)", "date_eras_differ"),
        ("194003", "date_unreadable"),
    ],
)
def test_a_partial_date_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_partial(text, field="birth")
    assert (refusal.value.code, refusal.value.field) == (code, "birth")


@pytest.mark.parametrize(
    ("value", "precision", "printed"),
    [
        ("1940-03-02", Precision.DAY, "昭和15年3月2日"),
        ("1940-03", Precision.MONTH, "昭和15年3月"),
        ("1940-03", Precision.ABOUT, "昭和15年3月頃"),
        ("1940", Precision.YEAR, "昭和15年"),
        ("1940", Precision.ABOUT, "昭和15年頃"),
        ("1989", Precision.YEAR, "昭和64年（平成元年）"),
        ("1926-12", Precision.MONTH, "大正15年12月（昭和元年12月）"),
        ("2019", Precision.ABOUT, "平成31年（令和元年）頃"),
        ("2019-05", Precision.MONTH, "令和元年5月"),
        ("1870", Precision.YEAR, "1870年"),
    ],
)
def test_partial_dates_are_printed_with_both_eras_of_a_change(
    value: str, precision: Precision, printed: str
) -> None:
    partial = PartialDate(value, precision)
    assert format_partial(partial) == printed
    assert parse_partial(unicodedata.normalize("NFKC", printed)) == partial


@given(days, st.sampled_from([(10, "day"), (7, "month"), (7, "about"), (4, "year"), (4, "about")]))
def test_a_partial_date_is_printed_and_read_back(day: date, shape: tuple[int, str]) -> None:
    length, precision = shape
    partial = PartialDate(day.isoformat()[:length], Precision(precision))
    assert parse_partial(format_partial(partial)) == partial
    assert partial.earliest() <= day <= partial.latest()
    assert partial.latest().isoformat()[:length] == partial.value
    assert (partial.latest() + timedelta(days=1)).isoformat()[:length] != partial.value


@pytest.mark.parametrize(
    ("value", "precision"),
    [
        ("1940", Precision.DAY),
        ("1940-03-02", Precision.YEAR),
        ("1940-03-02", Precision.ABOUT),
        ("1940-13", Precision.MONTH),
        ("2026-02-29", Precision.DAY),
        ("２０２６", Precision.YEAR),
        ("20 6", Precision.YEAR),
        ("", Precision.YEAR),
    ],
)
def test_a_partial_date_of_impossible_shape_cannot_be_made(value: str, precision: Precision) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate(value, precision)


def test_a_stored_precision_is_taken_as_its_text() -> None:
    assert PartialDate("1940", Precision("about")).precision is Precision.ABOUT


@pytest.mark.parametrize(
    ("value", "precision", "on", "age"),
    [
        ("1940-03-02", Precision.DAY, date(2026, 3, 1), 85),
        ("1940-03-02", Precision.DAY, date(2026, 3, 2), 86),
        ("1940-03", Precision.MONTH, date(2026, 3, 1), 86),
        ("1940", Precision.ABOUT, date(2026, 1, 1), 86),
        ("2004-02-29", Precision.DAY, date(2026, 2, 28), 21),
        ("2004-02-29", Precision.DAY, date(2026, 3, 1), 22),
        ("2004-02-29", Precision.DAY, date(2024, 2, 29), 20),
        ("2027", Precision.YEAR, date(2026, 4, 1), -1),
    ],
)
def test_age_is_counted_in_full_years_from_the_earliest_day(
    value: str, precision: Precision, on: date, age: int
) -> None:
    assert PartialDate(value, precision).age_on(on) == age
