"""評価 of the city plan on the screen and on paper: indicators, findings, 取組 touched, and 制度の狭間."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...kernel.fiscal import fiscal_label, fiscal_year
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions, queries
from ..rules.evaluation import FindingView, IndicatorView
from ..schemas import FindingIn, IndicatorIn, MaybeYearArgs, YearIn
from .base import bp, name_of

YEARS = 5
GAP_SOURCES = {
    "missing.place": "codes:place_kind",
    "need.gap": "answers:stat_gap:",
    "referral.outcome": "words:referral_state:",
}


@bp.page("/evaluation", queries.evaluation_report)
def evaluation() -> Response:
    """The yearly report; its print view is what the committee is given."""
    found = queries.evaluation_report(context(), fy=arguments(MaybeYearArgs)["fy"])
    today = fiscal_year(context().today)
    years = [(fy, fiscal_label(fy)) for fy in range(today, today - YEARS, -1)]
    efforts = [(house().desk.book().label("initiative", e.code), e.shown) for e in found.efforts]
    named = [name for name in efforts if name[1] is not None]
    gaps = [
        (house().messages.label("gap", g.kind), name_of(GAP_SOURCES[g.kind], g.code), g.shown)
        for g in found.gaps
    ]
    return page(
        "statistics/evaluation.html",
        found=found,
        years=years,
        efforts=named,
        hidden=len(efforts) - len(named),
        gaps=gaps,
    )


def _choices(*names: str) -> dict[str, list[Option]]:
    """Viewpoints, methods and evaluators as the plan lists them, each once, under the goals that name them."""
    frames = queries.frames_of(context())
    found: dict[str, list[Option]] = {}
    for name in names:
        listed: dict[str, list[str]] = {}
        for goal, frame in frames.items():
            for item in getattr(frame, f"{name}s"):
                listed.setdefault(item, []).append(goal)
        found[name] = [Option(item, f"{item}(目標{'・'.join(goals)})") for item, goals in listed.items()]
    return found


def _new() -> Setting:
    return Setting({"back": url_for(".evaluation")}, {"source": "manual"}, _choices("viewpoint"))


def _finding() -> Setting:
    start = {"fy": fiscal_year(context().today)}
    return Setting({"back": url_for(".evaluation")}, start, _choices("viewpoint", "method", "evaluator"))


def _year(indicator_id: UUID) -> Setting:
    year = fiscal_year(context().today)
    view = queries.indicator(context(), indicator_id, fy=year)
    entered = view.actual if view.source == "manual" else None
    show = {
        "back": url_for(".evaluation"),
        "about": f"目標{view.goal} {view.viewpoint}: {view.title}({view.unit})",
    }
    return Setting(show, {"fy": year, "target": view.target, "actual": entered}, version=view.version)


def _back(_: IndicatorView | FindingView, **__: Any) -> str:
    return url_for("statistics_pages.evaluation")


bp.form(
    "/evaluation/indicators/new",
    actions.add_indicator,
    endpoint="add_indicator",
    title="数値目標を加える",
    takes=IndicatorIn,
    prepare=_new,
    then=_back,
    button="加える",
)
bp.form(
    "/evaluation/indicators/<uuid:indicator_id>/years",
    actions.set_year,
    endpoint="set_year",
    title="年度の目標と実績を入れる",
    takes=YearIn,
    prepare=_year,
    then=_back,
)
bp.form(
    "/evaluation/findings/new",
    actions.add_finding,
    endpoint="add_finding",
    title="調べて分かったことを書く",
    takes=FindingIn,
    prepare=_finding,
    then=_back,
)
