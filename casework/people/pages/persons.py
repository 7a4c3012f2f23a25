"""A person's page, what may be recorded of them, and the search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from marshmallow import ValidationError

from ...kernel.errors import BadInput, TooMany
from ...kernel.wareki import PartialDate, Precision, format_partial, parse_partial
from ...usecase import Unreadable
from ...web.house import house
from ...web.pages import Setting, page
from ...web.problems import walk
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import CandidateView, PersonView
from .base import bp
from .shapes import TERMS

ONE = "/persons/<uuid:person_id>"


@bp.page(ONE, queries.read_person)
def person(person_id: UUID) -> Response:
    """A person as far as the reader may know; restricted whereabouts are said to be restricted, and no more."""
    view = queries.read_person(context(), person_id)
    households = queries.households_of(context(), person_id)
    return page("people/person.html", view=view, birth=_birth(view), households=households)


def _birth(view: PersonView) -> str:
    """The birth date as it is spoken, as exact as it is known."""
    if view.birth is None or isinstance(view.birth, Unreadable):
        return view.birth or ""
    return format_partial(PartialDate(view.birth, Precision(view.birth_precision or Precision.DAY)))


def _setting(person_id: UUID, **initial: Any) -> Setting:
    view = queries.read_person(context(), person_id)
    back = url_for("people_pages.person", person_id=person_id)
    return Setting(show={"view": view, "back": back}, initial=initial)


def _one(person_id: UUID) -> Setting:
    return _setting(person_id)


def _edit(person_id: UUID) -> Setting:
    view = queries.read_person(context(), person_id)
    return Setting(
        show={"view": view, "back": url_for("people_pages.person", person_id=person_id)},
        initial={"name": view.name, "kana": view.kana, "birth": _birth(view) or None, "sex": view.sex},
        version=view.version,
    )


def _safe(person_id: UUID) -> Setting:
    kept = queries.read_person(context(), person_id).safe_contact
    names = () if kept is None else ("hours", "message_ok", "letter_ok", "remarks")
    return _setting(person_id, **{name: getattr(kept, name) for name in names})


def _to_person(view: PersonView, **_: Any) -> str:
    return url_for("people_pages.person", person_id=view.id)


# -- search ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """What a search brought, or why nothing could be looked up."""

    found: tuple[CandidateView, ...] = ()
    fault: str = ""


def sought(typed: Mapping[str, str]) -> Search | None:
    """The search that the form asked for; None if it asked for none. Its terms are kept nowhere."""
    if typed.get("_again") != "search":
        return None
    say = house().messages.error
    try:
        draft = schemas.SearchIn().load({t: text for t in TERMS if (text := typed.get(t, "").strip())})
        return Search(tuple(queries.search(context(), draft)))
    except ValidationError as trouble:
        faults = [say(str(fault), getattr(fault, "facts", {})) for _, fault in walk(trouble.messages)]
        return Search(fault=" ".join(faults))
    except (BadInput, TooMany) as refusal:
        return Search(fault=say(refusal.code, refusal.facts))


def _search() -> Setting:
    search = sought(request.form)
    found = () if search is None else search.found
    births = {p.person_id: format_partial(parse_partial(p.birth)) for p in found if p.birth}
    return Setting(show={"search": search, "births": births})


def _to_search(_: Any, **__: Any) -> str:
    return url_for("people_pages.search")


bp.form(
    "/persons/search",
    queries.search,
    endpoint="search",
    title="人を探す",
    takes=schemas.SearchIn,
    prepare=_search,
    then=_to_search,
    template="people/search.html",
    button="探す",
)
for path, action, endpoint, title, takes, prepare in (
    ("edit", actions.edit_person, "edit", "氏名・生年月日・性別を直す", schemas.PersonEditIn, _edit),
    ("addresses/new", actions.add_address, "add_address", "住所を記録する", schemas.AddressIn, _one),
    ("contacts/new", actions.add_contact, "add_contact", "連絡先を加える", schemas.ContactIn, _one),
    (
        "safe-contact",
        actions.set_safe_contact,
        "safe_contact",
        "安全な連絡方法を記録する",
        schemas.SafeContactIn,
        _safe,
    ),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=prepare,
        then=_to_person,
        template="people/person_form.html",
    )
