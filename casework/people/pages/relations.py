"""利益相反: what one declares of oneself, one's household and relations; the links that the privacy officer keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.errors import NotFound
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..rules.relations import DeclarationView
from .base import bp


@bp.page("/account/relations", queries.my_declarations)
def relations() -> Response:
    """One's own declarations; whether anybody matches is told to nobody."""
    return page("people/relations.html", lines=queries.my_declarations(context()))


def _back() -> Setting:
    return Setting(show={"back": url_for("people_pages.relations")})


def _to_relations(_: DeclarationView, **__: object) -> str:
    return url_for("people_pages.relations")


bp.form(
    "/account/relations/new",
    actions.declare,
    endpoint="declare",
    title="利益相反を申告する",
    takes=schemas.DeclarationIn,
    prepare=_back,
    then=_to_relations,
    template="people/relation_form.html",
    button="申告する",
)


@bp.page("/conflicts", queries.conflicts)
def conflicts() -> Response:
    """Whose sight ends where, by number: the officer sees no person, and nothing of themselves."""
    return page("people/conflicts.html", lines=queries.conflicts(context()))


def _link(conflict_id: UUID) -> Setting:
    line = next((c for c in queries.conflicts(context()) if c.id == conflict_id), None)
    if line is None:
        raise NotFound("conflict", str(conflict_id))
    return Setting(show={"line": line, "back": url_for("people_pages.conflicts")})


def _to_conflicts(_: None, **__: Any) -> str:
    return url_for("people_pages.conflicts")


bp.form(
    "/conflicts/<uuid:conflict_id>/end",
    actions.end_conflict,
    endpoint="end_conflict",
    title="利益相反の関係を終える",
    prepare=_link,
    then=_to_conflicts,
    template="people/conflict_form.html",
    button="別人だったので終える",
)
