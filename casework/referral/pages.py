"""Pages of つなぎ: send, answer, the lists of both sides, and the board that says who holds what since when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, url_for

from ..cases import queries as cases
from ..cases.pages.base import frame_of
from ..cases.rules import CaseView, ConsentView
from ..intake import queries as intakes
from ..kernel.book import Option
from ..kernel.clock import tokyo_date
from ..kernel.errors import NotAllowed, NotFound
from ..kernel.ids import new_id
from ..kernel.wareki import format_wareki
from ..kernel.withheld import Withheld
from ..usecase import Page
from ..web.house import house
from ..web.pages import PageBlueprint, Setting, page
from ..web.pages.blueprint import arguments
from ..web.pages.frame import can, has
from ..web.request import context
from ..web.schema import PageArgs
from . import actions, queries, schemas
from .rules import GROUND_OF_CONSENT, PURPOSE, ReferralLine, ReferralView

bp = PageBlueprint("referral", __name__)
ONE = "/referrals/<uuid:referral_id>"
PIECE = 60  # characters of a note's piece in the list to choose from


@bp.page("/referrals", queries.listing)
def listing() -> Response:
    """What was sent to my agency and awaits or keeps it, or what my agency sent."""
    args = arguments(schemas.ReferralArgs)
    lines = queries.listing(context(), **args)
    show = {"which": args["which"], "state": args["state"], "states": schemas.STATES}
    return page("referral/listing.html", lines=lines, **show)


@bp.page("/referrals/board", queries.board)
def board() -> Response:
    """Who holds what since when: everything open, or everything returned."""
    args = arguments(schemas.ReferralBoardArgs)
    lines = queries.board(context(), **args)
    return page("referral/board.html", lines=lines, days=_days(lines), which=args["which"])


@bp.page("/referrals/overdue", queries.overdue)
def overdue() -> Response:
    """Referrals that nobody acknowledged in time, for supervisors of both sides and coordinators."""
    return page("referral/overdue.html", lines=queries.overdue(context(), **arguments(PageArgs)))


@bp.page(ONE, queries.read)
def referral(referral_id: UUID) -> Response:
    """One referral: what was asked, what was told, the receiver's answer, and what may be done now."""
    view = queries.read(context(), referral_id)
    return page("referral/referral.html", view=view, key=new_id().hex, sees_case=_sees_case(view))


def _days(lines: Page[ReferralLine]) -> dict[UUID, int]:
    """Days since each was sent."""
    today = context().today
    return {line.id: (today - tokyo_date(line.sent_at)).days for line in lines.items}


def _sees_case(view: ReferralView) -> bool:
    """Whether a link to the case leads anywhere: who owns it, or watches all referred ones."""
    actor = context().actor
    owns = view.owner_agency in actor.agencies and can("case.read")
    return has("cases_pages.case") and (owns or (can("referral.watch") and can("case.read")))


# -- sending -----------------------------------------------------------------------------------------


def _send(case_id: UUID) -> Setting:
    case = cases.read_case(context(), case_id)
    return Setting(
        show={**frame_of(case), "consents": _consents(case)},
        initial={"with_consent": False} if not can("consent.read") else {},
        choices={**_choices(case.owner_agency), "segments": _pieces(case_id)},
    )


def _refer(intake_id: UUID) -> Setting:
    """What was said at the window is asked once: it stands in the form already (I28)."""
    view = intakes.read(context(), intake_id)
    return Setting(
        show={"intake": view, "back": url_for("intake_pages.intake", intake_id=intake_id)},
        initial={
            "with_consent": view.consent == "given",
            "reason": view.narrative,
            "wishes": view.wishes,
            "urgent": view.urgency in ("life", "within_day"),
        },
        choices={**_choices(view.owner_agency), "segments": []},
    )


def _choices(own: str) -> dict[str, list[Option]]:
    """Every agency but the sender's own; every ground but consent, which has a question of its own."""
    book = house().desk.book()
    return {
        "to_agency": [o for o in book.offered("agency") if o.value != own],
        "ground": [o for o in book.offered("sharing_ground") if o.value != GROUND_OF_CONSENT],
    }


def _consents(case: CaseView) -> tuple[tuple[str, ConsentView], ...]:
    """(name, consent) in force for つなぎ of the persons the case is about; nothing for who may not read them."""
    found = []
    for person in case.people if can("consent.read") else ():
        try:
            given = cases.consents(context(), case.id, person.person_id)
        except (NotFound, NotAllowed):
            continue
        name = person.name or "氏名なし"
        found += [(name, c) for c in given if c.newest and c.in_force and c.purpose == PURPOSE]
    return tuple(found)


def _pieces(case_id: UUID) -> Sequence[Option]:
    """Pieces of the newest notes that may go along, by day and first words."""
    try:
        notes = cases.read_notes(context(), case_id, PURPOSE).items if can("note.read") else ()
    except (NotFound, NotAllowed):
        return ()
    pieces = [(note.happened_at, piece) for note in notes for piece in note.segments]
    return [
        Option(str(piece.id), f"{format_wareki(tokyo_date(at))} {_short(str(piece.text or ''))}")
        for at, piece in pieces
        if not isinstance(piece.text, Withheld)
    ]


def _short(text: str) -> str:
    return text if len(text) <= PIECE else f"{text[:PIECE]}…"


# -- answering ---------------------------------------------------------------------------------------


def _one(referral_id: UUID) -> Setting:
    view = queries.read(context(), referral_id)
    book = house().desk.book()
    held = book.label("agency", view.to_agency)
    receivers = [o for o in book.offered("staff") if o.group == held]
    passed = {view.from_agency, view.to_agency, *view.path}
    me = str(context().actor.id)
    return Setting(
        show={"view": view, "back": url_for("referral_pages.referral", referral_id=referral_id)},
        initial={"accepted_by": me if me in {o.value for o in receivers} else None},
        choices={
            "accepted_by": [Option(o.value, o.label) for o in receivers],
            "to_agency": [o for o in book.offered("agency") if o.value not in passed],
        },
    )


def _to_one(view: ReferralView, **_: Any) -> str:
    return url_for("referral_pages.referral", referral_id=view.id)


def _to_inbox(_: ReferralView, **__: Any) -> str:
    """A referral that was returned or passed on is not the receiver's to see any more."""
    return url_for("referral_pages.listing")


bp.form(
    "/cases/<uuid:case_id>/referrals/new",
    actions.send,
    endpoint="send",
    title="ほかの機関へつなぐ",
    takes=schemas.ReferralIn,
    prepare=_send,
    then=_to_one,
    template="referral/send.html",
    button="つなぎを送る",
)
bp.form(
    "/intakes/<uuid:intake_id>/refer",
    actions.refer_intake,
    endpoint="refer_intake",
    title="受付をほかの機関へつなぐ",
    takes=schemas.ReferralIn,
    prepare=_refer,
    then=_to_one,
    template="referral/send.html",
    button="つなぎを送る",
)
for action, endpoint, title, takes, then, button in (
    (actions.acknowledge, "acknowledge", "受け取ったことを知らせる", None, _to_one, "知らせる"),
    (actions.accept, "accept", "引き受ける", schemas.ReferralAcceptIn, _to_one, "引き受ける"),
    (actions.return_, "return", "差し戻す", schemas.ReferralReturnIn, _to_inbox, "差し戻す"),
    (actions.forward, "forward", "次の機関へ回す", schemas.ReferralForwardIn, _to_inbox, "次へ回す"),
    (actions.withdraw, "withdraw", "つなぎを取り下げる", None, _to_one, "取り下げる"),
    (
        actions.complete,
        "complete",
        "本人と連絡がとれたことを知らせる",
        schemas.ReferralCompleteIn,
        _to_one,
        "知らせる",
    ),
):
    bp.form(
        f"{ONE}/{endpoint}",
        action,
        endpoint=endpoint,
        title=title,
        takes=takes,
        prepare=_one,
        then=then,
        template="referral/answer.html",
        button=button,
    )
