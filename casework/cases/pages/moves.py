"""Moves of a case and its team: lead, owner, parts of agencies, 多機関協働, issues, grants."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...kernel.clock import TOKYO
from ...kernel.errors import NotFound
from ...kernel.wareki import format_wareki
from ...web.house import house
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import CaseView
from .base import CASE, bp, case_frame
from .shapes import IssuesTicked, code_options

MONTH = timedelta(days=30)  # suggested length of a grant


@bp.page(f"{CASE}/team", queries.read_case)
def team(case_id: UUID) -> Response:
    """Who owns, leads and takes part, and what may be changed about it."""
    return page("cases/team.html", **case_frame(case_id), title="担当・会議", now=context().now)


def own_agencies() -> list[Option]:
    """The divisions the person acts for."""
    mine = context().actor.agencies
    return [o for o in house().desk.book().offered("agency") if o.value in mine]


def own_agency() -> str | None:
    """The division, if there is no choice."""
    mine = own_agencies()
    return mine[0].value if len(mine) == 1 else None


def plain(case_id: UUID) -> Setting:
    """The frame and nothing else; the case's version comes along."""
    frame = case_frame(case_id)
    return Setting(show=frame, version=frame["case"].version)


def _lead(case_id: UUID) -> Setting:
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    return Setting(
        show=frame,
        initial={"lead_id": case.lead_id, "agency": case.lead_agency},
        version=case.version,
    )


def _hand_over(case_id: UUID) -> Setting:
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    return Setting(show=frame, initial={"agency": case.owner_agency}, version=case.version)


def _reopen(case_id: UUID) -> Setting:
    frame = case_frame(case_id)
    return Setting(
        show=frame,
        initial={"agency": own_agency()},
        choices={"agency": own_agencies()},
        version=frame["case"].version,
    )


def _issues(case_id: UUID) -> Setting:
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    ticked: dict[str, Any] = {}
    for issue in case.issues:
        ticked.setdefault(issue.list, []).append(issue.code)
        if issue.main:
            ticked["main"] = f"{issue.list}:{issue.code}"
    if case.next_contact_on is not None:
        ticked["next_contact_on"] = format_wareki(case.next_contact_on)
    options = code_options(
        house().desk.book(), house().messages, ("consult_topic", "issue", "compound_issue")
    )
    return Setting(show=frame, initial=ticked, choices={"main": options}, version=case.version)


def _end(case_id: UUID, assignment_id: UUID) -> Setting:
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    part = next((a for a in case.assignments if a.id == assignment_id), None)
    if part is None:
        raise NotFound("assignment")
    return Setting(show=frame | {"part": part, "back": _team(case_id)})


def _team(case_id: UUID) -> str:
    return url_for("cases_pages.team", case_id=case_id)


def to_case(_: Any, case_id: UUID, **__: Any) -> str:
    return url_for("cases_pages.case", case_id=case_id)


def _to_team(_: Any, case_id: UUID, **__: Any) -> str:
    return _team(case_id)


def _to_new(view: CaseView, **_: Any) -> str:
    """The new episode."""
    return url_for("cases_pages.case", case_id=view.id)


for endpoint, action, title, takes, prepare, then in (
    ("assess", actions.start_assessment, "アセスメントを始める", schemas.MoveIn, plain, to_case),
    ("plan", actions.start_planning, "プラン作成を始める", schemas.MoveIn, plain, to_case),
    ("follow_up", actions.follow_up, "終結後の見守りを始める", schemas.MoveIn, plain, to_case),
    ("reopen", actions.reopen, "ケースを再開する", schemas.ReopenIn, _reopen, _to_new),
    ("lead", actions.name_lead, "主担当を決める", schemas.LeadIn, _lead, _to_team),
    ("hand_over", actions.hand_over, "担当を引き継ぐ", schemas.HandOverIn, _hand_over, _to_team),
    ("take_up", actions.take_up, "多機関協働で受ける", schemas.MoveIn, plain, _to_team),
    ("step_out", actions.step_out, "多機関協働から外れる", schemas.StepOutIn, plain, _to_team),
    ("issues", actions.edit_issues, "課題と次の連絡日", IssuesTicked, _issues, to_case),
    ("assign", actions.assign, "機関に役割をお願いする", schemas.AssignmentIn, plain, _to_team),
    ("propose", actions.propose_for_meeting, "会議に諮る", schemas.ProposalIn, plain, _to_team),
):
    bp.form(
        f"{CASE}/{endpoint.replace('_', '-')}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=prepare,
        then=then,
        template="cases/move.html",
        button=title if endpoint not in ("issues", "lead") else "保存",
    )
bp.form(
    f"{CASE}/assignments/<uuid:assignment_id>/end",
    actions.end_assignment,
    endpoint="end_assignment",
    title="役割を終える",
    prepare=_end,
    then=_to_team,
    template="cases/move.html",
    button="役割を終える",
)

# -- grants: the granter may know of the case and read nothing of it ----------------------------------


@bp.page(f"{CASE}/grants", queries.grants)
def grants(case_id: UUID) -> Response:
    """Who was given leave to read this case, until when and for what."""
    return page(
        "cases/grants.html", case_id=case_id, grants=queries.grants(context(), case_id), now=context().now
    )


def _grant(case_id: UUID) -> Setting:
    queries.grants(context(), case_id)
    until = (context().now + MONTH).astimezone(TOKYO)
    return Setting(
        show={"back": url_for("cases_pages.grants", case_id=case_id)},
        initial={"ends_at": f"{format_wareki(until.date())} 17:00"},
    )


def _end_grant(case_id: UUID, grant_id: UUID) -> Setting:
    given = next((g for g in queries.grants(context(), case_id) if g.id == grant_id), None)
    if given is None:
        raise NotFound("access_grant")
    return Setting(show={"grant": given, "back": url_for("cases_pages.grants", case_id=case_id)})


def _to_grants(_: Any, case_id: UUID, **__: Any) -> str:
    return url_for("cases_pages.grants", case_id=case_id)


bp.form(
    f"{CASE}/grants/new",
    actions.grant_access,
    endpoint="grant",
    title="閲覧を許可する",
    takes=schemas.GrantIn,
    prepare=_grant,
    then=_to_grants,
    button="許可する",
)
bp.form(
    f"{CASE}/grants/<uuid:grant_id>/end",
    actions.end_grant,
    endpoint="end_grant",
    title="閲覧の許可を終える",
    prepare=_end_grant,
    then=_to_grants,
    button="許可を終える",
)
