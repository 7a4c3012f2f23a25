"""支援経過: reading notes for a purpose, writing by segment, correcting and quoting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...kernel.book import Option
from ...kernel.clock import tokyo_date
from ...kernel.errors import NotFound
from ...kernel.wareki import format_moment, format_wareki
from ...kernel.withheld import Withheld
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import CaseView, NoteView
from .base import CASE, bp, case_frame
from .moves import own_agencies, own_agency, to_case

PURPOSES = ("support", "handover", "meeting", "approval", "other")
PIECE = 60  # characters of a piece in the list to choose from


@bp.page(f"{CASE}/notes", queries.read_notes)
def notes(case_id: UUID) -> Response:
    """Notes with all their pieces, newest first, once the reader has said what for; the trail keeps it."""
    args = arguments(schemas.NotesArgs)
    frame = case_frame(case_id)
    purpose = args["purpose"] if args["purpose"] in PURPOSES else ""
    read = queries.read_notes(context(), case_id, purpose, after=args["after"]) if purpose else None
    show = {"purpose": purpose, "purposes": PURPOSES, "names": names_of(frame["case"])}
    return page("cases/notes.html", **frame, title="支援経過", notes=read, **show)


def names_of(case: CaseView) -> dict[UUID, str]:
    """How the people of the case are called on its pages."""
    return {p.person_id: p.name or "氏名なし" for p in case.people}


def _blank(case_id: UUID) -> Setting:
    """A note begins now, about the person if there is one, told as a fact; everything can be changed."""
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    subjects = [p.person_id for p in case.people if p.role == "subject"]
    first = {"segment_class": "fact"} | ({"about_id": subjects[0]} if len(subjects) == 1 else {})
    return Setting(
        show=frame,
        initial={
            "happened_at": format_moment(context().now),
            "agency": own_agency(),
            "segments": [first],
        },
        choices=_choices(case),
    )


def _choices(case: CaseView) -> dict[str, Any]:
    people = [Option(str(key), name) for key, name in names_of(case).items()]
    return {"segments.about_id": people, "agency": own_agencies(), "quotes": [], "segments.origin_item": []}


def _correct(case_id: UUID, note_id: UUID) -> Setting:
    """The note as it stands is shown beside an empty one; its words stay as they are."""
    note = next((n for n in _read(case_id) if n.id == note_id), None)
    if note is None:
        raise NotFound("note")
    setting = _blank(case_id)
    show = {
        **setting.show,
        "corrected": note,
        "names": names_of(setting.show["case"]),
        "back": _back(case_id),
    }
    return replace(setting, show=show)


def _quote(case_id: UUID) -> Setting:
    setting = _blank(case_id)
    pieces = [(note.happened_at, s) for note in _readable(case_id) for s in note.segments]
    options = [
        Option(str(s.id), f"{format_wareki(tokyo_date(at))} {_short(s.text)}")
        for at, s in pieces
        if not isinstance(s.text, Withheld) and s.text
    ]
    chosen = request.args.get("segment", "")
    initial = {k: v for k, v in setting.initial.items() if k != "segments"}
    if chosen in {o.value for o in options}:
        initial["quotes"] = [chosen]
    return replace(
        setting,
        show={**setting.show, "quoting": True, "back": _back(case_id)},
        initial=initial,
        choices={**setting.choices, "quotes": options},
    )


def _readable(case_id: UUID) -> tuple[NoteView, ...]:
    """Notes to quote from; none for who may write into this case and not read it."""
    try:
        return _read(case_id)
    except NotFound:
        return ()


def _read(case_id: UUID) -> tuple[NoteView, ...]:
    return tuple(queries.read_notes(context(), case_id, "support").items)


def _short(text: Any) -> str:
    shown = str(text)
    return shown if len(shown) <= PIECE else f"{shown[:PIECE]}…"


def _back(case_id: UUID) -> str:
    return url_for("cases_pages.notes", case_id=case_id, purpose="support")


for path, endpoint, action, title, prepare in (
    ("notes/new", "write_note", actions.write_note, "支援経過を書く", _blank),
    ("notes/quote", "quote", actions.quote, "記録を引用して書く", _quote),
    ("notes/<uuid:note_id>/correct", "correct_note", actions.correct_note, "記録を訂正する", _correct),
):
    bp.form(
        f"{CASE}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        takes=schemas.NoteIn,
        prepare=prepare,
        then=to_case,
        template="cases/note.html",
        button="記録する",
    )
