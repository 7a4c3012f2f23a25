"""支援プラン from draft to decision: each decided version is immutable, a change is the next revision."""

from __future__ import annotations

from uuid import UUID

from ...accounts.queries import active_staff, staff_in_agency
from ...agencies.models import Agency, Initiative
from ...cases.actions import add_assignment, advance
from ...cases.models import Case
from ...cases.queries import consent_for
from ...cases.rules import AssignmentDraft, CaseFacts, CaseState, Sharing
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...meeting.models import AgendaItem, Decision
from ...meeting.queries import agreed_plan
from ...usecase import Context, use_case
from .. import queries
from ..models import Plan, PlanGoal, PlanLine, PlanRole
from ..rules import (
    BEFORE_DECISION,
    PLAN,
    RUNNING,
    ExplainDraft,
    PlanDraft,
    PlanFacts,
    PlanState,
    PlanView,
    ReasonDraft,
    StartDraft,
    SubmitDraft,
    check_period,
    suggested_review,
)

SHARING = "plan_conference_sharing"


@use_case(P.PLAN_WRITE, event="plan.drafted")
def draft_plan(ctx: Context, case_id: UUID, draft: PlanDraft) -> PlanView:
    """Write the next version of a case's plan; the version before stays as it is."""
    case = ctx.load(Case, case_id)
    if case.state not in (
        CaseState.ASSESSING,
        CaseState.PLANNING,
        CaseState.SUPPORTING,
        CaseState.EVALUATING,
    ):
        raise Refused("case_takes_no_plan")
    open_drafts = [s.value for s in BEFORE_DECISION]
    if ctx.one(ctx.select(Plan).where(Plan.case_id == case_id, Plan.state.in_(open_drafts))) is not None:
        raise Refused("plan_draft_open")
    plan = Plan(
        case_id=case.id,
        revision=_next_revision(ctx, case.id),
        state=PLAN.start.value,
        author_id=ctx.actor.id,
        created_at=ctx.now,
        period_from=draft.period_from,
        outreach_needed=draft.outreach_needed,
        participation_needed=draft.participation_needed,
    )
    ctx.add(plan)
    _fill(ctx, plan, draft)
    ctx.session.flush()
    return queries.view(ctx, plan)


@use_case(P.PLAN_WRITE, event="plan.edited")
def edit_plan(ctx: Context, plan_id: UUID, draft: PlanDraft) -> PlanView:
    """Change a plan that was not explained yet; later versions are new revisions."""
    plan = ctx.load(Plan, plan_id)
    if plan.state != PlanState.DRAFT:
        raise Refused("plan_immutable")
    for part in (PlanGoal, PlanLine, PlanRole):
        for row in ctx.parts(plan, part):
            ctx.delete(row)
    _fill(ctx, plan, draft)
    ctx.session.flush()
    return queries.view(ctx, plan)


@use_case(P.PLAN_WRITE, event="plan.explained")
def explain(ctx: Context, plan_id: UUID, draft: ExplainDraft) -> PlanView:
    """Record on which day the plan was explained to the person."""
    plan = ctx.load(Plan, plan_id)
    if draft.explained_on > ctx.today:
        raise BadInput("date_in_future", "explained_on")
    plan.state = PLAN.after(plan.state, "explain", PlanFacts(explained_on=draft.explained_on)).value
    plan.explained_on = draft.explained_on
    return queries.view(ctx, plan)


@use_case(P.PLAN_WRITE, event="plan.consented")
def record_consent(ctx: Context, plan_id: UUID) -> PlanView:
    """Mark the plan as agreed by everyone it is about; needs consent in force for its sharing."""
    plan = ctx.load(Plan, plan_id)
    facts = PlanFacts(consent_in_force=_consent_in_force(ctx, plan))
    plan.state = PLAN.after(plan.state, "consent", facts).value
    plan.consented_at = ctx.now
    return queries.view(ctx, plan)


@use_case(P.PLAN_WRITE, event="plan.submitted")
def submit(ctx: Context, plan_id: UUID, draft: SubmitDraft) -> PlanView:
    """Put the plan before 重層的支援会議: an item of its case, undecided and without another plan."""
    plan = ctx.load(Plan, plan_id)
    case = ctx.load(Case, plan.case_id, permission=P.CASE_READ)
    items = ctx.parts(case, AgendaItem, AgendaItem.id == draft.agenda_item_id, *queries.carries(plan))
    if not items:
        raise BadInput("agenda_item_of_other_matter", "agenda_item_id")
    if items[0].plan_id is None:
        if ctx.parts(items[0], Decision):
            raise BadInput("agenda_item_of_other_matter", "agenda_item_id")
        items[0].plan_id = plan.id
    plan.state = PLAN.after(plan.state, "submit", PlanFacts(agenda_item=items[0].id)).value
    plan.agenda_item_id = items[0].id
    return queries.view(ctx, plan)


@use_case(P.PLAN_DECIDE, event="plan.decided")
def decide(ctx: Context, plan_id: UUID) -> PlanView:
    """支援決定: after the meeting agreed, in the name of the deciding agency; the case goes into support."""
    plan = ctx.load(Plan, plan_id)
    item = agreed_plan(ctx, plan.id)
    facts = PlanFacts(consent_in_force=_consent_in_force(ctx, plan), agreed=item is not None)
    following = PLAN.after(plan.state, "decide", facts)
    for older in ctx.all(
        ctx.select(Plan).where(Plan.case_id == plan.case_id, Plan.state.in_([s.value for s in RUNNING]))
    ):
        if older.state != PlanState.UNDER_REVIEW:
            raise Refused("plan_running")
        older.state = PLAN.after(older.state, "revise", PlanFacts(evaluated=True)).value
    ctx.session.flush()  # the old version steps back first: only one version may run
    plan.state = following.value
    plan.decided_on, plan.decided_by, plan.decided_agency = ctx.today, ctx.actor.id, _agency_of_actor(ctx)
    case = ctx.load(Case, plan.case_id, permission=P.CASE_DECIDE)
    if case.state == CaseState.PLANNING:
        advance(ctx, case, "support", CaseFacts(plan_decided=True))
    case.to_be_approved = False
    _assign_roles(ctx, case, plan)
    return queries.view(ctx, plan)


@use_case(P.CASE_DECIDE, event="plan.started_before_meeting")
def start_before_meeting(ctx: Context, plan_id: UUID, draft: StartDraft) -> PlanView:
    """Begin support that cannot wait for its meeting; it is marked "to be approved" until then (I17)."""
    plan = ctx.load(Plan, plan_id, permission=P.PLAN_READ)
    if plan.state not in BEFORE_DECISION:
        raise Refused("plan_already_decided")
    case = ctx.load(Case, plan.case_id)
    advance(ctx, case, "support", CaseFacts(approved_afterwards=True), why=draft.reason)
    case.to_be_approved = True
    plan.started_before = True
    return queries.view(ctx, plan)


@use_case(P.PLAN_DECIDE, event="plan.approved_afterwards")
def approve_afterwards(ctx: Context, plan_id: UUID) -> PlanView:
    """Approve support that began before its meeting: the same decision, made by the meeting afterwards."""
    plan = ctx.load(Plan, plan_id)
    if not plan.started_before:
        raise Refused("plan_not_started_before")
    return decide(ctx, plan_id)


@use_case(P.PLAN_WRITE, event="plan.activated")
def activate(ctx: Context, plan_id: UUID) -> PlanView:
    """Set the decided plan in motion; needs roles, a responsible person and a review date (I16)."""
    plan = ctx.load(Plan, plan_id)
    roles = ctx.parts(plan, PlanRole)
    if plan.next_review_on is None and plan.state == PlanState.DECIDED:
        plan.next_review_on = suggested_review(ctx.today, ctx.settings.review_suggest_months)
    facts = PlanFacts(
        roles=len(roles), responsible=plan.responsible_id is not None, next_review_on=plan.next_review_on
    )
    plan.state = PLAN.after(plan.state, "activate", facts).value
    return queries.view(ctx, plan)


@use_case(P.PLAN_WRITE, event="plan.revised")
def revise(ctx: Context, plan_id: UUID, draft: PlanDraft) -> PlanView:
    """再プラン: write the next version while the evaluated one stays in force until the new one is decided."""
    plan = ctx.load(Plan, plan_id)
    PLAN.find(plan.state, "revise")
    return draft_plan(ctx, plan.case_id, draft)


@use_case(P.PLAN_WRITE, event="plan.cancelled")
def cancel(ctx: Context, plan_id: UUID, draft: ReasonDraft) -> PlanView:
    """Give up a version before its decision; the reason stays with it."""
    plan = ctx.load(Plan, plan_id)
    plan.state = PLAN.after(plan.state, "cancel").value
    ctx.seal(plan, cancel_reason=draft.reason)
    return queries.view(ctx, plan)


def _next_revision(ctx: Context, case_id: UUID) -> int:
    query = ctx.select(Plan, permission=P.PLAN_READ).where(Plan.case_id == case_id)
    newest = ctx.all(query.order_by(Plan.revision.desc()).limit(1))
    return newest[0].revision + 1 if newest else 1


def _fill(ctx: Context, plan: Plan, draft: PlanDraft) -> None:
    check_period(draft.period_from, draft.period_to)
    if draft.next_review_on is not None and draft.next_review_on < draft.period_from:
        raise BadInput("review_before_period", "next_review_on")
    for name in ("period_from", "period_to", "outreach_needed", "participation_needed", "next_review_on"):
        setattr(plan, name, getattr(draft, name))
    if draft.responsible_id is not None:
        active_staff(ctx, draft.responsible_id, field="responsible_id")
    plan.responsible_id = draft.responsible_id
    ctx.seal(
        plan,
        issues=draft.issues,
        wish=draft.wish,
        long_term_goal=draft.long_term_goal,
        emergency=draft.emergency,
    )
    for sort, text in enumerate(draft.goals):
        goal = PlanGoal(plan_id=plan.id, case_id=plan.case_id, sort=sort)
        ctx.add(goal)
        ctx.seal(goal, text=text)
    _fill_lines(ctx, plan, draft)
    _fill_roles(ctx, plan, draft)


def _fill_lines(ctx: Context, plan: Plan, draft: PlanDraft) -> None:
    for sort, line in enumerate(draft.lines):
        field = f"lines.{sort}"
        if (line.who == "agency") != (line.agency is not None):
            raise BadInput("line_agency", f"{field}.agency")
        _known(ctx, line.agency, line.initiative, field)
        row = PlanLine(
            plan_id=plan.id,
            case_id=plan.case_id,
            sort=sort,
            who=line.who,
            agency=line.agency,
            by_when=line.by_when,
            initiative=line.initiative,
        )
        ctx.add(row)
        ctx.seal(row, what=line.what, how_often=line.how_often)


def _fill_roles(ctx: Context, plan: Plan, draft: PlanDraft) -> None:
    for index, role in enumerate(draft.roles):
        field = f"roles.{index}"
        _known(ctx, role.agency, role.initiative, field)
        if role.staff_id is not None:
            staff_in_agency(ctx, role.staff_id, role.agency, field=f"{field}.staff_id")
        row = PlanRole(
            plan_id=plan.id,
            case_id=plan.case_id,
            agency=role.agency,
            staff_id=role.staff_id,
            initiative=role.initiative,
        )
        ctx.add(row)
        ctx.seal(row, task=role.task)


def _known(ctx: Context, agency: str | None, initiative: str | None, field: str) -> None:
    if agency is not None:
        ctx.load(Agency, agency, permission=P.DIRECTORY_READ, field=f"{field}.agency")
    if initiative is not None:
        ctx.load(Initiative, initiative, permission=P.DIRECTORY_READ, field=f"{field}.initiative")


def _consent_in_force(ctx: Context, plan: Plan) -> bool:
    case = ctx.load(Case, plan.case_id, permission=P.CASE_READ)
    agencies = {role.agency for role in ctx.parts(plan, PlanRole)}
    wish = Sharing(SHARING, frozenset(agencies), frozenset({"plan"}), ctx.today)
    return consent_for(ctx, case, wish) is not None


def _assign_roles(ctx: Context, case: Case, plan: Plan) -> None:
    for role in ctx.parts(plan, PlanRole):
        draft = AssignmentDraft(
            agency=role.agency,
            staff_id=role.staff_id,
            role="support",
            task=ctx.unseal(role, "task"),
            due_on=plan.period_to,
        )
        add_assignment(ctx, case, draft, decided_in=plan.agenda_item_id)


def _agency_of_actor(ctx: Context) -> str:
    """The agency in whose name the actor decides (I19)."""
    return sorted(ctx.actor.agencies)[0]
