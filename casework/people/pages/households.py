"""A household's page: who belongs to it since when, who cares for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...kernel.book import Option
from ...kernel.errors import NotFound
from ...kernel.wareki import format_wareki
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import HouseholdView
from .base import bp
from .persons import sought
from .shapes import MemberSought

ONE = "/households/<uuid:household_id>"


@bp.page(ONE, queries.read_household)
def household(household_id: UUID) -> Response:
    """A household with its history; members the reader may not know of are not there."""
    view = queries.read_household(context(), household_id)
    return page("people/household.html", view=view, names=_names(view))


def _names(view: HouseholdView) -> dict[UUID, str]:
    return {m.person_id: m.name or "氏名なし" for m in view.members}


def _back(household_id: UUID) -> str:
    return url_for("people_pages.household", household_id=household_id)


def _member(household_id: UUID) -> Setting:
    """Found persons are offered with the reasons of each match; the one chosen before stays offered."""
    queries.read_household(context(), household_id)
    search = sought(request.form)
    found = search.found if search is not None else ()
    options = [Option(str(p.person_id), f"{p.name or '氏名なし'}({p.kana or '読みなし'})") for p in found]
    chosen = request.form.get("person_id", "")
    if chosen and chosen not in {o.value for o in options}:
        options.insert(0, Option(chosen, "先に選んだ人"))
    reasons = {str(p.person_id): p.reasons for p in found}
    show = {"search": search, "reasons": reasons, "back": _back(household_id)}
    return Setting(show=show, choices={"person_id": options})


def _leave(household_id: UUID, member_id: UUID) -> Setting:
    view = queries.read_household(context(), household_id)
    member = next((m for m in view.members if m.id == member_id), None)
    if member is None:
        raise NotFound("household_member")
    return Setting(
        show={"member": member, "back": _back(household_id)},
        initial={"on": format_wareki(context().today)},
    )


def _care(household_id: UUID) -> Setting:
    view = queries.read_household(context(), household_id)
    people = [Option(str(key), name) for key, name in _names(view).items()]
    return Setting(show={"back": _back(household_id)}, choices={"carer_id": people, "cared_id": people})


def _to_household(view: HouseholdView, **_: Any) -> str:
    return _back(view.id)


bp.form(
    f"{ONE}/members/new",
    actions.add_member,
    endpoint="add_member",
    title="世帯の人を加える",
    takes=MemberSought,
    prepare=_member,
    then=_to_household,
    template="people/member.html",
    button="世帯に加える",
)
bp.form(
    f"{ONE}/members/<uuid:member_id>/leave",
    actions.leave,
    endpoint="leave",
    title="世帯を離れた日を記録する",
    takes=schemas.LeaveIn,
    prepare=_leave,
    then=_to_household,
    template="people/household_form.html",
)
bp.form(
    f"{ONE}/care",
    actions.record_care,
    endpoint="care",
    title="ケアの関係を記録する",
    takes=schemas.CareIn,
    prepare=_care,
    then=_to_household,
    template="people/household_form.html",
)
