"""Pages of 保存と消去: what is past its years, what is held, what waits for a second person, and the tombstones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ..kernel.book import Option
from ..kernel.errors import NotFound
from ..kernel.wareki import format_wareki
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.request import context
from . import actions, queries, schemas
from .rules import DueLine, ErasureView

bp = PageBlueprint("retention", __name__)


@bp.page("/retention", queries.due_list)
def overview() -> Response:
    """Records past their years, holds in force, and the schedules of the city."""
    plan = {s.code: s for s in queries.schedule(context())}
    due, holds = queries.due_list(context()), queries.holds(context())
    return page("retention/overview.html", due=due, holds=holds, plan=plan)


@bp.page("/erasures", queries.erasures)
def waiting() -> Response:
    """Proposals that wait for a second person."""
    return page("retention/waiting.html", found=queries.erasures(context()))


@bp.page("/tombstones", queries.tombstones)
def tombstones() -> Response:
    """What was erased, and when no copy can bring it back."""
    found = queries.tombstones(context(), after=request.args.get("after") or None)
    return page("retention/tombstones.html", found=found)


def _overview() -> str:
    return url_for("retention_pages.overview")


def _named(kind: str, number: str, more: str) -> str:
    return f"{number}({house().messages.label('record_kind', kind)}、{more})"


def _past() -> Setting:
    lines = queries.due_list(context()).lines
    return Setting(show={"back": _overview()}, choices={"numbers": [_due_option(line) for line in lines]})


def _due_option(line: DueLine) -> Option:
    return Option(line.number, _named(line.kind, line.number, f"{format_wareki(line.due_on)}から消去できる"))


def _back() -> Setting:
    return Setting(show={"back": _overview()})


def _approve() -> Setting:
    """Proposals of others; one's own are not offered, because somebody else decides on them."""
    mine = context().actor.id
    found = [e for e in queries.erasures(context()) if e.proposed_by != mine]
    options = [Option(str(e.id), _named(e.kind, e.number, e.reason or "")) for e in found]
    return Setting(show={"back": url_for("retention_pages.waiting")}, choices={"erasures": options})


def _one(erasure_id: UUID) -> Setting:
    found = next((e for e in queries.erasures(context()) if e.id == erasure_id), None)
    if found is None:
        raise NotFound("erasure", str(erasure_id))
    return Setting(show={"erasure": found, "back": url_for("retention_pages.waiting")})


def _hold(hold_id: UUID) -> Setting:
    found = next((h for h in queries.holds(context()) if h.id == hold_id), None)
    if found is None:
        raise NotFound("retention_hold", str(hold_id))
    return Setting(show={"held": found, "back": _overview()})


def _to_overview(_: Any, **__: Any) -> str:
    return _overview()


def _to_waiting(_: tuple[ErasureView, ...] | ErasureView, **__: Any) -> str:
    return url_for("retention_pages.waiting")


for path, action, endpoint, title, takes, prepare, then, button in (
    (
        "/retention/propose",
        actions.propose,
        "propose",
        "年限を過ぎた記録の消去を提案する",
        schemas.PastIn,
        _past,
        _to_waiting,
        "消去を提案する",
    ),
    (
        "/retention/propose-one",
        actions.propose,
        "propose_one",
        "番号を指定して消去を提案する",
        schemas.SingleIn,
        _back,
        _to_waiting,
        "消去を提案する",
    ),
    (
        "/retention/holds/new",
        actions.hold,
        "hold",
        "消去を保留する",
        schemas.HoldIn,
        _back,
        _to_overview,
        "保留する",
    ),
    (
        "/retention/holds/<uuid:hold_id>/lift",
        actions.lift,
        "lift",
        "保留を終える",
        None,
        _hold,
        _to_overview,
        "保留を終える",
    ),
    (
        "/erasures/approve",
        actions.approve,
        "approve",
        "消去を承認する",
        schemas.DecisionIn,
        _approve,
        _to_waiting,
        "承認して消去する",
    ),
    (
        "/erasures/<uuid:erasure_id>/refuse",
        actions.refuse,
        "refuse",
        "消去を承認しない",
        schemas.RefusalIn,
        _one,
        _to_waiting,
        "承認しない",
    ),
    (
        "/erasures/<uuid:erasure_id>/withdraw",
        actions.withdraw,
        "withdraw",
        "消去の提案を取り下げる",
        None,
        _one,
        _to_waiting,
        "取り下げる",
    ),
):
    bp.form(
        path,
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=prepare,
        then=then,
        template="retention/form.html",
        button=button,
    )
