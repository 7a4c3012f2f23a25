"""受付 on one page: type, look whether the person is known, choose, save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request, url_for
from marshmallow import ValidationError

from ...kernel.errors import BadInput, NotAllowed, NotFound, TooMany
from ...kernel.wareki import format_wareki
from ...people import queries as people
from ...people.schemas import SearchIn
from ...web.house import house
from ...web.pages import Setting
from ...web.problems import walk
from ...web.request import context
from .. import actions, queries
from ..rules import Candidate, Candidates, IntakeView
from .base import asked_flat, bp, topics
from .shapes import ReceptionEditIn, ReceptionIn

SEARCHED = {
    "name": ("person.name",),
    "kana": ("person.kana",),
    "birth": ("person.birth",),
    "phone": ("person.phone_mobile", "person.phone_home"),
    "address": ("person.address",),
}


@dataclass(frozen=True, slots=True)
class Look:
    """The answer to 同じ人がいないか探す: who may be the person, or why nothing could be looked up."""

    found: Candidates | None = None
    fault: str = ""


def look(typed: Mapping[str, str]) -> Look:
    """Look for the person with what is typed so far; nothing is recorded but that somebody looked."""
    terms = {
        term: next((text for name in names if (text := typed.get(name, "").strip())), "")
        for term, names in SEARCHED.items()
    }
    say = house().messages.error
    try:
        draft = SearchIn().load({term: text for term, text in terms.items() if text})
        return Look(queries.candidates(context(), draft))
    except ValidationError as trouble:
        faults = [say(str(fault), getattr(fault, "facts", {})) for _, fault in walk(trouble.messages)]
        return Look(fault=" ".join(faults))
    except (BadInput, TooMany) as refusal:
        return Look(fault=say(refusal.code, refusal.facts))


def _typed() -> Mapping[str, str]:
    """What the person typed: just now, or before and did not send."""
    if request.method == "POST":
        return request.form
    return dict(house().desk.stored(request.path, request.args.get("draft", "")).pairs)


def _chosen(typed: Mapping[str, str]) -> Candidate | None:
    """The person that was chosen among the candidates, to be shown again."""
    try:
        person = people.read_person(context(), UUID(typed.get("person_id", "")))
    except (ValueError, NotFound, NotAllowed):
        return None
    return Candidate(person.id, person.name, person.kana, ())


def _offered(found: Candidates | None, typed: Mapping[str, str]) -> list[Candidate]:
    """Candidates of the search, and the one chosen before if the search did not bring it again."""
    shown = [] if found is None else list(found.items)
    chosen = _chosen(typed) if typed.get("person_id") else None
    if chosen is not None and chosen.person_id not in {c.person_id for c in shown}:
        shown.insert(0, chosen)
    return shown


def _reception() -> Setting:
    typed = _typed()
    seen = look(typed) if request.form.get("_again") == "search" else None
    today = format_wareki(context().today)
    return Setting(
        show={
            "look": seen,
            "persons": _offered(None if seen is None else seen.found, typed),
            "back": url_for("intake_pages.listing"),
        },
        initial={
            "window": queries.usual_window(context()),
            "consent_given": {"given_on": today, "purpose": "referral_sharing"},
        },
        choices=topics(),
    )


def recorded(view: IntakeView) -> dict[str, Any]:
    """A recorded reception as its correcting form starts."""
    main = next(
        (t.code for t in view.topics if t.main), view.topics[0].code if len(view.topics) == 1 else None
    )
    visitor, safe = view.visitor, view.safe_ways
    return {
        "main_topic": main,
        "other_topics": [t.code for t in view.topics if t.code != main],
        "narrative": view.narrative,
        "wishes": view.wishes,
        "urgency": view.urgency,
        "intake_route": view.intake_route,
        "next_contact_on": view.next_contact_on and format_wareki(view.next_contact_on),
        "visitor": {"name": visitor.name, "phone": visitor.phone, "relation": visitor.relation},
        "safe_ways": {
            "hours": safe.hours,
            "message_ok": safe.message_ok,
            "letter_ok": safe.letter_ok,
            "remarks": safe.remarks,
        },
    }


def _correction(intake_id: UUID) -> Setting:
    view = queries.read(context(), intake_id)
    return Setting(
        show={"view": view, "back": url_for("intake_pages.intake", intake_id=intake_id)},
        initial=recorded(view),
        choices=topics(),
        version=view.version,
    )


def to_intake(view: IntakeView, **_: Any) -> str:
    return url_for("intake_pages.intake", intake_id=view.id)


bp.form(
    "/intakes/new",
    asked_flat(actions.receive),
    endpoint="receive",
    title="相談を受け付ける",
    takes=ReceptionIn,
    prepare=_reception,
    then=to_intake,
    template="intake/receive.html",
    button="受け付ける",
)
bp.form(
    "/intakes/<uuid:intake_id>/edit",
    asked_flat(actions.correct),
    endpoint="correct",
    title="受付の内容を直す",
    takes=ReceptionEditIn,
    prepare=_correction,
    then=to_intake,
    template="intake/correct.html",
)
