"""The blueprint of the case pages, and the frame that every page under a case stands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request, url_for

from ...kernel.actor import Permission as P
from ...web.pages import PageBlueprint, Place
from ...web.pages.frame import can, has
from ...web.request import context
from .. import queries
from ..rules import IN_SUPPORT, CasePersonView, CaseState, CaseView

bp = PageBlueprint("cases", "casework.cases")
CASE = "/cases/<uuid:case_id>"
TABS = (
    ("cases_pages.case", "経過", P.CASE_READ),
    ("cases_pages.notes", "支援経過", P.NOTE_READ),
    ("cases_pages.people", "世帯・本人", P.CASE_READ),
    ("cases_pages.consents", "同意", P.CONSENT_READ),
    ("cases_pages.assessment", "アセスメント", P.NOTE_READ),
    ("plan_pages.of_case", "プラン", P.PLAN_READ),
    ("outreach_pages.of_case", "アウトリーチ", P.OUTREACH_READ),
    ("participation_pages.of_case", "参加支援", P.PARTICIPATION_READ),
    ("cases_pages.team", "担当・会議", P.CASE_READ),
    ("cases_pages.sharing", "共有記録", P.CASE_READ),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A person the case is about, as the reader may know them."""

    name: str
    kana: str


def case_frame(case_id: UUID, *, tab: str = "") -> dict[str, Any]:
    """What the layout "cases/case_base.html" needs, for `show=`: the case's cover, its subjects and the tabs.

    `tab` is the endpoint of the tab to light when the page's own address does not tell it.
    """
    return frame_of(queries.read_case(context(), case_id), tab=tab)


def frame_of(case: CaseView, *, tab: str = "") -> dict[str, Any]:
    """The same for a cover that was read already."""
    back = url_for("cases_pages.case", case_id=case.id)
    return {
        "case": case,
        "subjects": [_subject(p) for p in case.people if p.role == "subject"],
        "tabs": _tabs(case.id, tab),
        "running": CaseState(case.state) in IN_SUPPORT,
        "layout": "cases/case_base.html",
        "back": back,
    }


def _subject(person: CasePersonView) -> Subject:
    return Subject(person.name or "氏名なし", person.kana or "")


def _tabs(case_id: UUID, tab: str) -> list[Place]:
    links = [
        (end, url_for(end, case_id=case_id), label) for end, label, need in TABS if has(end) and can(need)
    ]
    under = (href for _, href, _ in links if request.path == href or request.path.startswith(f"{href}/"))
    here = max(under, key=len, default="")
    return [Place(href, label, end == tab if tab else href == here) for end, href, label in links]
