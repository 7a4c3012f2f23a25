"""同意: what each person agreed to, its history, recording and changing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...kernel.errors import NotAllowed, NotFound
from ...kernel.wareki import format_wareki
from ...web.house import house
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import FIRST, NEXT, CasePersonView, CaseView, ConsentState, ConsentView
from .base import CASE, bp, case_frame
from .people import one_of


@bp.page(f"{CASE}/consents", queries.consents)
def consents(case_id: UUID) -> Response:
    """Consents per person, newest first; the earlier rows of each stay readable."""
    frame = case_frame(case_id)
    return page("cases/consents.html", **frame, title="同意", given=_given(frame["case"]))


def _given(case: CaseView) -> list[tuple[CasePersonView, tuple[ConsentView, ...]]]:
    found = []
    for person in case.people:
        try:
            found.append((person, queries.consents(context(), case.id, person.person_id)))
        except (NotFound, NotAllowed):
            continue
    return found


def _states(states: frozenset[ConsentState]) -> list[Option]:
    say = house().messages.label
    return [Option(s.value, say("consent_state", s.value)) for s in ConsentState if s in states]


def _back(case_id: UUID) -> str:
    return url_for("cases_pages.consents", case_id=case_id)


def _record(case_id: UUID, person_id: UUID) -> Setting:
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    return Setting(
        show=frame | {"person": one_of(case, person_id), "back": _back(case_id)},
        initial={
            "given_on": format_wareki(context().today),
            "holder": case.owner_agency,
            "this_case_only": True,
            "state": "given",
        },
        choices={"state": _states(FIRST)},
    )


def _change(case_id: UUID, thread_id: UUID) -> Setting:
    """What is agreed now is ticked; a consent in force can lose ticks, and gain none (a wider one is a new one)."""
    frame = case_frame(case_id)
    rows = [row for _, given in _given(frame["case"]) for row in given if row.newest]
    row = next((r for r in rows if r.thread_id == thread_id), None)
    if row is None:
        raise NotFound("consent")
    initial: dict[str, Any] = {
        "recipients": row.recipients,
        "items": row.items,
        "holder": row.holder,
        "form": row.form,
        "given_on": None if row.given_on is None else format_wareki(row.given_on),
        "expires_on": None if row.expires_on is None else format_wareki(row.expires_on),
        "proxy": row.proxy,
    }
    state = ConsentState(row.state)
    choices: dict[str, Any] = {"state": _states(NEXT[state])}
    if state is ConsentState.GIVEN:
        book = house().desk.book()
        choices["recipients"] = [Option(c, book.label("agency", c)) for c in row.recipients]
        choices["items"] = [Option(c, book.label("consent_item", c)) for c in row.items]
    person = one_of(frame["case"], row.person_id)
    show = {"consent": row, "person": person, "back": _back(case_id)}
    return Setting(show=frame | show, initial=initial, choices=choices)


def _to_consents(_: ConsentView, case_id: UUID, **__: Any) -> str:
    return _back(case_id)


bp.form(
    f"{CASE}/people/<uuid:person_id>/consents/new",
    actions.record_consent,
    endpoint="record_consent",
    title="同意を記録する",
    takes=schemas.ConsentIn,
    prepare=_record,
    then=_to_consents,
    template="cases/consent.html",
    button="同意を記録する",
)
bp.form(
    f"{CASE}/consents/<uuid:thread_id>/change",
    actions.change_consent,
    endpoint="change_consent",
    title="同意の変更・撤回を記録する",
    takes=schemas.ConsentChangeIn,
    prepare=_change,
    then=_to_consents,
    template="cases/consent.html",
    button="変更を記録する",
)
