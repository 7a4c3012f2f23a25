"""Pages of 開示請求: the list, the worksheet piece by piece, the review, and what was handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for

from ..kernel.errors import NotFound
from ..kernel.wareki import format_wareki
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.paper import drawn
from ..web.request import context
from . import actions, queries, schemas
from .rules import CopyFormat, Giving, Record, RequestView

bp = PageBlueprint("disclosure", __name__)
ONE = "/disclosure-requests/<uuid:request_id>"
TYPES = {CopyFormat.PDF: "application/pdf", CopyFormat.JSON: "application/json"}


def paper(record: Record) -> bytes:
    """The record on A4 sheets."""
    return drawn(render_template("disclosure/record.html", record=record))


actions.DRAWERS[CopyFormat.PDF] = paper


@bp.page("/disclosure-requests", queries.requests)
def listing() -> Response:
    """The requests of one's office, or those that wait for one's review."""
    found = queries.requests(context(), after=request.args.get("after") or None)
    return page("disclosure/listing.html", found=found)


@bp.page(ONE, queries.read_request)
def one(request_id: UUID) -> Response:
    """A request: every piece of the record with proposal and decision, and the ledger."""
    return page("disclosure/request.html", view=queries.read_request(context(), request_id))


@bp.page("/disclosure-givings/<uuid:giving_id>/file", queries.read_copy)
def file(giving_id: UUID) -> Response:
    """The file of a line of the ledger; its name says the number and nothing else."""
    found = queries.read_copy(context(), giving_id)
    answer = Response(found.body, mimetype=TYPES[found.format])
    name = f"{found.number}.{found.format.value}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _back(request_id: UUID) -> str:
    return url_for("disclosure_pages.one", request_id=request_id)


def _to_request(view: RequestView, **_: Any) -> str:
    return _back(view.id)


def _to_list(_: RequestView, **__: Any) -> str:
    return url_for("disclosure_pages.listing")


def _register() -> Setting:
    show = {"back": url_for("disclosure_pages.listing")}
    return Setting(show=show, initial={"received_on": format_wareki(context().today)})


def _of(request_id: UUID) -> Setting:
    """What stands above a form about a request."""
    view = queries.read_request(context(), request_id)
    return Setting(show={"view": view, "back": _back(request_id)})


def _part(request_id: UUID, part_id: UUID) -> Setting:
    view = queries.read_request(context(), request_id)
    part = next((p for p in view.parts if p.id == part_id), None)
    if part is None:
        raise NotFound("disclosure_part", str(part_id))
    initial: dict[str, Any] = {"verdict": part.verdict, "reason": part.reason or part.proposed_reason}
    if part.verdict is not None:
        initial = {"verdict": part.verdict, "reason": part.reason, "passages": part.passages}
        initial["remark"] = part.remark
    return Setting(show={"view": view, "part": part, "back": _back(request_id)}, initial=initial)


def _again(giving_id: UUID) -> Setting:
    return Setting(show={"back": url_for("disclosure_pages.listing"), "giving_id": giving_id})


def _given(_: Giving, **ids: Any) -> str:
    if "request_id" in ids:
        return _back(ids["request_id"])
    return url_for("disclosure_pages.listing")


bp.form(
    "/disclosure-requests/new",
    actions.register,
    endpoint="register",
    title="開示請求を登録する",
    takes=schemas.RegisterIn,
    prepare=_register,
    then=_to_request,
    template="disclosure/register.html",
    button="登録して記録を開く",
)
bp.form(
    f"{ONE}/parts/<uuid:part_id>",
    actions.decide,
    endpoint="decide",
    title="開示するかどうかを決める",
    takes=schemas.PartIn,
    prepare=_part,
    then=_to_request,
    template="disclosure/part.html",
    button="決める",
)
FORMS: tuple[tuple[str, Any, Any, str, str], ...] = (
    ("accept_proposals", actions.accept_proposals, None, "提案どおりに決める", "提案どおりに決める"),
    ("extend", actions.extend, schemas.ExtensionIn, "開示決定の期限を延ばす", "30日延ばす"),
    ("submit", actions.submit, None, "審査に出す", "審査に出す"),
    ("send_back", actions.send_back, schemas.ReturnIn, "検討に戻す", "検討に戻す"),
    ("approve", actions.approve, None, "開示決定を承認する", "承認する"),
    ("withdraw", actions.withdraw, None, "開示請求の取下げを記録する", "取下げを記録する"),
    ("close", actions.close, None, "開示請求を終了する", "終了する"),
)
for endpoint, action, takes, title, button in FORMS:
    bp.form(
        f"{ONE}/{endpoint.replace('_', '-')}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=_of,
        then=_to_list if endpoint in ("send_back", "approve") else _to_request,
        template="disclosure/act.html",
        button=button,
    )
bp.form(
    f"{ONE}/export",
    actions.export,
    endpoint="export",
    title="開示する写しを作って渡す",
    takes=schemas.ExportIn,
    prepare=_of,
    then=_given,
    template="disclosure/act.html",
    button="写しを作る",
)
bp.form(
    "/disclosure-givings/<uuid:giving_id>/again",
    actions.give_again,
    endpoint="again",
    title="同じ写しをもう一度渡す",
    takes=schemas.GivingIn,
    prepare=_again,
    then=_given,
    button="渡したことを記録する",
)
