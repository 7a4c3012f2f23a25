"""Lists of cases and the work lists; each list has its permission and shows only what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_

from ...accounts.queries import staff_names
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput
from ...people.queries import written_names
from ...usecase import Context, Page, use_case
from ...usecase.page import after_moment, cut
from ..access import owner_in_conflict
from ..models import Case, CasePerson
from ..rules import IN_SUPPORT, CaseLine, CaseState, CaseTitle

# What a line shows, and nothing else of a case.
LINE = (
    Case.id,
    Case.number,
    Case.state,
    Case.owner_id,
    Case.owner_agency,
    Case.lead_agency,
    Case.danger,
    Case.to_be_approved,
    Case.opened_at,
    Case.next_contact_on,
    Case.last_contact_at,
)
SCOPES = ("all", "own", "division", "lead", "multi_agency")


@use_case(P.CASE_LIST, event="case.listed", reads=True)
def list_cases(
    ctx: Context,
    *,
    scope: str = "all",
    state: str | None = None,
    danger: bool | None = None,
    after: str | None = None,
) -> Page[CaseLine]:
    """List cases, newest first: all in sight, own, the division's, led, or in 多機関協働; by state or danger."""
    query = _scoped(ctx, scope)
    if state is not None:
        query = query.where(Case.state == CaseState(state).value)
    if danger is not None:
        query = query.where(Case.danger.is_(danger))
    return _page(ctx, query, after)


def _scoped(ctx: Context, scope: str) -> Select[Any]:
    query = ctx.select(Case)
    agencies = sorted(ctx.actor.agencies)
    if scope == "own":
        return query.where(Case.owner_id == ctx.actor.id)
    if scope == "division":
        return query.where(Case.owner_agency.in_(agencies))
    if scope == "lead":
        return query.where(or_(Case.lead_id == ctx.actor.id, Case.lead_agency.in_(agencies)))
    if scope == "multi_agency":
        return query.where(Case.multi_agency.is_(True))
    if scope != "all":
        raise BadInput("unknown_scope", "scope")
    return query


def _page(ctx: Context, query: Select[Any], after: str | None) -> Page[CaseLine]:
    query = after_moment(query, Case.opened_at, Case.id, after)
    rows, following = cut(
        ctx.tuples(Case, query.with_only_columns(*LINE).limit(ctx.settings.page_size + 1)),
        ctx.settings.page_size,
        lambda row: (row.opened_at, row.id),
    )
    return Page(tuple(_lines(ctx, rows)), following)


def _lines(ctx: Context, rows: Sequence[Any]) -> list[CaseLine]:
    """Lines of a list: one statement for the people, one for their names, one for the owners' names."""
    names = _names(ctx, rows)
    owners = staff_names(ctx, [row.owner_id for row in rows])
    return [
        CaseLine(
            id=row.id,
            number=row.number,
            state=row.state,
            owner_id=row.owner_id,
            owner_agency=row.owner_agency,
            lead_agency=row.lead_agency,
            danger=row.danger,
            to_be_approved=row.to_be_approved,
            names=names[row.id],
            opened_at=row.opened_at,
            next_contact_on=row.next_contact_on,
            owner_name=owners.get(row.owner_id),
            last_contact_at=row.last_contact_at,
        )
        for row in rows
    ]


def _names(ctx: Context, rows: Sequence[Any]) -> dict[UUID, tuple[str, ...]]:
    """The subjects of cases read before, by case."""
    people = ctx.parts_of(rows, CasePerson)
    subjects = {key: [p.person_id for p in links if p.role == "subject"] for key, links in people.items()}
    named = written_names(ctx, (person for persons in subjects.values() for person in persons))
    return {
        key: tuple(name for person in persons if (name := named.get(person)))
        for key, persons in subjects.items()
    }


def titles(ctx: Context, case_ids: Iterable[UUID]) -> dict[UUID, CaseTitle]:
    """Step: number and names of cases in sight, for lists of what belongs to them; three statements in all."""
    wanted = sorted(set(case_ids))
    if not wanted:
        return {}
    query = ctx.select(Case, permission=P.CASE_LIST).where(Case.id.in_(wanted))
    rows = ctx.tuples(Case, query.with_only_columns(Case.id, Case.number))
    names = _names(ctx, rows)
    return {row.id: CaseTitle(row.number, names[row.id]) for row in rows}


def _in_support(ctx: Context) -> Select[Any]:
    return ctx.select(Case).where(Case.state.in_([state.value for state in IN_SUPPORT]))


@use_case(P.CASE_LIST, event="worklist.mine_open", reads=True)
def mine_open(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List open cases the actor owns."""
    return _page(ctx, ctx.select(Case).where(Case.owner_id == ctx.actor.id, Case.is_open()), after)


@use_case(P.WORKLIST_READ, event="worklist.no_contact", reads=True)
def no_contact(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List cases in support without contact for the configured number of days (setting no_contact_days)."""
    since = ctx.now - timedelta(days=ctx.settings.no_contact_days)
    silent = or_(Case.last_contact_at <= since, Case.last_contact_at.is_(None) & (Case.opened_at <= since))
    return _page(ctx, _in_support(ctx).where(silent), after)


@use_case(P.CASE_ASSIGN, event="worklist.without_lead", reads=True)
def without_lead(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List cases in support that have no 主担当 yet."""
    return _page(ctx, _in_support(ctx).where(Case.lead_id.is_(None)), after)


@use_case(P.WORKLIST_READ, event="worklist.contact_due", reads=True)
def contact_due(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List open cases whose next contact is due today or overdue."""
    due = Case.next_contact_on.is_not(None) & (Case.next_contact_on <= ctx.today)
    return _page(ctx, ctx.select(Case).where(Case.is_open(), due), after)


@use_case(P.CASE_EVALUATE, event="worklist.to_be_approved", reads=True)
def to_be_approved(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List cases whose support began before its meeting and is not approved yet (I17)."""
    return _page(ctx, ctx.select(Case).where(Case.to_be_approved.is_(True)), after)


@use_case(P.ALERT_RAISE, event="worklist.danger", reads=True)
def in_danger(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List cases with an alert, whatever their state (I29)."""
    return _page(ctx, ctx.select(Case).where(Case.danger.is_(True)), after)


@use_case(P.CASE_HAND_OVER, event="worklist.owner_in_conflict", reads=True)
def unseen_by_owner(ctx: Context, *, after: str | None = None) -> Page[CaseLine]:
    """List open cases of one's division whose owner may not open them (利益相反), to be handed over."""
    return _page(ctx, ctx.select(Case).where(owner_in_conflict()), after)
