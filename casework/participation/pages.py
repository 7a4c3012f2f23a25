"""Pages of 参加支援: from a wish to a place - matching, trial, settling of person and host, needs without a place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ..cases.pages import case_frame
from ..kernel.book import Option
from ..resources import queries as resources
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.blueprint import arguments
from ..web.request import context
from ..web.schema import PageArgs
from . import actions, queries
from .rules import NeedView
from .schemas import AssessIn, BreakOffIn, EndIn, NeedIn, SettlingIn, TrialIn

bp = PageBlueprint("participation", __name__)
TAB = "participation_pages.of_case"
ONE = "/participation/<uuid:need_id>"
CANDIDATES = 4  # pages of the register that a choice of places shows


@bp.page("/participation", queries.my_needs)
def listing() -> Response:
    """Open needs within sight."""
    return page("participation/listing.html", found=queries.my_needs(context(), **arguments(PageArgs)))


@bp.page("/participation/without-place", queries.without_place)
def without_place() -> Response:
    """Needs without a place: kept and listed, they feed 地域づくり."""
    found = queries.without_place(context(), **arguments(PageArgs))
    return page("participation/without_place.html", found=found)


@bp.page("/cases/<uuid:case_id>/participation", queries.needs_of_case)
def of_case(case_id: UUID) -> Response:
    """The needs of one case."""
    found = queries.needs_of_case(context(), case_id)
    return page("participation/of_case.html", found=found, **case_frame(case_id))


@bp.page(ONE, queries.read_need)
def need(need_id: UUID) -> Response:
    """One need: the wish, every placement tried, the settling contacts of both sides."""
    view = queries.read_need(context(), need_id)
    places = {p.resource_id: resources.read_resource(context(), p.resource_id) for p in view.placements}
    return page("participation/need.html", view=view, places=places, **case_frame(view.case_id, tab=TAB))


def _new(case_id: UUID) -> Setting:
    me, frame = context().actor, case_frame(case_id)
    people = [Option(str(p.person_id), p.name or "氏名なし") for p in frame["case"].people]
    return Setting(
        show={**frame, "back": url_for("participation_pages.of_case", case_id=case_id)},
        initial={"coordinator_id": str(me.id), "coordinator_agency": sorted(me.agencies)[0]},
        choices={"person_id": people, "plan_id": ()},
    )


def _one(need_id: UUID) -> Setting:
    view = queries.read_need(context(), need_id)
    back = url_for("participation_pages.need", need_id=need_id)
    wished = {name: getattr(view, name) for name in ("wish", "conditions", "wanted_kind", "district")}
    return Setting(show={**case_frame(view.case_id, tab=TAB), "view": view, "back": back}, initial=wished)


def _trial(need_id: UUID) -> Setting:
    """The places of the wanted kind first; the whole register if none was named."""
    setting = _one(need_id)
    view: NeedView = setting.show["view"]
    return Setting(setting.show, choices={"resource_id": _places(view.wanted_kind)})


def _places(kind: str | None) -> list[Option]:
    book, found, after = house().desk.book(), [], None
    for _ in range(CANDIDATES):
        shown = resources.search(context(), kind=kind, after=after)
        found += [
            Option(str(r.id), f"{r.name}({book.label('district', r.district) or '地区なし'})")
            for r in shown.items
        ]
        after = shown.next
        if after is None:
            break
    return found


def _to_one(view: NeedView, **_: Any) -> str:
    return url_for("participation_pages.need", need_id=view.id)


bp.form(
    "/cases/<uuid:case_id>/participation/new",
    actions.request_support,
    endpoint="request_support",
    title="参加支援の希望を受ける",
    takes=NeedIn,
    prepare=_new,
    then=_to_one,
)
for path, endpoint, title, action, takes, prepare in (
    ("assess", "assess", "希望と条件を確かめる", actions.assess, AssessIn, _one),
    ("match", "match", "マッチングを始める", actions.match, None, _one),
    ("develop", "develop", "合う場がないので、資源を開拓する", actions.develop, None, _one),
    ("trial", "try_out", "体験を始める", actions.try_out, TrialIn, _trial),
    ("place", "place", "利用を始める", actions.place, None, _one),
    ("settle", "settle", "定着支援に進む", actions.settle, None, _one),
    ("settling", "log_settling", "定着支援を記録する", actions.log_settling, SettlingIn, _one),
    ("stabilise", "stabilise", "安定したとする", actions.stabilise, None, _one),
    ("break-off", "break_off", "いったん中断して、合う場を探し直す", actions.break_off, BreakOffIn, _one),
    ("end", "end", "参加支援を終える", actions.end, EndIn, _one),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=prepare,
        then=_to_one,
        button="保存" if takes else "進める",
    )
