"""世帯アセスメント: each save is a new revision with sections and facts by code."""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, PreconditionRequired
from ...usecase import Context, use_case
from ..models import Assessment, AssessmentSection, Case, CasePerson, PersonFact
from ..queries.cover import assessment_view
from ..rules import FACT_LISTS, AssessmentDraft, AssessmentView, needs_running


@use_case(P.CASE_ASSESS, event="assessment.saved")
def save_assessment(ctx: Context, case_id: UUID, draft: AssessmentDraft) -> AssessmentView:
    """Save the assessment as a new revision of the one it was written from; earlier revisions stay."""
    case = ctx.load(Case, case_id, edited=False)
    needs_running(case.state)
    saved = ctx.parts(case, Assessment, order=Assessment.revision)
    newest = saved[-1].revision if saved else 0
    if draft.based_on is not None:
        ctx.expected_version = draft.based_on
    if ctx.expected_version is None and saved:
        raise PreconditionRequired()
    ctx.compare(newest)
    _check(ctx, case, draft)
    row = Assessment(
        case_id=case.id,
        revision=newest + 1,
        housing_kind=draft.housing_kind,
        author_id=ctx.actor.id,
        saved_at=ctx.now,
    )
    ctx.add(row)
    for section in draft.sections:
        part = AssessmentSection(assessment_id=row.id, case_id=case.id, section=section.section)
        ctx.add(part)
        ctx.seal(part, text=section.text)
    ctx.add(
        *(
            PersonFact(assessment_id=row.id, person_id=fact.person_id, list=fact.list, code=fact.code)
            for fact in draft.facts
        )
    )
    ctx.session.flush()
    return assessment_view(ctx, row, len(saved) + 1)


def _check(ctx: Context, case: Case, draft: AssessmentDraft) -> None:
    """Each section once; facts about persons of the case, by codes on offer."""
    if len({section.section for section in draft.sections}) < len(draft.sections):
        raise BadInput("section_twice", "sections")
    people = {link.person_id for link in ctx.parts(case, CasePerson)}
    for place, fact in enumerate(draft.facts):
        if fact.person_id not in people:
            raise BadInput("person_not_of_case", f"facts.{place}.person_id")
        if fact.list not in FACT_LISTS:
            raise BadInput("unknown_list", f"facts.{place}.list")
    ctx.codes(
        ("housing_kind", draft.housing_kind or "", "housing_kind"),
        *((fact.list, fact.code, f"facts.{place}.code") for place, fact in enumerate(draft.facts)),
    )
