"""利益相反の申告: what one declares of oneself, one's household and relations."""

from __future__ import annotations

from flask import Response, url_for

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
