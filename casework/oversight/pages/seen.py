"""だれが見たか: the visits to a case or to a person's record, on the screen and as a file."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from ...kernel.errors import BadInput
from ...kernel.wareki import format_moment, format_wareki
from ...web.house import house
from ...web.pages import page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import queries
from ..rules.seen import SeenLine
from ..schemas import SeenChoice, SeenFileArgs, comma_separated
from .base import bp

HEADS = ("日時", "職員", "所属", "したこと", "種類", "結果", "目的")
PURPOSES = ("note_purpose", "print_purpose", "report_purpose")


@bp.page("/oversight/seen", queries.who_saw)
def seen() -> Response:
    """Who saw a record; before one is named, only the form. A record that is not known is said beside its field."""
    asked, today = arguments(SeenChoice), context().today
    asked["since"] = asked["since"] or today.replace(year=today.year - 1, day=min(today.day, 28))
    asked["until"] = asked["until"] or today
    found, fault = None, ""
    if asked["number"] or asked["person"]:
        try:
            found = queries.who_saw(context(), **asked)
        except BadInput as refusal:
            fault = house().messages.error(refusal.code, refusal.facts)
    return _page(asked, found, fault)


def _page(asked: dict[str, Any], found: Any, fault: str) -> Response:
    days = {name: asked[name].isoformat() for name in ("since", "until")}
    named = {name: asked[name] for name in ("number", "person") if asked[name]}
    spoken = {name: format_wareki(asked[name]) for name in ("since", "until")}
    files = url_for(".seen_csv", **named, **days) if found else ""
    answer = page(
        "oversight/seen.html",
        asked=asked,
        spoken=spoken,
        days=days,
        found=found,
        fault=fault,
        files=files,
        purposes=PURPOSES,
    )
    answer.status_code = 422 if fault else 200
    return answer


@bp.page("/oversight/seen.csv", queries.all_who_saw)
def seen_csv() -> Response:
    """The whole period as a file; whoever asks proves anew who they are."""
    found = queries.all_who_saw(context(), **arguments(SeenFileArgs))
    body = comma_separated([HEADS, *map(_row, found.lines)])
    answer = Response(body.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="readers.csv"'
    return answer


def _row(line: SeenLine) -> tuple[str, ...]:
    words, book = house().messages, house().desk.book()
    purpose = next((words.label(k, line.purpose) for k in PURPOSES if words.has_label(k, line.purpose)), "")
    return (
        format_moment(line.at),
        line.actor_name,
        book.label("agency", line.agency),
        words.label("event", line.event),
        words.label("seen_kind", line.kind.value),
        "" if line.outcome == "done" else words.label("seen_outcome", line.outcome),
        purpose or line.purpose,
    )
