"""アセスメント: read by sections, each saved revision of its own, written on one page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...kernel.errors import NotFound
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import FACT_LISTS, AssessmentView, CaseView
from .base import CASE, bp, case_frame
from .notes import names_of
from .shapes import AssessmentWritten, code_options


@bp.page(f"{CASE}/assessment", queries.read_assessment)
def assessment(case_id: UUID) -> Response:
    """The newest assessment, or an earlier revision."""
    frame = case_frame(case_id)
    view = _read(case_id, **arguments(schemas.AssessmentArgs))
    names = names_of(frame["case"])
    return page("cases/assessment.html", **frame, title="アセスメント", view=view, names=names)


def _read(case_id: UUID, revision: int | None = None) -> AssessmentView | None:
    """An assessment; None if none is saved yet, or if the reader may not see assessments of this case."""
    try:
        return queries.read_assessment(context(), case_id, revision=revision)
    except NotFound:
        if revision is None:
            return None
        raise


def _write(case_id: UUID) -> Setting:
    """What the newest revision says stands in the fields: a save is a whole new revision."""
    frame = case_frame(case_id)
    case: CaseView = frame["case"]
    view = _read(case_id)
    initial: dict[str, Any] = {}
    if view is not None:
        initial = {section.section: section.text for section in view.sections}
        initial["housing_kind"] = view.housing_kind
        initial["facts"] = [{"person_id": f.person_id, "fact": f"{f.list}:{f.code}"} for f in view.facts]
    desk = house()
    return Setting(
        show=frame | {"back": url_for("cases_pages.assessment", case_id=case_id)},
        initial=initial,
        version=0 if view is None else view.revision,
        choices={
            "facts.person_id": [Option(str(key), name) for key, name in names_of(case).items()],
            "facts.fact": code_options(desk.desk.book(), desk.messages, FACT_LISTS),
        },
    )


def _to_assessment(_: AssessmentView, case_id: UUID, **__: Any) -> str:
    return url_for("cases_pages.assessment", case_id=case_id)


bp.form(
    f"{CASE}/assessment/edit",
    actions.save_assessment,
    endpoint="save_assessment",
    title="アセスメントを書く",
    takes=AssessmentWritten,
    prepare=_write,
    then=_to_assessment,
    template="cases/assess.html",
    button="新しい版として保存",
)
