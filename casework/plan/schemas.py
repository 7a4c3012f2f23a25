"""What the doors take and give for plans, evaluations and closing."""

from __future__ import annotations

from marshmallow import fields, validate

from ..cases.schemas import CaseTitleOut
from ..web.schema import (
    AtMost,
    CodeField,
    Fault,
    InSchema,
    JapaneseDate,
    LongText,
    OutSchema,
    PageArgs,
    Text,
)
from .rules import (
    ActorKind,
    CloseDraft,
    EvaluationDraft,
    ExplainDraft,
    GoalResultDraft,
    InterruptDraft,
    LineDraft,
    PlanDraft,
    ReasonDraft,
    RoleDraft,
    StartDraft,
    SubmitDraft,
)

KINDS = [kind.value for kind in ActorKind]


class LineIn(InSchema):
    draft = LineDraft
    what = LongText(required=True, limit=1000)
    who = fields.String(required=True, validate=validate.OneOf(KINDS, error=Fault("unknown_code")))
    agency = CodeField(list="agency", load_default=None, allow_none=True)
    by_when = JapaneseDate(load_default=None, allow_none=True)
    how_often = Text(limit=200)
    initiative = CodeField(list="initiative", load_default=None, allow_none=True)


class RoleIn(InSchema):
    draft = RoleDraft
    agency = CodeField(list="agency", required=True)
    staff_id = fields.UUID(load_default=None, allow_none=True)
    task = LongText(required=True, limit=1000)
    initiative = CodeField(list="initiative", load_default=None, allow_none=True)


class PlanIn(InSchema):
    """支援プラン."""

    draft = PlanDraft
    period_from = JapaneseDate(required=True)
    period_to = JapaneseDate(load_default=None, allow_none=True)
    issues = LongText(required=True)
    wish = LongText(required=True)
    long_term_goal = LongText(required=True, limit=2000)
    emergency = LongText(limit=2000)
    outreach_needed = fields.Boolean(load_default=False)
    participation_needed = fields.Boolean(load_default=False)
    next_review_on = JapaneseDate(load_default=None, allow_none=True)
    responsible_id = fields.UUID(load_default=None, allow_none=True)
    goals = fields.List(LongText(required=True, limit=1000), load_default=list, validate=AtMost(20))
    lines = fields.List(fields.Nested(LineIn), load_default=list, validate=AtMost(40))
    roles = fields.List(fields.Nested(RoleIn), load_default=list, validate=AtMost(20))


class PlanEditIn(PlanIn):
    version = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=1))


class ExplainIn(InSchema):
    draft = ExplainDraft
    explained_on = JapaneseDate(required=True)


class SubmitIn(InSchema):
    draft = SubmitDraft
    agenda_item_id = fields.UUID(required=True)


class StartIn(InSchema):
    draft = StartDraft
    reason = LongText(required=True, limit=2000)


class ReasonIn(InSchema):
    draft = ReasonDraft
    reason = LongText(required=True, limit=2000)


class GoalResultIn(InSchema):
    draft = GoalResultDraft
    goal_id = fields.UUID(required=True)
    status = CodeField(required=True, list="goal_status")
    remark = LongText(limit=2000)


class EvaluationIn(InSchema):
    """評価: the wish, or why it could not be had, is needed."""

    draft = EvaluationDraft
    evaluated_on = JapaneseDate(required=True)
    verdict = CodeField(required=True, list="verdict")
    goals = fields.List(fields.Nested(GoalResultIn), load_default=list, validate=AtMost(20))
    changes = fields.List(
        CodeField(required=True, list="observed_change"), load_default=list, validate=AtMost(30)
    )
    remains = LongText()
    wish = LongText()
    wish_absent_reason = LongText(limit=1000)


class CloseIn(InSchema):
    draft = CloseDraft
    close_reason = CodeField(required=True, list="close_reason")
    after_lead_agency = CodeField(list="agency", required=True)
    after_lead_id = fields.UUID(required=True)
    handover = LongText()


class InterruptIn(InSchema):
    draft = InterruptDraft
    interrupt_reason = CodeField(required=True, list="interrupt_reason")
    text = LongText(required=True, limit=2000)


class ReviewArgs(PageArgs):
    """Reviews due: the next page only."""


class GoalOut(OutSchema):
    id = fields.UUID()
    text = fields.String(allow_none=True)


class LineOut(OutSchema):
    id = fields.UUID()
    what = fields.String(allow_none=True)
    who = fields.String()
    agency = fields.String(allow_none=True)
    by_when = JapaneseDate(allow_none=True)
    how_often = fields.String(allow_none=True)
    initiative = fields.String(allow_none=True)


class RoleOut(OutSchema):
    id = fields.UUID()
    agency = fields.String()
    staff_id = fields.UUID(allow_none=True)
    task = fields.String(allow_none=True)
    initiative = fields.String(allow_none=True)


class PlanAgendaOut(OutSchema):
    id = fields.UUID()
    sort = fields.Integer()
    taken_at = fields.AwareDateTime()


class PlanLineOut(OutSchema):
    id = fields.UUID()
    case_id = fields.UUID()
    revision = fields.Integer()
    state = fields.String()
    period_from = JapaneseDate()
    next_review_on = JapaneseDate(allow_none=True)
    review_overdue = fields.Boolean()
    case = fields.Nested(CaseTitleOut, allow_none=True)


class PlanOut(PlanLineOut):
    version = fields.Integer()
    period_to = JapaneseDate(allow_none=True)
    issues = fields.String(allow_none=True)
    wish = fields.String(allow_none=True)
    long_term_goal = fields.String(allow_none=True)
    emergency = fields.String(allow_none=True)
    outreach_needed = fields.Boolean()
    participation_needed = fields.Boolean()
    responsible_id = fields.UUID(allow_none=True)
    explained_on = JapaneseDate(allow_none=True)
    agenda_item_id = fields.UUID(allow_none=True)
    decided_on = JapaneseDate(allow_none=True)
    decided_by = fields.UUID(allow_none=True)
    decided_agency = fields.String(allow_none=True)
    started_before = fields.Boolean()
    goals = fields.List(fields.Nested(GoalOut))
    lines = fields.List(fields.Nested(LineOut))
    roles = fields.List(fields.Nested(RoleOut))
    moves = fields.List(fields.String())


class GoalResultOut(OutSchema):
    goal_id = fields.UUID()
    status = fields.String()
    remark = fields.String(allow_none=True)


class EvaluationOut(OutSchema):
    id = fields.UUID()
    case_id = fields.UUID()
    plan_id = fields.UUID()
    evaluated_on = JapaneseDate()
    verdict = fields.String()
    wish = fields.String(allow_none=True)
    wish_absent_reason = fields.String(allow_none=True)
    remains = fields.String(allow_none=True)
    goals = fields.List(fields.Nested(GoalResultOut))
    changes = fields.List(fields.String())
    author_id = fields.UUID()
    recorded_at = fields.AwareDateTime()
