"""Building the demo city once: staff, places, and every household's journey, in the order of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from ..accounts.models import Staff
from ..agencies.queries import windows
from ..kernel.actor import Role
from ..kernel.clock import TOKYO, MovableClock, tokyo_date
from ..kernel.fiscal import fiscal_year
from ..meeting.actions import mark_overdue
from ..statistics import queries as statistics
from ..statistics.actions import add_finding, add_indicator, seal, set_year
from ..statistics.rules.evaluation import MANUAL, FindingDraft, IndicatorDraft, YearDraft
from ..web.system import system_context
from . import casefiles, meetings, papers, places, plans, reach
from . import windows as desk
from .rights import grant, kin, reviewed_emergency, running_emergency, to_come
from .staff import LAST, OFFICE, STAFF, hire
from .table import Home, Tale, journeys
from .town import Arc, Days, File, Town

ARCS: dict[str, Arc] = {
    **desk.ARCS,
    **casefiles.ARCS,
    **meetings.ARCS,
    **plans.ARCS,
    **reach.ARCS,
    **places.ARCS,
}
ENDED = frozenset({"closed", "follow_up", "interrupted"})
FOUNDED = 1100  # days ago: the staff is there before the first resident comes
INDICATORS = (
    ("多機関連携の実効性", "会議で扱ったケース", "ケース", "meeting.discussed.cases", 20),
    ("重層的支援体制の推進度", "多機関協働で新規に受けたケース", "ケース", "multi_agency.new.cases", 12),
    ("地域づくりにかかる新たな取組・仕組みの創出状況", "新しくできた居場所", "か所", MANUAL, 3),
)
FINDING = {
    "goal": "3",
    "viewpoint": "新たな狭間の発見・対応",
    "method": "ヒアリング調査(定性)",
    "evaluator": "社会福祉法人",
    "text": "手続きに付き添う人がいれば続けられたという声が、複数の事業所から聞かれた。(架空の記述)",
}
LOOK_EVERY = 7  # days between two looks at what is overdue


class Standing(StrEnum):
    """What is there before the command begins."""

    EMPTY = "empty"
    UNFINISHED = "unfinished"
    STANDS = "stands"
    FOREIGN = "foreign"


def standing() -> Standing:
    """Whether the city stands; asked by counting accounts, so that a second run leaves no trace in the trail."""
    count = select(func.count(Staff.id))
    with system_context() as ctx:
        everyone = ctx.count(count, Staff)
        ours = ctx.count(count.where(Staff.login.in_([c.login for c in STAFF])), Staff)
        last = ctx.count(count.where(Staff.login == LAST.login), Staff)
    if last:
        return Standing.STANDS
    if ours:
        return Standing.UNFINISHED
    return Standing.FOREIGN if everyone else Standing.EMPTY


def founding(end: datetime) -> datetime:
    """The moment at which the city's clock begins."""
    return datetime.combine(tokyo_date(end) - timedelta(days=FOUNDED), time(9), TOKYO).astimezone(UTC)


def build(clock: MovableClock, end: datetime) -> None:
    """Fill an empty house whose clock is `clock`, from its founding up to the day before `end`."""
    town = Town(clock, end)
    since = tokyo_date(clock.now())
    for colleague in STAFF[:-1]:
        _hire(town, colleague.login, since)
    town.windows = {window.code: window.agency for window in town.by_house(windows)}
    arcs = [(together[0][1].ago, _journey(town, together)) for together in journeys()]
    early = (papers.old_consultations(town), places.open_places(town), _weekly(town))
    town.run([*((FOUNDED - 1 - n, arc) for n, arc in enumerate(early)), *arcs])
    _evaluate(town)
    reviewed_emergency(town)
    grant(town)
    kin(town)
    papers.office(town)
    running_emergency(town, end)
    _hire(town, LAST.login, since)
    to_come(town, LAST.login)


def _evaluate(town: Town) -> None:
    """数値目標 and a finding of the plan's evaluation, kept by 統計報告担当."""
    officer, fy = next(c.login for c in STAFF if c.role is Role.REPORT_OFFICER), fiscal_year(town.today)
    for viewpoint, title, unit, source, target in INDICATORS:
        draft = IndicatorDraft(goal="2", viewpoint=viewpoint, title=title, unit=unit, source=source)
        made = town.do(officer, add_indicator, draft)
        for year in (fy - 1, fy):
            actual = target - 1 if source == MANUAL else None
            town.do(officer, set_year, made.id, YearDraft(fy=year, target=target, actual=actual))
    town.do(officer, add_finding, FindingDraft(**FINDING, fy=fy))


def seal_past(clock: MovableClock) -> None:
    """Seal every month, quarter and year of the city's that is over."""
    since = fiscal_year(tokyo_date(clock.now()) - timedelta(days=FOUNDED))
    with system_context() as ctx:
        waiting = statistics.due(ctx, since=since)
    for period in waiting:
        with system_context() as ctx:
            seal(ctx, period)


def _hire(town: Town, login: str, since: date) -> None:
    colleague = next(c for c in STAFF if c.login == login)
    town.staff[login] = town.by_house(hire, colleague, since)


def _journey(town: Town, together: tuple[tuple[Home, Tale], ...]) -> Days:
    files = [File(home, tale) for home, tale in together]
    arc = files[0].tale.arc
    yield from ARCS[arc](town, files)
    if arc not in ENDED:
        yield from casefiles.ordinary_days(town, files)


def _weekly(town: Town) -> Days:
    """The secretariat marks action items whose date has passed, every week until today."""
    for _ in range((FOUNDED - 2) // LOOK_EVERY - 1):
        yield LOOK_EVERY
        town.do(OFFICE, mark_overdue)
