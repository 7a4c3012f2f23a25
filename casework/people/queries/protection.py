"""Reading protections, grants, declarations and conflicts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from ...kernel.actor import Permission as P
from ...usecase import WITHHELD, Context, use_case
from ..models import Conflict, Declaration, Protection, ProtectionGrant
from ..rules import WARN_DAYS, ProtectionLine, standing_of
from ..rules.relations import ConflictView, DeclarationView
from .persons import grant_view, visible


def _declared(ctx: Context, row: Declaration) -> tuple[str | None, str | None, str | None]:
    return ctx.unseal(row, "name"), ctx.unseal(row, "kana"), ctx.unseal(row, "birth")


@use_case(P.SESSION_OWN, event="conflict.own_declarations_listed", reads=True)
def my_declarations(ctx: Context) -> tuple[DeclarationView, ...]:
    """List what one declared oneself or was declared for one; never whether anybody was found."""
    query = ctx.select(Declaration).where(Declaration.ended_at.is_(None)).order_by(Declaration.declared_at)
    rows = ctx.all(query)
    ctx.prefetch_keys([row.id for row in rows])
    return tuple(DeclarationView(row.id, row.kind, *_declared(ctx, row), row.declared_at) for row in rows)


@use_case(P.CONFLICT_MANAGE, event="conflict.listed", reads=True)
def conflicts(ctx: Context) -> tuple[ConflictView, ...]:
    """List the links of staff and persons by number, without those of the officer's own."""
    rows = ctx.all(ctx.select(Conflict).order_by(Conflict.found_at, Conflict.id))
    return tuple(ConflictView(r.id, r.staff_id, r.person_id, r.found_at, r.ended_at) for r in rows)


@use_case(P.PROTECTION_REVIEW, event="protection.reviewed", reads=True)
def protections(ctx: Context) -> tuple[ProtectionLine, ...]:
    """List protections for review, those that end first: one's own, or for the privacy officer all, without content."""
    found = ctx.all(ctx.select(Protection).where(Protection.lifted_at.is_(None)).order_by(Protection.set_at))
    newest = {row.person_id: row for row in found}
    mine = visible(ctx, newest) if ctx.policy.ever(ctx.actor, P.PERSON_READ) else set()
    rows = ctx.all(ctx.select(ProtectionGrant).where(ProtectionGrant.person_id.in_(sorted(newest))))
    grants: dict[UUID, list[ProtectionGrant]] = {}
    for grant in sorted(rows, key=lambda row: row.given_at):
        if grant.ends_at > ctx.now - timedelta(days=WARN_DAYS):
            grants.setdefault(grant.person_id, []).append(grant)
    lines = [
        ProtectionLine(
            row.id,
            person if person in mine else WITHHELD,
            row.ground,
            row.valid_from,
            row.valid_until,
            standing_of(row.valid_until, ctx.today),
            tuple(grant_view(ctx, grant, told=person in mine) for grant in grants.get(person, ())),
        )
        for person, row in newest.items()
    ]
    return tuple(sorted(lines, key=lambda line: (line.valid_until or date.max, line.id)))
