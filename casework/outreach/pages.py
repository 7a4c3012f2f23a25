"""Pages of アウトリーチ: the worker's list, an episode with its visits, and a visit recorded in under a minute."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ..cases.pages import case_frame
from ..kernel.book import Option
from ..kernel.wareki import format_moment
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.blueprint import arguments
from ..web.request import context
from . import actions, queries
from .rules import EpisodeView, VisitView
from .schemas import EpisodeArgs, EpisodeIn, SafetyIn, StepIn, VisitIn

bp = PageBlueprint("outreach", __name__)
TAB = "outreach_pages.of_case"
ONE = "/outreach/<uuid:episode_id>"


@bp.page("/outreach", queries.my_episodes)
def listing() -> Response:
    """Open episodes within sight, or those in one state."""
    args = arguments(EpisodeArgs)
    return page("outreach/listing.html", found=queries.my_episodes(context(), **args), args=args)


@bp.page("/cases/<uuid:case_id>/outreach", queries.episodes_of_case)
def of_case(case_id: UUID) -> Response:
    """The episodes of one case."""
    found = queries.episodes_of_case(context(), case_id)
    return page("outreach/of_case.html", found=found, **case_frame(case_id))


@bp.page(ONE, queries.read_episode)
def episode(episode_id: UUID) -> Response:
    """One episode: safety first, then visits, newest first."""
    view = queries.read_episode(context(), episode_id)
    return page("outreach/episode.html", view=view, **case_frame(view.case_id, tab=TAB))


def _new(case_id: UUID) -> Setting:
    me, frame = context().actor, case_frame(case_id)
    back = url_for("outreach_pages.of_case", case_id=case_id)
    people = [Option(str(p.person_id), p.name or "氏名なし") for p in frame["case"].people]
    return Setting(
        show={**frame, "back": back},
        initial={"worker_id": str(me.id), "worker_agency": sorted(me.agencies)[0]},
        choices={"person_id": people},
    )


def _one(episode_id: UUID, **initial: Any) -> Setting:
    view = queries.read_episode(context(), episode_id)
    back = url_for("outreach_pages.episode", episode_id=episode_id)
    return Setting(show={**case_frame(view.case_id, tab=TAB), "view": view, "back": back}, initial=initial)


def _visit(episode_id: UUID) -> Setting:
    """A visit is recorded when it is over: now, at home, by those who must go together."""
    setting = _one(episode_id, at=format_moment(house().clock.now()), method="home_visit")
    view: EpisodeView = setting.show["view"]
    by_two = bool(view.safety and view.safety[0].by_two)
    return Setting(setting.show, {**setting.initial, "by_two": by_two})


def _step(episode_id: UUID, move: str) -> Setting:
    setting = _one(episode_id)
    name = house().messages.label("outreach_move", move)
    return Setting({**setting.show, "title": name, "button": name, "move": move})


def _to_one(view: EpisodeView, **_: Any) -> str:
    return url_for("outreach_pages.episode", episode_id=view.id)


def _back_to_one(_: VisitView, *, episode_id: UUID) -> str:
    return url_for("outreach_pages.episode", episode_id=episode_id)


bp.form(
    "/cases/<uuid:case_id>/outreach/new",
    actions.start,
    endpoint="start",
    title="アウトリーチを始める",
    takes=EpisodeIn,
    prepare=_new,
    then=_to_one,
    button="始める",
)
bp.form(
    f"{ONE}/visits/new",
    actions.visit,
    endpoint="visit",
    title="訪問・連絡を記録する",
    takes=VisitIn,
    template="outreach/visit.html",
    prepare=_visit,
    then=_back_to_one,
)
bp.form(
    f"{ONE}/safety/new",
    actions.write_safety,
    endpoint="safety",
    title="安全上の留意点を書く",
    takes=SafetyIn,
    prepare=_one,
    then=_to_one,
)
bp.form(
    f"{ONE}/<move>",
    actions.step,
    endpoint="step",
    title="アウトリーチを進める",
    takes=StepIn,
    template="outreach/step.html",
    prepare=_step,
    then=_to_one,
)
