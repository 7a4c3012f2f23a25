"""The case page in one reading: cover, timeline and the newest consents of the people in sight."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ...kernel.actor import Permission as P
from ...usecase import Context, Page, use_case
from ..models import Case
from ..rules import CaseView, ConsentRow, Sharing, TimelineEntry, in_force
from .cover import cover_of
from .notes import timeline_page
from .steps import threads_of


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent at a glance: of whom, for what, its state, and whether it is in force today."""

    person_id: UUID
    thread_id: UUID
    row: ConsentRow
    in_force: bool


@dataclass(frozen=True, slots=True)
class CasePageView:
    case: CaseView
    timeline: Page[TimelineEntry]
    consents: tuple[ConsentLine, ...]


@use_case(P.CASE_READ, event="case.page_opened", reads=True)
def read_page(ctx: Context, case_id: UUID, *, after: str | None = None) -> CasePageView:
    """Open the page of a case: its cover, what happened newest first, and which consents are in force today."""
    case = ctx.load(Case, case_id)
    cover = cover_of(ctx, case)
    return CasePageView(cover, timeline_page(ctx, case, after), tuple(_consents(ctx, cover)))


def _consents(ctx: Context, case: CaseView) -> list[ConsentLine]:
    """The newest row of each thread; nothing for a role that reads no consents."""
    if not ctx.policy.ever(ctx.actor, P.CONSENT_READ):
        return []
    found = threads_of(ctx, [person.person_id for person in case.people], case.id)
    return [
        ConsentLine(person_id, row.thread_id, row, _in_force(ctx, row))
        for person_id, threads in found.items()
        for _, row in threads
    ]


def _in_force(ctx: Context, row: ConsentRow) -> bool:
    return in_force([row], Sharing(row.purpose, frozenset(), frozenset(), ctx.today)) is not None
