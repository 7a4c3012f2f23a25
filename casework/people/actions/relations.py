"""利益相反: staff declare themselves, their household and relations; the system looks, and never says what it found.

Whoever matches is linked to the staff member, whose sight of them ends with it (the bar in casework/people/access.py).
Name or reading must be the same and no known birth may speak against it: a namesake too many is put right by the
privacy officer, a record too many is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Engine, inspect, select

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...kernel.folding import fold
from ...usecase import Context, Unreadable, use_case
from ..models import Conflict, Declaration, Person
from ..names import table_of
from ..rules.relations import (
    ConflictDraft,
    DeclarationDraft,
    DeclarationView,
    Key,
    check_declaration,
    same_person,
)

# Declarations never change: what was opened once stays in this process's memory, like the name table.
_keys: dict[UUID, Key] = {}


@use_case(P.SESSION_OWN, event="conflict.declared")
def declare(ctx: Context, draft: DeclarationDraft) -> DeclarationView:
    """Declare oneself, somebody of one's household or a relation, so that one never opens a record of them."""
    ctx.select(Declaration)
    return declared(ctx, ctx.actor.id, draft)


def declared(ctx: Context, staff_id: UUID, draft: DeclarationDraft) -> DeclarationView:
    """Step: record a declaration and look for the person among all, the protected included."""
    check_declaration(draft, ctx.today)
    row = Declaration(staff_id=staff_id, kind=draft.kind, declared_by=ctx.actor.id, declared_at=ctx.now)
    ctx.add(row)
    ctx.new_owner(row.id)
    birth = None if draft.birth is None else draft.birth.value
    ctx.seal(row, name=draft.name, kana=draft.kana, birth=birth)
    table = table_of(cast(Engine, ctx.session.get_bind()), ctx.keys)
    table.refresh(ctx.session, ctx.keys, ctx.whole)
    key = Key(fold(draft.name), fold(draft.kana or ""), birth or "")
    _link(ctx, row, table.namesakes(key))
    return DeclarationView(row.id, row.kind, draft.name, draft.kana, birth, row.declared_at)


def look_for_kin(ctx: Context, person: Person) -> None:
    """Step: a person was recorded or corrected; whoever declared them is linked from now on."""
    key = _key(ctx, person)
    if not key.name and not key.kana:
        return
    query = select(Declaration).where(Declaration.ended_at.is_(None)).order_by(Declaration.id)
    for row in ctx.session.scalars(ctx.whole(query, Declaration)):
        if row.id not in _keys:
            _keys[row.id] = _key(ctx, row)
        if same_person(_keys[row.id], key):
            _link(ctx, row, [person.id])


def _key(ctx: Context, row: Any) -> Key:
    texts = (ctx.unseal(row, column) for column in ("name", "kana", "birth"))
    name, kana, birth = ("" if text is None or isinstance(text, Unreadable) else str(text) for text in texts)
    return Key(fold(name), fold(kana), birth)


def _link(ctx: Context, row: Declaration, persons: Iterable[UUID]) -> None:
    """Links that were ended by the privacy officer stay ended: that namesake is somebody else."""
    query = select(Conflict.person_id).where(Conflict.staff_id == row.staff_id)
    known = set(ctx.session.scalars(ctx.whole(query, Conflict)))
    for person_id in sorted(set(persons) - known):
        ctx.add(
            Conflict(
                staff_id=row.staff_id,
                person_id=person_id,
                declaration_id=row.id,
                found_by=ctx.actor.id,
                found_at=ctx.now,
            )
        )


@use_case(P.CONFLICT_MANAGE, event="conflict.ended", confirmed=True)
def end_conflict(ctx: Context, conflict_id: UUID) -> None:
    """The privacy officer finds that a link is of a namesake; never of the officer's own."""
    row = ctx.load(Conflict, conflict_id)
    if row.ended_at is not None:
        raise Refused("conflict_over")
    row.ended_at, row.ended_by = ctx.now, ctx.actor.id


@use_case(P.CONFLICT_MANAGE, event="conflict.named", confirmed=True)
def name_conflict(ctx: Context, draft: ConflictDraft) -> None:
    """The privacy officer links a staff member with a person whom a request names by id."""
    ctx.select(Conflict)
    if draft.staff_id == ctx.actor.id:
        raise Refused("conflict_own")
    if not _is_staff(
        ctx, draft.staff_id
    ):  # first: an answer about the person would depend on whether there is one
        raise BadInput("unknown_reference", "staff_id")
    known = ctx.session.scalars(
        ctx.whole(select(Person.id).where(Person.id == draft.person_id), Person)
    ).all()
    if not known:
        raise BadInput("unknown_reference", "person_id")
    ctx.add(
        Conflict(staff_id=draft.staff_id, person_id=draft.person_id, found_by=ctx.actor.id, found_at=ctx.now)
    )


def _is_staff(ctx: Context, staff_id: UUID) -> bool:
    (key,) = (
        inspect(Conflict).columns["staff_id"].foreign_keys
    )  # accounts stand beside this house, not under it
    return ctx.session.scalar(select(key.column).where(key.column == staff_id)) is not None
