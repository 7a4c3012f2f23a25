"""異動の日: the transfer list as a file, shown line by line before it is applied, and lines that wait for their day."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from ...kernel.errors import BadInput, NotFound
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import faults_of, to
from ...web.request import context
from .. import actions
from .base import bp


@bp.page("/transfers", actions.planned_transfers)
def transfers() -> Response:
    """Choose the file; below it, what waits for its day."""
    return _start({})


@bp.route("/transfers/preview", methods=["POST"])
def preview_transfers() -> Response:
    """What the chosen file would do, line by line."""
    try:
        data = _chosen()
        view = actions.preview_transfers(context(), data)
    except BadInput as refusal:
        return _start(faults_of(refusal), refusal.status)
    return _lines(view, data, {})


@bp.route("/transfers/apply", methods=["POST"])
def apply_transfers() -> Response:
    """All lines of the file that was shown, or none."""
    try:
        data = b64decode(request.form.get("file", ""), validate=True)
        actions.apply_transfers(context(), data)
    except ValueError:
        return _start(faults_of(BadInput("transfer_encoding", "file")), 422)
    except BadInput as refusal:
        view = actions.preview_transfers(context(), data)
        return _lines(view, data, faults_of(refusal), refusal.status)
    house().desk.refresh()
    return to(url_for("accounts_pages.transfers"))


bp.use_cases["preview_transfers"] = actions.preview_transfers.use_case
bp.use_cases["apply_transfers"] = actions.apply_transfers.use_case


def _chosen() -> bytes:
    sent = request.files.get("file")
    data = b"" if sent is None else sent.read()
    if not data:
        raise BadInput("transfer_file_missing", "file")
    return data


def _start(faults: dict[str, list[str]], status: int = 200) -> Response:
    waiting = actions.planned_transfers(context())
    answer = page(
        "accounts/transfers.html", waiting=waiting, faults=[t for ts in faults.values() for t in ts]
    )
    answer.status_code = status
    return answer


def _lines(view: actions.SheetView, data: bytes, faults: dict[str, list[str]], status: int = 200) -> Response:
    say = house().messages.error
    said = {line.number: [say(f.code, f.facts) for f in line.faults] for line in view.lines}
    answer = page(
        "accounts/transfer_lines.html",
        view=view,
        said=said,
        file=b64encode(data).decode("ascii"),
        faults=[text for texts in faults.values() for text in texts],
    )
    answer.status_code = status
    return answer


def _cancel(transfer_id: UUID) -> Setting:
    found = next((t for t in actions.planned_transfers(context()) if t.id == transfer_id), None)
    if found is None:
        raise NotFound("planned_transfer")
    return Setting(show={"t": found, "back": url_for("accounts_pages.transfers")})


def _to_transfers(_: Any, **__: Any) -> str:
    return url_for("accounts_pages.transfers")


bp.form(
    "/transfers/<uuid:transfer_id>/cancel",
    actions.cancel_transfer,
    endpoint="cancel_transfer",
    title="予定の異動を取り消す",
    prepare=_cancel,
    then=_to_transfers,
    template="accounts/transfer_form.html",
    button="取り消す",
)
