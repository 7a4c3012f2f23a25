"""今日: how much waits for the person, pile by pile; each pile shows only what its own list would show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, exists, or_

from ...accounts.models import PlannedTransfer, RightsChange
from ...accounts.rules import ChangeState
from ...cases.models import Case, CaseStep, EmergencyAccess
from ...cases.rules import IN_SUPPORT
from ...disclosure.models import DisclosureRequest
from ...disclosure.rules import UNANSWERED
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO
from ...meeting.models import ActionItem, Meeting
from ...meeting.rules import ActionState, MeetingState
from ...oversight.models import UnusualAccess
from ...oversight.rules.unusual import FindingState
from ...participation.models import Need
from ...people.models import Protection, ReleaseRequest
from ...people.rules import WARN_DAYS
from ...plan.models import Plan
from ...plan.rules import PlanState
from ...referral.models import Referral
from ...referral.rules import ReferralState
from ...retention.models import Erasure
from ...retention.rules import ErasureState
from ...usecase import Context, use_case
from ..models import UnsentForm
from ..rules import Pile


@dataclass(frozen=True, slots=True)
class _Pile:
    """A pile: the table, the permission of its list, and which of the rows in sight lie on it."""

    name: str
    model: type[Any]
    permission: P
    where: Callable[[Context], Any]


def _mine(ctx: Context) -> list[str]:
    return sorted(ctx.actor.agencies)


def _days(ctx: Context, days: int) -> datetime:
    """Midnight in Japan so many days from today."""
    return datetime.combine(ctx.today + timedelta(days=days), time(), TOKYO)


def _late_action(ctx: Context) -> Any:
    waiting = ActionItem.state.in_([ActionState.ASSIGNED.value, ActionState.ACCEPTED.value])
    late = or_(ActionItem.state == ActionState.OVERDUE.value, and_(waiting, ActionItem.due_on < ctx.today))
    return and_(ActionItem.owner_id == ctx.actor.id, late)


def _silent(ctx: Context) -> Any:
    since = ctx.now - timedelta(days=ctx.settings.no_contact_days)
    return and_(
        _supported(),
        or_(Case.last_contact_at <= since, and_(Case.last_contact_at.is_(None), Case.opened_at <= since)),
    )


def _supported() -> Any:
    return Case.state.in_([state.value for state in IN_SUPPORT])


def _review(ctx: Context) -> Any:
    limit = ctx.today + timedelta(days=ctx.settings.review_warn_days)
    return and_(Plan.state == PlanState.ACTIVE.value, Plan.next_review_on <= limit)


def _this_week(ctx: Context) -> Any:
    called_off = Meeting.state == MeetingState.CANCELLED.value
    return and_(Meeting.planned_at >= _days(ctx, 0), Meeting.planned_at < _days(ctx, 7), ~called_off)


def _request_due(ctx: Context) -> Any:
    """A request that is still owed its answer, within a week of its day or past it."""
    owed = DisclosureRequest.state.in_([state.value for state in UNANSWERED])
    return and_(owed, DisclosureRequest.due_on <= ctx.today + timedelta(days=7))


def _given_lately(ctx: Context) -> Any:
    """Somebody else made the person the owner within two weeks."""
    given = (
        CaseStep.to_staff.is_not(None) & (CaseStep.to_staff == ctx.actor.id) & (CaseStep.by != ctx.actor.id)
    )
    return exists().where(CaseStep.case_id == Case.id, given, CaseStep.at >= _days(ctx, -14))


def _noticed(ctx: Context) -> Any:
    """One's own running access, and those of the last week to a case one owns or leads."""
    me = ctx.actor.id
    own = and_(EmergencyAccess.staff_id == me, EmergencyAccess.ends_at > ctx.now)
    ours = exists().where(Case.id == EmergencyAccess.case_id, or_(Case.owner_id == me, Case.lead_id == me))
    return or_(own, and_(ours, EmergencyAccess.staff_id != me, EmergencyAccess.begins_at >= _days(ctx, -7)))


def _to_approve(ctx: Context) -> Any:
    """What others propose about others, while it waits."""
    waits = and_(RightsChange.state == ChangeState.PROPOSED.value, RightsChange.until > ctx.now)
    return and_(waits, RightsChange.proposed_by != ctx.actor.id, RightsChange.staff_id != ctx.actor.id)


_UNREVIEWED = EmergencyAccess.verdict.is_(None)
SENT = ReferralState.SENT.value
PILES: Final = (
    _Pile(
        "referrals_waiting",
        Referral,
        P.REFERRAL_ANSWER,
        lambda ctx: and_(
            Referral.to_agency.in_(_mine(ctx)), Referral.state.in_([SENT, ReferralState.ACKNOWLEDGED.value])
        ),
    ),
    _Pile(
        "actions_waiting",
        ActionItem,
        P.ACTION_ANSWER,
        lambda ctx: and_(ActionItem.owner_id == ctx.actor.id, ActionItem.state == ActionState.ASSIGNED.value),
    ),
    _Pile("actions_late", ActionItem, P.ACTION_READ, _late_action),
    _Pile(
        "contact_due",
        Case,
        P.WORKLIST_READ,
        lambda ctx: and_(Case.is_open(), Case.next_contact_on <= ctx.today),
    ),
    _Pile("reviews_due", Plan, P.PLAN_READ, _review),
    _Pile("meetings_week", Meeting, P.MEETING_READ, _this_week),
    _Pile(
        "intakes_open",
        Intake,
        P.INTAKE_SCREEN,
        lambda ctx: and_(Intake.owner_id == ctx.actor.id, Intake.is_open()),
    ),
    _Pile(
        "handed_over",
        Case,
        P.CASE_LIST,
        lambda ctx: and_(Case.owner_id == ctx.actor.id, Case.is_open(), _given_lately(ctx)),
    ),
    _Pile(
        "referrals_late",
        Referral,
        P.REFERRAL_WATCH,
        lambda ctx: and_(Referral.state == SENT, Referral.ack_due_at < ctx.now),
    ),
    _Pile("without_lead", Case, P.CASE_ASSIGN, lambda ctx: and_(_supported(), Case.lead_id.is_(None))),
    _Pile("no_contact", Case, P.WORKLIST_READ, _silent),
    _Pile("to_be_approved", Case, P.CASE_EVALUATE, lambda ctx: Case.to_be_approved.is_(True)),
    _Pile("in_danger", Case, P.ALERT_RAISE, lambda ctx: and_(Case.danger.is_(True), Case.is_open())),
    _Pile(
        "without_place",
        Need,
        P.PARTICIPATION_READ,
        lambda ctx: and_(Need.is_open(), Need.without_place_since.is_not(None)),
    ),
    _Pile(
        "releases_waiting",
        ReleaseRequest,
        P.PROTECTION_RELEASE,
        lambda ctx: and_(
            ReleaseRequest.state == "asked",
            or_(ReleaseRequest.until.is_(None), ReleaseRequest.until > ctx.now),
        ),
    ),
    _Pile(
        "protections_ending",
        Protection,
        P.PROTECTION_REVIEW,
        lambda ctx: and_(
            Protection.lifted_at.is_(None), Protection.valid_until <= ctx.today + timedelta(days=WARN_DAYS)
        ),
    ),
    _Pile("transfers_stuck", PlannedTransfer, P.ACCOUNT_MANAGE, lambda ctx: PlannedTransfer.state == "stuck"),
    _Pile("changes_waiting", RightsChange, P.ACCOUNT_APPROVE, _to_approve),
    _Pile("emergency_notices", EmergencyAccess, P.EMERGENCY_READ, _noticed),
    _Pile("emergency_reviews", EmergencyAccess, P.EMERGENCY_REVIEW, lambda ctx: _UNREVIEWED),
    _Pile(
        "emergency_alarms",
        EmergencyAccess,
        P.EMERGENCY_REVIEW,
        lambda ctx: and_(_UNREVIEWED, EmergencyAccess.alarm.is_(True)),
    ),
    _Pile(
        "emergency_late",
        EmergencyAccess,
        P.EMERGENCY_WATCH,
        lambda ctx: and_(_UNREVIEWED, EmergencyAccess.review_due_at <= ctx.now),
    ),
    _Pile("disclosures_due", DisclosureRequest, P.DISCLOSURE_DECIDE, _request_due),
    _Pile(
        "disclosures_to_review",
        DisclosureRequest,
        P.DISCLOSURE_REVIEW,
        lambda ctx: DisclosureRequest.submitted_by != ctx.actor.id,
    ),
    _Pile(
        "erasures_waiting",
        Erasure,
        P.ERASURE_DECIDE,
        lambda ctx: and_(Erasure.state == ErasureState.PROPOSED.value, Erasure.proposed_by != ctx.actor.id),
    ),
    _Pile(
        "unusual_access",
        UnusualAccess,
        P.ACCESS_REVIEW,
        lambda ctx: UnusualAccess.state == FindingState.OPEN.value,
    ),
    _Pile(
        "unsent",
        UnsentForm,
        P.SESSION_OWN,
        lambda ctx: and_(UnsentForm.staff_id == ctx.actor.id, UnsentForm.content.is_not(None)),
    ),
)


@use_case(P.SESSION_OWN, event="today.read", reads=True)
def today(ctx: Context) -> tuple[Pile, ...]:
    """Count what waits for the person, up to a page per pile, for the piles their roles have."""
    ctx.select(UnsentForm)
    held = [pile for pile in PILES if ctx.policy.ever(ctx.actor, pile.permission)]
    return tuple(_count(ctx, pile) for pile in held)


def _count(ctx: Context, pile: _Pile) -> Pile:
    query: Select[Any] = ctx.select(pile.model, permission=pile.permission).where(pile.where(ctx))
    size = ctx.settings.page_size
    found = len(ctx.tuples(pile.model, query.with_only_columns(pile.model.id).limit(size + 1)))
    return Pile(pile.name, min(found, size), found > size)
