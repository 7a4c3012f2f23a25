"""共有記録: alerts, and what was told outside the division, to whom and on what ground."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from ...kernel.book import Option
from ...kernel.errors import TooMany
from ...kernel.wareki import format_wareki
from ...web.house import house
from ...web.pages import Setting, page
from ...web.request import context
from .. import actions, queries, schemas
from ..queries.page import ConsentLine
from ..rules import CONSENT_PREFIX, EMERGENCY
from .base import CASE, bp, case_frame, frame_of


@bp.page(f"{CASE}/sharing", queries.disclosures)
def sharing(case_id: UUID) -> Response:
    """Alerts, disclosures and emergency accesses of the case, newest first."""
    alerts = queries.alerts(context(), case_id)
    told = queries.disclosures(context(), case_id)
    opened = queries.emergencies_of(context(), case_id)
    frame = case_frame(case_id)
    return page("cases/sharing.html", **frame, title="共有記録", alerts=alerts, told=told, opened=opened)


def _alert(case_id: UUID) -> Setting:
    """Danger can be told also when no more records may be opened this hour: then without the case around it."""
    try:
        return Setting(show=case_frame(case_id))
    except TooMany as limit:
        return Setting(show={"about": house().messages.error(limit.code)})


def _disclose(case_id: UUID) -> Setting:
    """Only grounds that hold today are offered: consents in force, and an emergency that is recorded."""
    view = queries.read_page(context(), case_id)
    say = house().messages.label
    names = {p.person_id: p.name or "氏名なし" for p in view.case.people}
    subjects = {p.person_id for p in view.case.people if p.role == "subject"}
    grounds = [
        Option(f"{CONSENT_PREFIX}{c.thread_id}", _consent(c, names[c.person_id]))
        for c in view.consents
        if c.in_force and c.person_id in subjects
    ]
    if view.case.danger:
        grounds.append(Option(EMERGENCY, say("disclosure_ground", EMERGENCY)))
    channels = [Option(c, say("disclosure_channel", c)) for c in ("liaison", "host", "notice", "referral")]
    return Setting(
        show=frame_of(view.case) | {"back": _back(case_id)},
        choices={"ground": grounds, "channel": channels},
    )


def _consent(line: ConsentLine, name: str) -> str:
    purpose = house().desk.book().label("consent_purpose", line.row.purpose)
    since = "" if line.row.given_on is None else f"({format_wareki(line.row.given_on)})"
    return f"{name}の同意: {purpose}{since}"


def _back(case_id: UUID) -> str:
    return url_for("cases_pages.sharing", case_id=case_id)


def _to_sharing(_: Any, case_id: UUID, **__: Any) -> str:
    return _back(case_id)


bp.form(
    f"{CASE}/alerts/new",
    actions.raise_alert,
    endpoint="raise_alert",
    title="危険(虐待・生命)を記録する",
    takes=schemas.AlertIn,
    prepare=_alert,
    then=_to_sharing,
    template="cases/move.html",
    button="危険を記録する",
)
bp.form(
    f"{CASE}/disclosures/new",
    actions.disclose,
    endpoint="disclose",
    title="ほかの機関に伝えたことを記録する",
    takes=schemas.DisclosureIn,
    prepare=_disclose,
    then=_to_sharing,
    template="cases/move.html",
    button="共有を記録する",
)
