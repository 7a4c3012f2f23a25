"""気になる閲覧: what the rules found, and its review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...web.house import house
from ...web.pages import Setting, page
from ...web.pages.blueprint import arguments
from ...web.request import context
from .. import actions, queries
from ..rules.unusual import FindingState, FindingView
from ..schemas import FindingArgs, FindingReviewIn
from .base import bp

ONE = "/oversight/unusual/<uuid:finding_id>"


@bp.page("/oversight/unusual", queries.findings)
def unusual() -> Response:
    """Findings that wait for a review, or those that had theirs."""
    asked = arguments(FindingArgs)
    return page(
        "oversight/unusual.html",
        found=queries.findings(context(), **asked),
        state=asked["state"],
        states=list(FindingState),
    )


@bp.page(ONE, queries.finding)
def finding(finding_id: UUID) -> Response:
    """One finding and what its review said."""
    return page("oversight/finding.html", view=queries.finding(context(), finding_id))


def _one(finding_id: UUID) -> Setting:
    view = queries.finding(context(), finding_id)
    about = f"{house().messages.label('unusual_rule', view.rule.value)}({_name(view.actor_id)})"
    back = url_for("oversight_pages.finding", finding_id=finding_id)
    return Setting(show={"about": about, "back": back}, version=view.version)


def _name(staff_id: UUID) -> str:
    return house().desk.book().label("staff", str(staff_id))


def _scanning(**_: Any) -> Setting:
    about = "昨日と今日の閲覧を、いま調べます。毎晩、同じことが自動で行われます。"
    return Setting(show={"about": about, "back": url_for("oversight_pages.unusual")})


def _to_list(_: Any, **__: Any) -> str:
    return url_for("oversight_pages.unusual")


def _to_one(view: FindingView, **_: Any) -> str:
    return url_for("oversight_pages.finding", finding_id=view.id)


bp.form(
    "/oversight/unusual/scan",
    actions.scan,
    endpoint="scan",
    title="気になる閲覧を調べる",
    prepare=_scanning,
    then=_to_list,
    button="調べる",
)
bp.form(
    f"{ONE}/review",
    actions.review,
    endpoint="review",
    title="気になる閲覧の確認を書く",
    takes=FindingReviewIn,
    prepare=_one,
    then=_to_one,
    button="確認を記録する",
)
