"""今日: how much waits for the person, pile by pile; each pile shows only what its own list would show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, or_

from ...accounts.models import AccountNotice, PlannedTransfer, RightsChange
from ...accounts.rules import ChangeState
from ...cases import access as cases
from ...cases.models import Case, CaseStep, EmergencyAccess
from ...cases.rules import IN_SUPPORT
from ...disclosure.models import DisclosureRequest
from ...disclosure.rules import UNANSWERED
from ...intake import access as intake
from ...intake.models import Intake
from ...kernel.actor import Permission as P
from ...kernel.clock import TOKYO
from ...meeting.models import ActionItem, Meeting
from ...meeting.rules import ActionState, MeetingState
from ...oversight.access import owner_in_conflict, owner_unnamed
from ...oversight.models import UnusualAccess
from ...oversight.rules.unusual import FindingState
from ...participation.models import Need
from ...people.models import Conflict, Protection, ReleaseRequest
from ...people.rules import WARN_DAYS
from ...plan.models import Plan
from ...plan.rules import PlanState
from ...referral.models import Referral
from ...referral.rules import ReferralState
from ...retention.models import Erasure
from ...retention.rules import ErasureState
from ...usecase import Context, use_case
from ...usecase.parts import counts_of
from ..models import UnsentForm
from ..rules import Pile


class _Asker:
    """Whoever asks, as parameters: the statement outlives the request, and these are filled when it runs."""

    id: Any = bindparam("asker")
    agencies: Any = bindparam("asker_agencies", expanding=True)
    now: Any = bindparam("asker_now")
    silent_since: Any = bindparam("silent_since")
    review_before: Any = bindparam("review_before")

    @staticmethod
    def day(days: int) -> Any:
        """The calendar day so many days from today."""
        return bindparam(f"day_{days}")

    @staticmethod
    def midnight(days: int) -> Any:
        """Midnight in Japan at the beginning of that day."""
        return bindparam(f"midnight_{days}")


DAYS: Final = (-14, -7, 0, 7, WARN_DAYS)  # those that piles ask for


def _filled(ctx: Context) -> dict[str, Any]:
    """The parameters of the person and the moment."""
    days = {days: ctx.today + timedelta(days=days) for days in DAYS}
    return {
        "asker": ctx.actor.id,
        "asker_agencies": sorted(ctx.actor.agencies),
        "asker_now": ctx.now,
        "silent_since": ctx.now - timedelta(days=ctx.settings.no_contact_days),
        "review_before": ctx.today + timedelta(days=ctx.settings.review_warn_days),
        **{f"day_{n}": day for n, day in days.items()},
        **{f"midnight_{n}": datetime.combine(day, time(), TOKYO) for n, day in days.items()},
    }


@dataclass(frozen=True, slots=True)
class _Pile:
    """A pile: the table, the permission of its list, and which of the rows in sight lie on it."""

    name: str
    model: type[Any]
    permission: P
    where: Callable[[type[_Asker]], Any]


def _late_action(me: type[_Asker]) -> Any:
    waiting = ActionItem.state.in_([ActionState.ASSIGNED.value, ActionState.ACCEPTED.value])
    late = or_(ActionItem.state == ActionState.OVERDUE.value, and_(waiting, ActionItem.due_on < me.day(0)))
    return and_(ActionItem.owner_id == me.id, late)


def _silent(me: type[_Asker]) -> Any:
    since = me.silent_since
    return and_(
        _supported(),
        or_(Case.last_contact_at <= since, and_(Case.last_contact_at.is_(None), Case.opened_at <= since)),
    )


def _supported() -> Any:
    return Case.state.in_([state.value for state in IN_SUPPORT])


def _review(me: type[_Asker]) -> Any:
    return and_(Plan.state == PlanState.ACTIVE.value, Plan.next_review_on <= me.review_before)


def _this_week(me: type[_Asker]) -> Any:
    called_off = Meeting.state == MeetingState.CANCELLED.value
    return and_(Meeting.planned_at >= me.midnight(0), Meeting.planned_at < me.midnight(7), ~called_off)


def _request_due(me: type[_Asker]) -> Any:
    """A request that is still owed its answer, within a week of its day or past it."""
    owed = DisclosureRequest.state.in_([state.value for state in UNANSWERED])
    return and_(owed, DisclosureRequest.due_on <= me.day(7))


def _given_lately(me: type[_Asker]) -> Any:
    """Somebody else made the person the owner within two weeks."""
    given = CaseStep.to_staff.is_not(None) & (CaseStep.to_staff == me.id) & (CaseStep.by != me.id)
    return exists().where(CaseStep.case_id == Case.id, given, CaseStep.at >= me.midnight(-14))


def _noticed(me: type[_Asker]) -> Any:
    """One's own running access, and those of the last week to a case one owns or leads."""
    own = and_(EmergencyAccess.staff_id == me.id, EmergencyAccess.ends_at > me.now)
    ours = exists().where(
        Case.id == EmergencyAccess.case_id, or_(Case.owner_id == me.id, Case.lead_id == me.id)
    )
    return or_(
        own, and_(ours, EmergencyAccess.staff_id != me.id, EmergencyAccess.begins_at >= me.midnight(-7))
    )


def _to_approve(me: type[_Asker]) -> Any:
    """What others propose about others, while it waits."""
    waits = and_(RightsChange.state == ChangeState.PROPOSED.value, RightsChange.until > me.now)
    return and_(waits, RightsChange.proposed_by != me.id, RightsChange.staff_id != me.id)


_UNREVIEWED = EmergencyAccess.verdict.is_(None)
SENT = ReferralState.SENT.value
PILES: Final = (
    _Pile(
        "referrals_waiting",
        Referral,
        P.REFERRAL_ANSWER,
        lambda me: and_(
            Referral.to_agency.in_(me.agencies), Referral.state.in_([SENT, ReferralState.ACKNOWLEDGED.value])
        ),
    ),
    _Pile(
        "actions_waiting",
        ActionItem,
        P.ACTION_ANSWER,
        lambda me: and_(ActionItem.owner_id == me.id, ActionItem.state == ActionState.ASSIGNED.value),
    ),
    _Pile("actions_late", ActionItem, P.ACTION_READ, _late_action),
    _Pile(
        "contact_due",
        Case,
        P.WORKLIST_READ,
        lambda me: and_(Case.is_open(), Case.next_contact_on <= me.day(0)),
    ),
    _Pile("reviews_due", Plan, P.PLAN_READ, _review),
    _Pile("meetings_week", Meeting, P.MEETING_READ, _this_week),
    _Pile(
        "intakes_open",
        Intake,
        P.INTAKE_SCREEN,
        lambda me: and_(Intake.owner_id == me.id, Intake.is_open()),
    ),
    _Pile(
        "handed_over",
        Case,
        P.CASE_LIST,
        lambda me: and_(Case.owner_id == me.id, Case.is_open(), _given_lately(me)),
    ),
    _Pile(
        "referrals_late",
        Referral,
        P.REFERRAL_WATCH,
        lambda me: and_(Referral.state == SENT, Referral.ack_due_at < me.now),
    ),
    _Pile("without_lead", Case, P.CASE_ASSIGN, lambda me: and_(_supported(), Case.lead_id.is_(None))),
    _Pile("unseen_by_owner", Case, P.CASE_HAND_OVER, lambda me: cases.owner_in_conflict()),
    _Pile("intakes_unseen", Intake, P.INTAKE_SCREEN, lambda me: intake.owner_in_conflict()),
    _Pile(
        "owners_unnamed",
        Protection,
        P.PROTECTION_REVIEW,
        lambda me: and_(Protection.lifted_at.is_(None), owner_unnamed(me.now)),
    ),
    _Pile(
        "owners_in_conflict",
        Conflict,
        P.CONFLICT_MANAGE,
        lambda me: and_(Conflict.ended_at.is_(None), owner_in_conflict(Conflict.staff_id)),
    ),
    _Pile("no_contact", Case, P.WORKLIST_READ, _silent),
    _Pile("to_be_approved", Case, P.CASE_EVALUATE, lambda me: Case.to_be_approved.is_(True)),
    _Pile("in_danger", Case, P.ALERT_RAISE, lambda me: and_(Case.danger.is_(True), Case.is_open())),
    _Pile(
        "without_place",
        Need,
        P.PARTICIPATION_READ,
        lambda me: and_(Need.is_open(), Need.without_place_since.is_not(None)),
    ),
    _Pile(
        "releases_waiting",
        ReleaseRequest,
        P.PROTECTION_RELEASE,
        lambda me: and_(
            ReleaseRequest.state == "asked",
            or_(ReleaseRequest.until.is_(None), ReleaseRequest.until > me.now),
        ),
    ),
    _Pile(
        "protections_ending",
        Protection,
        P.PROTECTION_REVIEW,
        lambda me: and_(Protection.lifted_at.is_(None), Protection.valid_until <= me.day(WARN_DAYS)),
    ),
    _Pile("transfers_stuck", PlannedTransfer, P.ACCOUNT_MANAGE, lambda me: PlannedTransfer.state == "stuck"),
    _Pile("changes_waiting", RightsChange, P.ACCOUNT_APPROVE, _to_approve),
    _Pile("emergency_notices", EmergencyAccess, P.EMERGENCY_READ, _noticed),
    _Pile("emergency_reviews", EmergencyAccess, P.EMERGENCY_REVIEW, lambda me: _UNREVIEWED),
    _Pile(
        "emergency_alarms",
        EmergencyAccess,
        P.EMERGENCY_REVIEW,
        lambda me: and_(_UNREVIEWED, EmergencyAccess.alarm.is_(True)),
    ),
    _Pile(
        "emergency_late",
        EmergencyAccess,
        P.EMERGENCY_WATCH,
        lambda me: and_(_UNREVIEWED, EmergencyAccess.review_due_at <= me.now),
    ),
    _Pile("disclosures_due", DisclosureRequest, P.DISCLOSURE_DECIDE, _request_due),
    _Pile(
        "disclosures_to_review",
        DisclosureRequest,
        P.DISCLOSURE_REVIEW,
        lambda me: DisclosureRequest.submitted_by != me.id,
    ),
    _Pile(
        "erasures_waiting",
        Erasure,
        P.ERASURE_DECIDE,
        lambda me: and_(Erasure.state == ErasureState.PROPOSED.value, Erasure.proposed_by != me.id),
    ),
    _Pile(
        "unusual_access",
        UnusualAccess,
        P.ACCESS_REVIEW,
        lambda me: UnusualAccess.state == FindingState.OPEN.value,
    ),
    _Pile(
        "account_notices",
        AccountNotice,
        P.SESSION_OWN,
        lambda me: and_(AccountNotice.staff_id == me.id, AccountNotice.seen_at.is_(None)),
    ),
    _Pile(
        "unsent",
        UnsentForm,
        P.SESSION_OWN,
        lambda me: and_(UnsentForm.staff_id == me.id, UnsentForm.content.is_not(None)),
    ),
)


@use_case(P.SESSION_OWN, event="today.read", reads=True)
def today(ctx: Context) -> tuple[Pile, ...]:
    """Count what waits for the person, up to a page per pile, for the piles their roles have."""
    size = ctx.settings.page_size
    held = [pile for pile in PILES if ctx.policy.ever(ctx.actor, pile.permission)]

    def build() -> Any:
        return counts_of({pile.name: _lying_on(ctx, pile, size) for pile in held})

    row = ctx.session.execute(ctx.prepared(("today", size), build), _filled(ctx)).one()
    return tuple(
        Pile(pile.name, min(found, size), found > size) for pile, found in zip(held, row, strict=True)
    )


def _lying_on(ctx: Context, pile: _Pile, size: int) -> Select[Any]:
    """The rows in sight that lie on a pile, up to one more than a page."""
    query = ctx.select(pile.model, permission=pile.permission).where(pile.where(_Asker))
    return query.with_only_columns(pile.model.id).limit(size + 1)
