"""The list of cases, the work lists, and the page of a case with its steps, next actions and timeline."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, url_for

from ...kernel.actor import Permission as P
from ...kernel.ids import new_id
from ...web.house import house
from ...web.pages import page
from ...web.pages.blueprint import arguments
from ...web.pages.frame import can, has
from ...web.request import context
from ...web.schema import PageArgs
from .. import queries, schemas
from ..queries.lists import SCOPES
from ..rules import CaseState
from .base import CASE, bp, frame_of

WORKLISTS = {
    "mine_open": (queries.mine_open, P.CASE_LIST),
    "contact_due": (queries.contact_due, P.WORKLIST_READ),
    "no_contact": (queries.no_contact, P.WORKLIST_READ),
    "without_lead": (queries.without_lead, P.CASE_ASSIGN),
    "to_be_approved": (queries.to_be_approved, P.CASE_EVALUATE),
    "in_danger": (queries.in_danger, P.ALERT_RAISE),
    "unseen_by_owner": (queries.unseen_by_owner, P.CASE_HAND_OVER),
}
# The usual way of a case; what ends or resumes it otherwise is told by the state itself.
WAY = (
    CaseState.OPEN,
    CaseState.ASSESSING,
    CaseState.PLANNING,
    CaseState.SUPPORTING,
    CaseState.EVALUATING,
    CaseState.CLOSING,
    CaseState.CLOSED,
)
STEP_KINDS = frozenset(
    {"opened", "owner_changed", "lead_changed", "stepped_out", "taken_up", "protected", "person_added"}
)
# Moves of the flow and the page that makes each; those of later houses only where they exist.
MOVES = {
    "assess": "cases_pages.assess",
    "plan": "cases_pages.plan",
    "follow_up": "cases_pages.follow_up",
    "reopen": "cases_pages.reopen",
    "support": "plan_pages.of_case",
    "evaluate": "plan_pages.of_case",
    "continue": "plan_pages.continue_case",
    "propose_close": "plan_pages.propose_close_case",
    "close": "plan_pages.close_case",
    "interrupt": "plan_pages.interrupt_case",
}


@bp.page("/cases", queries.list_cases)
def listing() -> Response:
    """Cases in sight, the newest first, by scope, state and danger."""
    args = arguments(schemas.ListArgs)
    lines = queries.list_cases(context(), **args)
    show = {name: args[name] for name in ("scope", "state", "danger")}
    choices = {"scopes": SCOPES, "states": list(CaseState), "worklists": _worklists()}
    return page("cases/listing.html", lines=lines, **show, **choices)


@bp.page("/cases/lists/<name>", queries.list_cases)
def worklist(name: str) -> Response:
    """Cases that wait for something: a contact, a lead, an approval; or that are in danger."""
    if name not in WORKLISTS:
        abort(404)
    args = arguments(PageArgs)
    lines = WORKLISTS[name][0](context(), **args)
    return page("cases/worklist.html", lines=lines, name=name, worklists=_worklists())


def _worklists() -> list[str]:
    return [name for name, (_, need) in WORKLISTS.items() if can(need)]


@bp.page(CASE, queries.read_page)
def case(case_id: UUID) -> Response:
    """A case at a glance: where it stands, what may be done next, what happened, and which consents are in force."""
    view = queries.read_page(context(), case_id, **arguments(PageArgs))
    now = context().now
    return page(
        "cases/case.html",
        **frame_of(view.case),
        view=view,
        names={p.person_id: p.name or "氏名なし" for p in view.case.people},
        steps_words=[(house().messages.label("case_state", s), how) for s, how in steps_of(view.case.state)],
        step_kinds=STEP_KINDS,
        parts_now=[a for a in view.case.assignments if a.ends_at is None or a.ends_at > now],
        doing=_doing(view.case.id, view.case.moves),
        key=new_id().hex,
    )


def steps_of(state: str) -> list[tuple[CaseState, str]]:
    """The step navigation: what is done, where the case stands now, what is to come."""
    now = CaseState(state)
    if now in (CaseState.FOLLOW_UP, CaseState.REOPENED):
        return [(step, "done") for step in WAY] + [(now, "now")]
    if now is CaseState.INTERRUPTED:
        return [(now, "now")]
    at = WAY.index(now)
    return [(step, "done" if place < at else "now" if place == at else "") for place, step in enumerate(WAY)]


def _doing(case_id: UUID, moves: tuple[str, ...]) -> list[tuple[str, str]]:
    """(move, address) of what this person may do next, as the state machine says."""
    known = ((move, MOVES.get(move, "")) for move in moves)
    return [(move, url_for(endpoint, case_id=case_id)) for move, endpoint in known if has(endpoint)]
