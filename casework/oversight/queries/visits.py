"""What the rules of 気になる閲覧 look at: visits of a period, and who was ever on the cases they opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_

from ...accounts.models import StaffRole
from ...audit.models import AuditEntry
from ...cases.models import AccessGrant, Assignment, Case, CasePerson, CaseStep
from ...intake.models import Intake
from ...kernel.actor import SYSTEM_ID, Role
from ...meeting.models import AgendaItem, ItemMember, Meeting
from ...outreach.models import OutreachEpisode
from ...participation.models import Need
from ...people.models import Conflict, HouseholdMember
from ...referral.models import Referral
from ...usecase import Context
from ..rules.unusual import BLIND, EMERGENCY, OPENINGS, SEARCHES, Known, Look, Ring

CHUNK = 500
FOUR_WEEKS = timedelta(days=28)
WATCHED = (*OPENINGS, *SEARCHES, EMERGENCY)
NOBODY = {str(SYSTEM_ID), str(UUID(int=0))}


def looks(ctx: Context, since: datetime, until: datetime) -> list[Look]:
    """Step: the visits that rules look at, in the order of the trail.

    Read backwards and left off a day before `since`: the trail is long and has no index by time, and its order is
    that of commits, which a slow visit may reach late.
    """
    query = ctx.select(AuditEntry).with_only_columns(
        AuditEntry.at, AuditEntry.actor, AuditEntry.event, AuditEntry.outcome, AuditEntry.case_id
    )
    query = query.where(or_(AuditEntry.event.in_(WATCHED), AuditEntry.outcome.in_(sorted(BLIND))))
    found = []
    rows = ctx.session.execute(query.order_by(AuditEntry.seq.desc()).execution_options(yield_per=1000))
    for row in rows:
        if row.at < since - timedelta(days=1):
            break
        if since <= row.at < until and row.actor not in NOBODY:
            found.append(Look(row.at, row.actor, row.event, row.outcome, row.case_id))
    rows.close()
    return sorted(found, key=lambda look: look.at)


def known(ctx: Context, visits: list[Look], since: datetime) -> Known:
    """Step: divisions of the actors, rings of the cases, and what each actor opened in the four weeks before."""
    cases = sorted({look.case_id for look in visits if look.opens})
    actors = sorted({look.actor for look in visits})
    agencies, coordinators = _offices(ctx, actors)
    return Known(agencies, _rings(ctx, cases), coordinators, _before(ctx, actors, since), _ties(ctx, cases))


def _chunks(ids: Iterable[str]) -> Iterator[list[UUID]]:
    every = [UUID(i) for i in ids]
    for at in range(0, len(every), CHUNK):
        yield every[at : at + CHUNK]


def _offices(ctx: Context, actors: list[str]) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Divisions in which each actor holds or held a role, and who is a coordinator."""
    found: dict[str, set[str]] = defaultdict(set)
    coordinators = set()
    for ids in _chunks(actors):
        query = ctx.select(StaffRole).where(StaffRole.staff_id.in_(ids))
        for row in ctx.all(query):
            found[str(row.staff_id)].add(row.agency)
            if row.role == Role.COORDINATOR.value:
                coordinators.add(str(row.staff_id))
    return {actor: frozenset(names) for actor, names in found.items()}, frozenset(coordinators)


def _ties(ctx: Context, cases: list[str]) -> dict[str, frozenset[str]]:
    """By case the divisions of those who have a relation in force to somebody of the case or its household."""
    relatives: dict[UUID, set[str]] = defaultdict(set)
    for row in ctx.all(ctx.select(Conflict).where(Conflict.ended_at.is_(None))):
        relatives[row.person_id].add(str(row.staff_id))
    if not relatives:
        return {}
    agencies, _ = _offices(ctx, sorted(set().union(*relatives.values())))
    homes: dict[UUID, set[UUID]] = defaultdict(set)
    living = ctx.select(HouseholdMember).where(HouseholdMember.person_id.in_(relatives))
    for member in ctx.all(living):
        homes[member.household_id].add(member.person_id)
    found: dict[str, set[str]] = defaultdict(set)

    def tie(case: UUID, person: UUID) -> None:
        for staff in relatives[person]:
            found[str(case)] |= agencies.get(staff, frozenset())

    for ids in _chunks(cases):
        linked = ctx.select(CasePerson).where(
            CasePerson.case_id.in_(ids), CasePerson.person_id.in_(relatives)
        )
        for link in ctx.all(linked):
            tie(link.case_id, link.person_id)
        housed = ctx.select(Case).where(Case.id.in_(ids), Case.household_id.in_(homes))
        for case in ctx.all(housed):
            for person in homes[case.household_id]:
                tie(case.id, person)
    return {case: frozenset(names) for case, names in found.items()}


def _before(ctx: Context, actors: list[str], since: datetime) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for at in range(0, len(actors), CHUNK):
        query = ctx.select(AuditEntry).with_only_columns(AuditEntry.actor, AuditEntry.case_id).distinct()
        query = query.where(
            AuditEntry.actor.in_(actors[at : at + CHUNK]),
            AuditEntry.event.in_(OPENINGS),
            AuditEntry.at >= since - FOUR_WEEKS,
            AuditEntry.at < since,
        )
        for actor, case in ctx.session.execute(query):
            found[actor].add(case)
    return {actor: frozenset(cases) for actor, cases in found.items()}


# Where a division or a person stands on a case: columns of agencies, then of staff.
PLACES: tuple[tuple[Any, tuple[Any, ...], tuple[Any, ...]], ...] = (
    (CaseStep, (CaseStep.to_agency,), (CaseStep.to_staff, CaseStep.by)),
    (Assignment, (Assignment.agency,), (Assignment.staff_id, Assignment.assigned_by)),
    (AccessGrant, (), (AccessGrant.staff_id, AccessGrant.given_by)),
    (Referral, (Referral.from_agency, Referral.to_agency), (Referral.from_staff, Referral.owner_id)),
    (Intake, (Intake.owner_agency,), (Intake.owner_id, Intake.recorder_id)),
    (ItemMember, (ItemMember.agency,), (ItemMember.staff_id, ItemMember.invited_by)),
    (OutreachEpisode, (OutreachEpisode.owner_agency,), (OutreachEpisode.owner_id,)),
    (Need, (Need.owner_agency,), (Need.owner_id,)),
)


def _rings(ctx: Context, cases: list[str]) -> dict[str, Ring]:
    agencies: dict[str, set[str]] = defaultdict(set)
    staff: dict[str, set[str]] = defaultdict(set)
    shared: set[str] = set()
    for ids in _chunks(cases):
        for row in ctx.all(ctx.select(Case).where(Case.id.in_(ids))):
            case = str(row.id)
            agencies[case] |= {row.owner_agency, row.lead_agency}
            staff[case] |= {str(row.owner_id), str(row.lead_id)}
            if row.multi_agency:
                shared.add(case)
        for model, of_agencies, of_staff in PLACES:
            columns = (model.id, model.case_id, *of_agencies, *of_staff)
            query = ctx.select(model).where(model.case_id.in_(ids)).with_only_columns(*columns)
            for row in ctx.tuples(model, query):
                values: list[Any] = list(row)[2:]
                case_id = str(row.case_id)
                names, people = values[: len(of_agencies)], values[len(of_agencies) :]
                agencies[case_id].update(name for name in names if name)
                staff[case_id].update(str(who) for who in people if who)
            if model is Referral:
                shared |= {str(row.case_id) for row in ctx.tuples(model, query)}
        _meetings(ctx, ids, agencies, staff)
    return {
        case: Ring(frozenset(agencies[case]), frozenset(staff[case]), case in shared) for case in agencies
    }


def _meetings(
    ctx: Context, ids: list[UUID], agencies: dict[str, set[str]], staff: dict[str, set[str]]
) -> None:
    """Whoever convenes, chairs or keeps the meeting that takes a case is on it."""
    items = ctx.all(ctx.select(AgendaItem).where(AgendaItem.case_id.in_(ids)))
    wanted = {item.meeting_id for item in items}
    meetings = {m.id: m for m in ctx.all(ctx.select(Meeting).where(Meeting.id.in_(wanted)))}
    for item in items:
        meeting = meetings[item.meeting_id]
        agencies[str(item.case_id)].add(meeting.convener)
        staff[str(item.case_id)].add(str(meeting.chair_id))
