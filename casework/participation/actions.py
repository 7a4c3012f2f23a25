"""参加支援: from a need through matching and trial to a stable tie; person and host are both supported."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from ..accounts.queries import staff_in_agency
from ..agencies.models import District
from ..cases.actions import record_disclosure
from ..cases.models import Case, CasePerson
from ..cases.queries import threads_of
from ..cases.rules import ENDED, Sharing, in_force
from ..kernel.actor import Permission as P
from ..kernel.errors import BadInput, Refused
from ..plan.models import Plan
from ..resources.models import Resource
from ..usecase import Context, use_case
from . import queries
from .models import Need, Placement, SettlingContact
from .rules import (
    PARTICIPATION,
    WITHOUT_PLACE,
    AssessDraft,
    EndDraft,
    NeedDraft,
    NeedView,
    ParticipationFacts,
    ParticipationState,
    SettlingDraft,
    TrialDraft,
)

HOST = "host_sharing"


@use_case(P.PARTICIPATION_REQUEST, event="participation.requested")
def request_support(ctx: Context, case_id: UUID, draft: NeedDraft) -> NeedView:
    """Record that a person needs a place, and who looks for one."""
    case = ctx.load(Case, case_id)
    if case.state in ENDED:
        raise Refused("case_ended")
    if draft.person_id not in {row.person_id for row in ctx.parts(case, CasePerson)}:
        raise BadInput("unknown_reference", "person_id")
    _check_place(ctx, draft.wanted_kind, draft.district)
    staff_in_agency(ctx, draft.coordinator_id, draft.coordinator_agency, field="coordinator_id")
    if draft.plan_id is not None:
        plan = ctx.load(Plan, draft.plan_id, permission=P.PLAN_READ, field="plan_id")
        if plan.case_id != case.id:
            raise BadInput("unknown_reference", "plan_id")
    need = Need(
        case_id=case.id,
        person_id=draft.person_id,
        plan_id=draft.plan_id,
        state=PARTICIPATION.start.value,
        wanted_kind=draft.wanted_kind,
        district=draft.district,
        requested_at=ctx.now,
        without_place_since=ctx.today,
        owner_id=draft.coordinator_id,
        owner_agency=draft.coordinator_agency,
    )
    ctx.add(need)
    ctx.seal(need, wish=draft.wish, conditions=draft.conditions)
    ctx.session.flush()
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.assessed")
def assess(ctx: Context, need_id: UUID, draft: AssessDraft) -> NeedView:
    """Write down what the person wishes for and what must be minded."""
    need = ctx.load(Need, need_id)
    _check_place(ctx, draft.wanted_kind, draft.district)
    need.state = PARTICIPATION.after(need.state, "assess", ParticipationFacts(wish=True)).value
    need.wanted_kind = draft.wanted_kind or need.wanted_kind
    need.district = draft.district or need.district
    ctx.seal(need, wish=draft.wish, conditions=draft.conditions)
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.matching")
def match(ctx: Context, need_id: UUID) -> NeedView:
    """Look for a place (again, after a trial was broken off)."""
    return _plain_move(ctx, need_id, "match")


@use_case(P.PARTICIPATION_WRITE, event="participation.developing")
def develop(ctx: Context, need_id: UUID) -> NeedView:
    """No fitting place exists: develop one; the need stays on the list of needs without a place."""
    return _plain_move(ctx, need_id, "develop")


@use_case(P.PARTICIPATION_WRITE, event="participation.trial_begun")
def try_out(ctx: Context, need_id: UUID, draft: TrialDraft) -> NeedView:
    """Begin a trial at a place with room; its host is told only what consent covers."""
    need = ctx.load(Need, need_id)
    resource = ctx.load(Resource, draft.resource_id, permission=P.RESOURCE_READ, field="resource_id")
    _check_room(ctx, resource)
    case = ctx.load(Case, need.case_id, permission=P.CASE_READ)
    _tell_host(ctx, case, need, resource, draft)
    need.state = PARTICIPATION.after(need.state, "try_out", ParticipationFacts(resource=True)).value
    need.without_place_since = None
    ctx.add(
        Placement(
            need_id=need.id,
            case_id=need.case_id,
            resource_id=resource.id,
            begins_on=draft.begins_on,
            recorded_at=ctx.now,
        )
    )
    ctx.session.flush()
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.placed")
def place(ctx: Context, need_id: UUID) -> NeedView:
    """The trial went well: the person takes the place."""
    need = ctx.load(Need, need_id)
    need.state = PARTICIPATION.after(need.state, "place").value
    _running(ctx, need).placed_on = ctx.today
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.settling")
def settle(ctx: Context, need_id: UUID) -> NeedView:
    """Begin 定着支援 of person and host."""
    return _plain_move(ctx, need_id, "settle")


@use_case(P.PARTICIPATION_WRITE, event="participation.settling_contact")
def log_settling(ctx: Context, need_id: UUID, draft: SettlingDraft) -> NeedView:
    """Log a contact with the person or the host while the tie settles."""
    need = ctx.load(Need, need_id)
    if need.state not in (ParticipationState.PLACED, ParticipationState.SETTLING, ParticipationState.STABLE):
        raise Refused("participation_not_placed")
    if draft.at > ctx.now:
        raise BadInput("visit_in_future", "at")
    row = SettlingContact(
        need_id=need.id,
        placement_id=_running(ctx, need).id,
        case_id=need.case_id,
        side=draft.side,
        at=draft.at,
        next_on=draft.next_on,
        by=ctx.actor.id,
        recorded_at=ctx.now,
    )
    ctx.add(row)
    ctx.seal(row, text=draft.text)
    ctx.session.flush()
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.stable")
def stabilise(ctx: Context, need_id: UUID) -> NeedView:
    """The tie is stable: after settling contacts with both the person and the host."""
    need = ctx.load(Need, need_id)
    running = _running(ctx, need) if need.state == ParticipationState.SETTLING else None
    contacts = ctx.parts(need, SettlingContact)
    sides = frozenset(c.side for c in contacts if running is not None and c.placement_id == running.id)
    need.state = PARTICIPATION.after(need.state, "stabilise", ParticipationFacts(sides=sides)).value
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.broken_off")
def break_off(ctx: Context, need_id: UUID, draft: EndDraft) -> NeedView:
    """A trial or a settling place was broken off; the need is without a place again."""
    need = ctx.load(Need, need_id)
    ctx.codes(("broken_off_reason", draft.reason, "reason"))
    facts = ParticipationFacts(reason=draft.reason)
    need.state = PARTICIPATION.after(need.state, "break_off", facts).value
    placement = _running(ctx, need)
    placement.ended_on = max(ctx.today, placement.begins_on)
    placement.broken_off_reason = draft.reason
    ctx.seal(placement, text=draft.text)
    need.without_place_since = ctx.today
    return queries.view(ctx, need)


@use_case(P.PARTICIPATION_WRITE, event="participation.ended")
def end(ctx: Context, need_id: UUID, draft: EndDraft) -> NeedView:
    """End the support when the tie is stable, or when no place is wanted any more; with the reason."""
    need = ctx.load(Need, need_id)
    ctx.codes(("participation_end_reason", draft.reason, "reason"))
    need.state = PARTICIPATION.after(need.state, "end", ParticipationFacts(reason=draft.reason)).value
    need.ended_at, need.end_reason, need.without_place_since = ctx.now, draft.reason, None
    for placement in ctx.parts(need, Placement, Placement.ended_on.is_(None)):
        placement.ended_on = max(ctx.today, placement.begins_on)
        ctx.seal(placement, text=draft.text)
    return queries.view(ctx, need)


def _plain_move(ctx: Context, need_id: UUID, move: str) -> NeedView:
    need = ctx.load(Need, need_id)
    need.state = PARTICIPATION.after(need.state, move).value
    if need.state in WITHOUT_PLACE and need.without_place_since is None:
        need.without_place_since = ctx.today
    return queries.view(ctx, need)


def _running(ctx: Context, need: Need) -> Placement:
    found = ctx.parts(need, Placement, Placement.ended_on.is_(None))
    if not found:
        raise Refused("participation_not_placed")
    return found[0]


def _check_place(ctx: Context, kind: str | None, district: str | None) -> None:
    ctx.codes(("place_kind", kind or "", "wanted_kind"))
    if district is not None:
        ctx.load(District, district, permission=P.DIRECTORY_READ, field="district")


def _check_room(ctx: Context, resource: Resource) -> None:
    if not resource.active:
        raise Refused("resource_retired", "resource_id")
    if resource.capacity is None:
        return
    query = select(func.count(Placement.id)).where(
        Placement.resource_id == resource.id, Placement.ended_on.is_(None)
    )
    taken = ctx.count(query, Placement)
    if taken >= resource.capacity:
        raise Refused("resource_full", "resource_id", capacity=resource.capacity)


def _tell_host(ctx: Context, case: Case, need: Need, resource: Resource, draft: TrialDraft) -> None:
    """What a host is told is a disclosure: items and text need consent in force for that host (I11)."""
    if not draft.shared_items and draft.shared_text is None:
        return
    if resource.agency is None:
        raise Refused("host_without_agency", "shared_items")
    ctx.codes(*(("consent_item", item, f"shared_items.{n}") for n, item in enumerate(draft.shared_items)))
    wish = Sharing(HOST, frozenset({resource.agency}), frozenset(draft.shared_items), ctx.today)
    threads = threads_of(ctx, [need.person_id], case.id)[need.person_id]
    consent = in_force([row for _, row in threads], wish)
    if consent is None:
        raise Refused("host_consent_missing", "shared_items")
    record_disclosure(
        ctx,
        case,
        to_agency=resource.agency,
        ground=f"consent:{consent.thread_id}",
        channel="host",
        items=draft.shared_items,
        what=draft.shared_text or "",
    )
