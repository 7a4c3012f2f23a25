"""Whether consent covers a case in a meeting without secrecy of its own, today (I6, I10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from ...cases.models import CasePerson
from ...cases.queries import threads_of
from ...cases.rules import Sharing, in_force
from ...kernel.actor import Permission as P
from ...usecase import Context
from ..models import AgendaItem, ItemMember
from ..rules import SHARING, needs_consent


def words(joined: str) -> tuple[str, ...]:
    return tuple(word for word in joined.split(",") if word)


def consent_thread(
    ctx: Context, case_id: UUID, holder: str, recipients: Collection[str], items: Iterable[str]
) -> UUID | None:
    """Step: the consent thread that covers telling the items to the recipients today, for every subject (I6).

    The division that holds the case tells nothing to itself. None if one subject's consent is missing or not in
    sight.
    """
    query = ctx.select(CasePerson, permission=P.CONSENT_READ)
    subjects = ctx.all(query.where(CasePerson.case_id == case_id, CasePerson.role == "subject"))
    if not subjects:
        return None
    wish = Sharing(SHARING, frozenset(recipients) - {holder}, frozenset(items), ctx.today)
    threads = threads_of(ctx, [link.person_id for link in subjects], case_id)
    found = [in_force([row for _, row in threads[link.person_id]], wish) for link in subjects]
    covering = [row for row in found if row is not None]
    return covering[0].thread_id if len(covering) == len(subjects) else None


def still_covered(ctx: Context, item: AgendaItem) -> bool:
    """Step: whether a convened agency of the actor may still see a loaded item: withdrawal stops it at once (I10)."""
    if not needs_consent(item.basis):
        return True
    members = ctx.parts(item, ItemMember, ItemMember.agency.in_(sorted(ctx.actor.agencies)))
    agencies = {row.agency for row in members} or set(ctx.actor.agencies)
    return consent_thread(ctx, item.case_id, item.holder, agencies, words(item.items)) is not None
