"""対応事項 across agencies: lists, one item, and its answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.wareki import format_wareki
from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions as do
from .. import queries
from ..rules import ActionState, ActionView
from ..schemas import ActionArgs, ActionDoneIn, MeetingReasonIn, ReassignIn
from .base import ACTION, bp

LISTS = ("mine", "agency", "overdue", "objected", "all")


@bp.page("/action-items", queries.action_items)
def actions() -> Response:
    """対応事項 of one's own, of one's agencies, overdue or objected to."""
    args = arguments(ActionArgs)
    found = queries.action_items(context(), **args)
    show = {name: args[name] for name in ("which", "state", "agency")}
    choices = {"states": list(ActionState), "agencies": house().desk.book().offered("agency")}
    return page("meeting/actions.html", found=found, lists=LISTS, **show, **choices)


@bp.page(ACTION, queries.read_action)
def action(action_id: UUID) -> Response:
    """One 対応事項 with what may be answered."""
    return page("meeting/action.html", view=queries.read_action(context(), action_id))


def _one(action_id: UUID) -> Setting:
    view = queries.read_action(context(), action_id)
    back = url_for("meeting_pages.action", action_id=action_id)
    crumbs = [(url_for("meeting_pages.actions"), "対応事項"), (back, "詳細")]
    about = f"{view.task or '対応事項'}(期限 {format_wareki(view.due_on)})"
    return Setting({"view": view, "back": back, "crumbs": crumbs, "about": about})


def _to_action(view: ActionView, **_: Any) -> str:
    return url_for("meeting_pages.action", action_id=view.id)


for path, title, use_case, takes, button in (
    ("accept", "対応事項を引き受ける", do.accept, None, "引き受ける"),
    ("object", "対応事項に異議を述べる", do.object_, MeetingReasonIn, "異議を述べる"),
    ("done", "対応事項の実施を記録する", do.done, ActionDoneIn, "実施した"),
    ("cancel", "対応事項を取り消す", do.cancel_action, MeetingReasonIn, "取り消す"),
    ("reassign", "対応事項の担当を替える", do.reassign, ReassignIn, "替える"),
):
    bp.form(
        f"{ACTION}/{path}",
        use_case,
        endpoint=f"{path}_action",
        title=title,
        takes=takes,
        template="meeting/form.html",
        prepare=_one,
        then=_to_action,
        button=button,
    )
