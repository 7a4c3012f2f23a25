"""Steps of work on a case that other houses share; the outer use case has asked leave for the case already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ...accounts.queries import holds_one, staff_in_agency
from ...agencies.models import Agency
from ...kernel.errors import BadInput, Refused
from ...usecase import Context
from .. import access
from ..models import (
    Alert,
    Assignment,
    Case,
    CaseCounter,
    CaseIssue,
    CasePerson,
    CaseStep,
    Disclosure,
    MeetingProposal,
)
from ..queries.steps import an_agency, any_protected, consent_for, threads_of
from ..rules import (
    CASE,
    CONSENT_PREFIX,
    DISCLOSING_BASES,
    EMERGENCY,
    REFERRAL_GROUNDS,
    AlertDraft,
    AssignmentDraft,
    CaseFacts,
    CaseOpening,
    CaseState,
    Sharing,
    case_number,
    fiscal_year,
    in_force,
)

APART = 10_000  # added to the year: the counter of the protected cases of that year


def open_case(ctx: Context, opening: CaseOpening) -> Case:
    """Step: a new case with its number, data key, people and topics (I1: the owner is a person of a division).

    A case about a protected person is protected from its first moment, whoever opens it (I12), and its number is
    taken from a row of its own: no gap among the others tells of it.
    """
    staff_in_agency(ctx, opening.owner_id, opening.owner_agency, field="owner_id")
    people = _roles(opening)
    protected = any_protected(ctx, opening.subjects, opening.owner_agency)
    case = Case(
        number=_next_number(ctx, apart=protected),
        state=CaseState.OPEN,
        owner_id=opening.owner_id,
        owner_agency=opening.owner_agency,
        household_id=opening.household_id,
        window=opening.window,
        danger=opening.danger,
        protected=protected,
        previous_id=opening.previous_id,
        opened_at=ctx.now,
        next_contact_on=opening.next_contact_on,
        multi_agency=False,
        to_be_approved=False,
    )
    ctx.add(case)
    ctx.new_owner(case.id)
    ctx.add(*(CasePerson(case_id=case.id, person_id=person, role=role) for person, role in people.items()))
    _add_topics(ctx, case, opening.topics)
    _step(ctx, case, "opened", to_state=case.state)
    return case


def _roles(opening: CaseOpening) -> dict[UUID, str]:
    """Each person once, in their strongest role."""
    found: dict[UUID, str] = {}
    for role, ids in (
        ("subject", opening.subjects),
        ("household", opening.household_members),
        ("other", opening.others),
    ):
        for person in ids:
            found.setdefault(person, role)
    return found


def _add_topics(ctx: Context, case: Case, topics: tuple[tuple[str, bool], ...]) -> None:
    ctx.codes(*(("consult_topic", code, f"topics.{i}.code") for i, (code, _) in enumerate(topics)))
    if sum(main for _, main in topics) > 1:
        raise BadInput("two_main", "topics")
    if len({code for code, _ in topics}) < len(topics):
        raise BadInput("issue_twice", "topics")
    ctx.add(
        *(CaseIssue(case_id=case.id, list="consult_topic", code=code, main=main) for code, main in topics)
    )


def _next_number(ctx: Context, *, apart: bool) -> str:
    """The next number of this fiscal year, or of its protected cases; the counter stays locked until the commit.

    The year's first case makes the counter: one agency's row is locked meanwhile, so that two first cases queue.
    """
    year = fiscal_year(ctx.today) + (APART if apart else 0)
    query = select(CaseCounter).where(CaseCounter.year == year).with_for_update()
    query = query.execution_options(populate_existing=True)
    counter = ctx.session.scalars(query).one_or_none()
    if counter is None:
        first = select(Agency).order_by(Agency.code).limit(1).with_for_update(key_share=True)
        ctx.session.scalars(first).one_or_none()
        counter = ctx.session.scalars(query).one_or_none()
    if counter is None:
        counter = CaseCounter(year=year, last=0)
        ctx.session.add(counter)
    counter.last += 1
    ctx.session.flush()
    return case_number(ctx.today, counter.last, apart=apart)


def _step(
    ctx: Context,
    case: Case,
    kind: str,
    *,
    from_state: str | None = None,
    to_state: str | None = None,
    to_staff: UUID | None = None,
    to_agency: str | None = None,
    why: str | None = None,
) -> None:
    row = CaseStep(
        case_id=case.id,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
        to_staff=to_staff,
        to_agency=to_agency,
        by=ctx.actor.id,
        at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, why=why)


def note_step(ctx: Context, case: Case, kind: str, why: str | None = None) -> None:
    """Step: something for the timeline that changes no state (stepped out, taken up, protected)."""
    _step(ctx, case, kind, why=why)


def advance(ctx: Context, case: Case, move: str, facts: CaseFacts, why: str | None = None) -> None:
    """Step: one move of the case's flow, with its guard, its permission for this actor, and its line in the timeline.

    MoveRefused if the state knows no such move, NotFound if the actor may not make it, Refused by the guard.
    """
    arrow = CASE.find(case.state, move)
    ctx.need(arrow.permission, case)
    before = case.state
    case.state = CASE.after(case.state, move, facts)
    if case.state in {CaseState.CLOSED, CaseState.INTERRUPTED}:
        case.closed_at = ctx.now
    _step(ctx, case, move, from_state=before, to_state=case.state, why=why)


def change_owner(
    ctx: Context, case: Case, staff_id: UUID, agency: str, why: str | None, *, field: str = "owner_id"
) -> None:
    """Step: the case gets another owner, a person who holds a role in that agency now (I1) and may see it."""
    staff_in_agency(ctx, staff_id, agency, field=field)
    if not holds_one(ctx, staff_id, agency, Case.__carried_by__):
        raise BadInput("owner_out_of_sight", field)
    _needs_sight(ctx, case, staff_id, field)
    case.owner_id = staff_id
    case.owner_agency = agency
    _step(ctx, case, "owner_changed", to_staff=staff_id, to_agency=agency, why=why)


def _needs_sight(ctx: Context, case: Case, staff_id: UUID, field: str) -> None:
    """A case given to somebody who cannot open it would be nobody's: the same words whatever stands in the way."""
    query = select(Case.id).where(Case.id == case.id, access.out_of_sight(staff_id, ctx.now))
    if ctx.session.scalar(ctx.whole(query, Case)) is not None:
        raise BadInput("owner_out_of_sight", field)


def set_lead(ctx: Context, case: Case, staff_id: UUID, agency: str) -> None:
    """Step: name the 主担当, agency and person, who may see the case."""
    staff_in_agency(ctx, staff_id, agency, field="lead_id")
    _needs_sight(ctx, case, staff_id, "lead_id")
    case.lead_id = staff_id
    case.lead_agency = agency
    _step(ctx, case, "lead_changed", to_staff=staff_id, to_agency=agency)


def add_assignment(
    ctx: Context, case: Case, draft: AssignmentDraft, decided_in: UUID | None = None
) -> Assignment:
    """Step: an agency takes a part in the case; `decided_in` is the agenda item that decided it."""
    an_agency(ctx, draft.agency, field="agency")
    if draft.staff_id is not None:
        staff_in_agency(ctx, draft.staff_id, draft.agency, field="staff_id")
    ctx.codes(("meeting_role", draft.role, "role"))
    row = Assignment(
        case_id=case.id,
        agency=draft.agency,
        staff_id=draft.staff_id,
        role=draft.role,
        due_on=draft.due_on,
        decided_in=decided_in,
        assigned_by=ctx.actor.id,
        assigned_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, task=draft.task)
    return row


def add_alert(ctx: Context, case: Case, draft: AlertDraft) -> Alert:
    """Step: abuse or danger to life, at any step and in any state; the case carries the mark from now on (I29)."""
    ctx.codes(("emergency_kind", draft.kind, "kind"), ("notified_to", draft.reported_to or "", "reported_to"))
    if (draft.reported_to is None) != (draft.reported_at is None):
        raise BadInput("report_incomplete", "reported_at")
    if draft.reported_at is not None and draft.reported_at > ctx.now:
        raise BadInput("moment_ahead", "reported_at")
    row = Alert(
        case_id=case.id,
        kind=draft.kind,
        reported_to=draft.reported_to,
        reported_at=draft.reported_at,
        raised_by=ctx.actor.id,
        raised_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, text=draft.text)
    case.danger = True
    return row


def propose(ctx: Context, case: Case, reason: str, cause: str, basis: str = "act_106_6") -> MeetingProposal:
    """Step: put the case before the secretariat for a meeting. Cause: wished, second_return or coordinator.

    Whether consent is there for a basis that needs it is asked when the case is taken onto an agenda (I6).
    """
    ctx.codes(("meeting_basis", basis, "basis"))
    row = MeetingProposal(
        case_id=case.id, cause=cause, basis=basis, proposed_by=ctx.actor.id, proposed_at=ctx.now
    )
    ctx.add(row)
    ctx.seal(row, reason=reason)
    return row


def record_disclosure(
    ctx: Context, case: Case, *, to_agency: str, ground: str, channel: str, items: Iterable[str], what: str
) -> Disclosure:
    """Step: record what was told outside the division, after its ground was checked (I11).

    Ground: "consent:<thread id>" (in force today for every subject, covering recipient and items), the legal basis
    of a meeting with secrecy of its own, or "emergency" (the case has an alert); a referral without consent names a
    sharing_ground. Refused ground_missing, consent_not_in_force or alert_missing. `channel`: referral, meeting,
    liaison, host, notice.
    """
    an_agency(ctx, to_agency, field="to_agency")
    told = tuple(dict.fromkeys(items))
    ctx.codes(*(("consent_item", code, f"items.{i}") for i, code in enumerate(told)))
    if channel != "referral" or ground not in REFERRAL_GROUNDS:
        _check_ground(ctx, case, ground, to_agency, frozenset(told))
    row = Disclosure(
        case_id=case.id,
        to_agency=to_agency,
        ground=ground,
        channel=channel,
        items=",".join(told),
        by=ctx.actor.id,
        at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, what=what)
    return row


def record_handing(ctx: Context, case: Case, *, request: str, what: str) -> Disclosure:
    """Step: record that the person was given a copy of their record of this case; `request` is its number."""
    row = Disclosure(
        case_id=case.id,
        to_agency=None,
        ground=f"request:{request}",
        channel="request",
        items="",
        by=ctx.actor.id,
        at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, what=what)
    return row


def _check_ground(ctx: Context, case: Case, ground: str, to_agency: str, items: frozenset[str]) -> None:
    if ground in DISCLOSING_BASES:
        return
    if ground == EMERGENCY:
        if not ctx.parts(case, Alert):
            raise Refused("alert_missing", "ground")
        return
    if not ground.startswith(CONSENT_PREFIX):
        raise Refused("ground_missing", "ground")
    named = ground.removeprefix(CONSENT_PREFIX)
    people = [link.person_id for link in ctx.parts(case, CasePerson)]
    rows = [row for found in threads_of(ctx, people, case.id).values() for _, row in found]
    row = next((row for row in rows if str(row.thread_id) == named), None)
    if row is None:
        raise Refused("consent_not_in_force", "ground")
    wish = Sharing(row.purpose, frozenset({to_agency}), items, ctx.today)
    if in_force([row], wish) is None or consent_for(ctx, case, wish) is None:
        raise Refused("consent_not_in_force", "ground")


def touch_contact(ctx: Context, case: Case, at: datetime) -> None:
    """Step: somebody was in contact with the person at that moment; an earlier contact changes nothing."""
    if at > ctx.now:
        raise BadInput("moment_ahead", "at")
    if case.last_contact_at is None or at > case.last_contact_at:
        case.last_contact_at = at
