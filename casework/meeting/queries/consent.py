"""Whether consent covers a case in a meeting without secrecy of its own, today (I6, I10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from ...cases.models import CasePerson
from ...cases.queries import threads_of
from ...cases.rules import ConsentRow, Sharing, in_force
from ...kernel.actor import Permission as P
from ...usecase import Context
from ..models import AgendaItem, ItemMember
from ..rules import SHARING, needs_consent


def words(joined: str) -> tuple[str, ...]:
    return tuple(word for word in joined.split(",") if word)


def consent_thread(ctx: Context, item: AgendaItem, recipients: Collection[str]) -> UUID | None:
    """Step: the consent thread that covers telling the item's content to the recipients today (I6).

    Every subject of the case must have one in force; the first subject's is returned, None if one is missing or
    not in sight. The division that holds the case tells nothing to itself.
    """
    covering = [in_force(rows, _wish(ctx, item, recipients)) for rows in _rows(ctx, [item])[item.case_id]]
    found = [row for row in covering if row is not None]
    return found[0].thread_id if found and len(found) == len(covering) else None


def covered(ctx: Context, items: Iterable[AgendaItem]) -> set[UUID]:
    """Step: ids of loaded items that the actor's agencies may still see: withdrawal stops it at once (I10).

    The number of statements does not grow with the items.
    """
    items = list(items)
    bound = [item for item in items if needs_consent(item.basis)]
    found = {item.id for item in items} - {item.id for item in bound}
    if not bound:
        return found
    mine = sorted(ctx.actor.agencies)
    members = ctx.parts_of(bound, ItemMember, ItemMember.agency.in_(mine))
    rows = _rows(ctx, bound)
    for item in bound:
        wish = _wish(ctx, item, {member.agency for member in members[item.id]} or mine)
        subjects = rows[item.case_id]
        if subjects and all(in_force(consents, wish) is not None for consents in subjects):
            found.add(item.id)
    return found


def _wish(ctx: Context, item: AgendaItem, recipients: Collection[str]) -> Sharing:
    return Sharing(SHARING, frozenset(recipients) - {item.holder}, frozenset(words(item.items)), ctx.today)


def _rows(ctx: Context, items: Sequence[AgendaItem]) -> dict[UUID, list[list[ConsentRow]]]:
    """By case, the consents of each subject that count for that case."""
    cases = sorted({item.case_id for item in items})
    query = ctx.select(CasePerson, permission=P.CONSENT_READ)
    links = ctx.all(query.where(CasePerson.case_id.in_(cases), CasePerson.role == "subject"))
    threads = threads_of(ctx, {link.person_id for link in links})
    found: dict[UUID, list[list[ConsentRow]]] = {case_id: [] for case_id in cases}
    for link in sorted(links, key=lambda link: link.id):
        counting = [row for at, row in threads[link.person_id] if at.case_id in (None, link.case_id)]
        found[link.case_id].append(counting)
    return found
