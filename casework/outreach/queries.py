"""Reading outreach episodes."""

from __future__ import annotations

from uuid import UUID

from ..cases.models import Case
from ..cases.queries import titles
from ..cases.rules import CaseTitle
from ..kernel.actor import Permission as P
from ..usecase import Context, Page, use_case
from ..usecase.page import after_moment, cut
from .models import OutreachEpisode, SafetyNote, Visit
from .rules import OUTREACH, EpisodeLine, EpisodeView, SafetyView, VisitView


@use_case(P.OUTREACH_READ, event="outreach.read", reads=True)
def read_episode(ctx: Context, episode_id: UUID) -> EpisodeView:
    """Open an outreach episode: safety notes, visits, what may be done next."""
    return view(ctx, ctx.load(OutreachEpisode, episode_id))


@use_case(P.OUTREACH_READ, event="outreach.listed", reads=True)
def my_episodes(ctx: Context, *, after: str | None = None, state: str | None = None) -> Page[EpisodeLine]:
    """Open episodes within sight, newest first, or those in one state."""
    wanted = OutreachEpisode.is_open() if state is None else OutreachEpisode.state == state
    query = ctx.select(OutreachEpisode).where(wanted)
    query = after_moment(query, OutreachEpisode.started_at, OutreachEpisode.id, after)
    rows, following = cut(
        ctx.all(query.limit(ctx.settings.page_size + 1)),
        ctx.settings.page_size,
        lambda r: (r.started_at, r.id),
    )
    cases = titles(ctx, (row.case_id for row in rows))
    return Page(tuple(_line(row, cases.get(row.case_id)) for row in rows), following)


@use_case(P.OUTREACH_READ, event="outreach.listed_of_case", reads=True)
def episodes_of_case(ctx: Context, case_id: UUID) -> list[EpisodeLine]:
    """All episodes of a case, newest first."""
    ctx.load(Case, case_id, permission=P.CASE_READ)
    query = ctx.select(OutreachEpisode).where(OutreachEpisode.case_id == case_id)
    return [_line(row) for row in ctx.all(query.order_by(OutreachEpisode.started_at.desc()))]


def view(ctx: Context, episode: OutreachEpisode) -> EpisodeView:
    """Step: a loaded episode as its View."""
    visits = ctx.parts(episode, Visit, order=Visit.at.desc())
    safety = ctx.parts(episode, SafetyNote, order=SafetyNote.written_at.desc())
    plain = {name: getattr(episode, name) for name in _PLAIN}
    return EpisodeView(
        **plain,
        background=ctx.unseal(episode, "background"),
        effort_minutes=sum(v.minutes or 0 for v in visits),
        safety=tuple(_safety(ctx, note) for note in safety),
        visits=tuple(visit_view(ctx, visit) for visit in visits),
        moves=ctx.moves(OUTREACH, episode),
    )


_PLAIN = (
    "id",
    "case_id",
    "person_id",
    "state",
    "version",
    "basis",
    "trigger",
    "owner_id",
    "owner_agency",
    "started_at",
    "last_visit_at",
    "next_on",
    "handed_to",
    "ended_at",
    "end_reason",
)


def _line(row: OutreachEpisode, case: CaseTitle | None = None) -> EpisodeLine:
    return EpisodeLine(
        row.id,
        row.case_id,
        row.state,
        row.owner_id,
        row.owner_agency,
        row.started_at,
        row.last_visit_at,
        row.next_on,
        case,
    )


def _safety(ctx: Context, note: SafetyNote) -> SafetyView:
    return SafetyView(
        note.id,
        ctx.unseal(note, "text"),
        ctx.unseal(note, "not_to_do"),
        note.by_two,
        note.review_on,
        note.review_on < ctx.today,
        note.written_by,
        note.written_at,
    )


def visit_view(ctx: Context, visit: Visit) -> VisitView:
    return VisitView(
        visit.id,
        visit.at,
        visit.method,
        visit.result,
        visit.minutes,
        visit.by_two,
        ctx.unseal(visit, "with_whom"),
        ctx.unseal(visit, "text"),
        ctx.unseal(visit, "next_step"),
        visit.next_on,
        visit.by,
    )
