"""Every way a reception goes on, as forms: screen, answer, keep, consent, emergency, merge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from ...kernel.errors import TooMany
from ...kernel.wareki import format_wareki
from ...web.house import house
from ...web.pages import Setting
from ...web.pages.frame import has
from ...web.request import context
from .. import actions, queries, schemas
from ..rules import IntakeView, MergeLine
from .base import bp
from .receive import to_intake
from .shapes import MergeInto

ONE = "/intakes/<uuid:intake_id>"


def _about(intake_id: UUID) -> Setting:
    view = queries.read(context(), intake_id)
    return Setting(show={"view": view, "back": url_for("intake_pages.intake", intake_id=intake_id)})


def _emergency(intake_id: UUID) -> Setting:
    """An emergency is recorded also when no more records may be opened this hour: then without the reception."""
    try:
        return _about(intake_id)
    except TooMany as limit:
        return Setting(
            show={"about": house().messages.error(limit.code), "back": url_for("intake_pages.listing")}
        )


def _consent(intake_id: UUID) -> Setting:
    shown = _about(intake_id).show
    return Setting(
        show=shown, initial={"given_on": format_wareki(context().today), "purpose": "referral_sharing"}
    )


def _number(intake_id: UUID) -> Setting:
    """Who merges does not read the reception: its number is enough."""
    book, lines = house().desk.book(), queries.mergeable(context(), only=intake_id).items
    about = "、".join(
        f"受付 {n.number}({format_wareki(n.received_on)}、{book.label('window', n.window)})" for n in lines
    )
    return Setting(show={"back": url_for("intake_pages.duplicates"), "about": about})


def _to_case(view: IntakeView, **_: Any) -> str:
    """On to the case that was opened, if the file is there to be seen."""
    if view.case_id is not None and has("cases_pages.case"):
        return url_for("cases_pages.case", case_id=view.case_id)
    return to_intake(view)


def _to_duplicates(_: MergeLine, **__: Any) -> str:
    return url_for("intake_pages.duplicates")


for path, action, endpoint, title, takes, prepare, then, button in (
    ("screen", actions.screen, "screen", "振り分けを始める", None, _about, to_intake, "始める"),
    ("take-over", actions.take_over, "take_over", "担当を引き受ける", None, _about, to_intake, "引き受ける"),
    (
        "answer",
        actions.answer,
        "answer",
        "その場で回答して終える",
        schemas.IntakeAnswerIn,
        _about,
        to_intake,
        "回答を記録する",
    ),
    ("keep", actions.keep, "keep", "自分の課で支援を続ける", None, _about, _to_case, "ケースを開く"),
    (
        "seek-consent",
        actions.seek_consent,
        "seek_consent",
        "同意の確認を続ける",
        schemas.IntakeSeekConsentIn,
        _about,
        to_intake,
        "記録する",
    ),
    (
        "consent",
        actions.give_consent,
        "consent",
        "本人の同意を記録する",
        schemas.ReceptionConsentIn,
        _consent,
        to_intake,
        "同意を記録する",
    ),
    (
        "emergency",
        actions.emergency,
        "emergency",
        "緊急の対応を記録する",
        schemas.IntakeEmergencyIn,
        _emergency,
        _to_case,
        "緊急対応を記録する",
    ),
    (
        "merge",
        actions.merge_numbered,
        "merge",
        "重複した受付をまとめる",
        MergeInto,
        _number,
        _to_duplicates,
        "まとめる",
    ),
    (
        "unmerge",
        actions.unmerge,
        "unmerge",
        "まとめた受付を元に戻す",
        None,
        _number,
        _to_duplicates,
        "元に戻す",
    ),
):
    bp.form(
        f"{ONE}/{path}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=prepare,
        then=then,
        template="intake/consent.html" if endpoint == "consent" else "intake/move.html",
        button=button,
    )
