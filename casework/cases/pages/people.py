"""世帯・本人: whom the case is about, the household as a picture and a table, further persons, protection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...kernel.book import Option
from ...kernel.clock import TOKYO
from ...kernel.errors import NotAllowed, NotFound
from ...kernel.wareki import format_wareki
from ...people import queries as people_queries
from ...people.pages.persons import sought
from ...people.pages.release import request_of
from ...people.rules import HouseholdView
from ...people.schemas import LiftIn, NameGrantIn, ProtectIn
from ...web.house import house
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import CasePersonView, CaseView
from .base import CASE, bp, case_frame
from .family import drawn
from .notes import names_of
from .shapes import PersonSought


@bp.page(f"{CASE}/people", queries.read_case)
def people(case_id: UUID) -> Response:
    """The persons of the case and their household, as far as the reader may know of them."""
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    view = _household_of(case)
    relations = {o.value: o.label for o in house().desk.book().lists.get("relation", ())}
    picture = drawn(view.members, view.care, relations) if view is not None else None
    names = names_of(case) | ({m.person_id: m.name or "氏名なし" for m in view.members} if view else {})
    return page(
        "cases/people.html", **frame, title="世帯・本人", household=view, picture=picture, names=names
    )


def _household_of(case: CaseView) -> HouseholdView | None:
    """The household, unless there is none or the reader may not see it."""
    if case.household_id is None:
        return None
    try:
        return people_queries.read_household(context(), case.household_id)
    except (NotFound, NotAllowed):
        return None


def _back(case_id: UUID) -> str:
    return url_for("cases_pages.people", case_id=case_id)


def _to_people(_: Any, case_id: UUID, **__: Any) -> str:
    return _back(case_id)


def _add(case_id: UUID) -> Setting:
    """Found persons are offered with the reasons of each match; a new person is one without a choice."""
    frame = case_frame(case_id)
    search = sought(request.form)
    found = search.found if search is not None else ()
    options = [Option(str(p.person_id), f"{p.name or '氏名なし'}({p.kana or '読みなし'})") for p in found]
    chosen = request.form.get("person_id", "")
    if chosen and chosen not in {o.value for o in options}:
        options.insert(0, Option(chosen, "先に選んだ人"))
    show = {"search": search, "reasons": {str(p.person_id): p.reasons for p in found}, "back": _back(case_id)}
    return Setting(show=frame | show, initial={"role": "household"}, choices={"person_id": options})


def _household(case_id: UUID) -> Setting:
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    members = [
        {"person_id": p.person_id} | ({"relation": "self"} if p.role == "subject" else {})
        for p in case.people
        if p.role != "other"
    ]
    options = [Option(str(key), name) for key, name in names_of(case).items()]
    return Setting(
        show=frame | {"back": _back(case_id)},
        initial={"members": members},
        choices={"members.person_id": options},
    )


def one_of(case: CaseView, person_id: UUID) -> CasePersonView:
    """A person of the case; NotFound for anybody else."""
    found = next((p for p in case.people if p.person_id == person_id), None)
    if found is None:
        raise NotFound("person")
    return found


def _protect(case_id: UUID, person_id: UUID) -> Setting:
    frame = case_frame(case_id)
    return Setting(
        show=frame | {"person": one_of(frame["case"], person_id), "back": _back(case_id)},
        initial={"valid_from": format_wareki(context().today)},
    )


bp.form(
    f"{CASE}/people/new",
    actions.add_person,
    endpoint="add_person",
    title="ケースに人を加える",
    takes=PersonSought,
    prepare=_add,
    then=_to_people,
    template="cases/add_person.html",
    button="この人を加える",
)
bp.form(
    f"{CASE}/household/new",
    actions.record_household,
    endpoint="record_household",
    title="世帯を記録する",
    takes=schemas.HouseholdIn,
    prepare=_household,
    then=_to_people,
    template="cases/move.html",
    button="世帯を記録する",
)
bp.form(
    f"{CASE}/people/<uuid:person_id>/protect",
    actions.protect_person,
    endpoint="protect",
    title="この人を保護の対象にする",
    takes=ProtectIn,
    prepare=_protect,
    then=_to_people,
    template="cases/move.html",
    button="保護の対象にする",
)


def _guarded(person_id: UUID) -> Setting:
    view = people_queries.read_person(context(), person_id)
    until = (context().now + timedelta(days=90)).astimezone(TOKYO)
    return Setting(
        show={"view": view, "back": url_for("people_pages.person", person_id=person_id)},
        initial={"until": f"{format_wareki(until.date())} 17:00"},
    )


def _to_protections(_: Any, **__: Any) -> str:
    return url_for("people_pages.protections")


def _to_requests(_: Any, **__: Any) -> str:
    return url_for("people_pages.releases")


for action, endpoint, title, takes, button in (
    (actions.name_grant, "name_grant", "この方を見てよい職員を指定する", NameGrantIn, "指定する"),
    (actions.ask_lift, "ask_lift", "保護の解除を申請する", LiftIn, "解除を申請する"),
):
    bp.form(
        f"/persons/<uuid:person_id>/protection/{endpoint.replace('_', '-')}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=_guarded,
        then=_to_protections,
        template="people/person_form.html",
        button=button,
    )
bp.form(
    "/release-requests/<uuid:request_id>/lift",
    actions.lift,
    endpoint="lift",
    title="保護を解除する",
    prepare=request_of,
    then=_to_requests,
    template="people/decide.html",
    button="解除する",
)
