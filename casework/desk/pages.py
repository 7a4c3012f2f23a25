"""Pages of 机: 今日, and what every page asks of the house."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from flask import Response, url_for

from ..accounts import queries as accounts
from ..kernel.actor import Permission as P
from ..kernel.book import Book
from ..kernel.errors import NotFound
from ..settings import bundled_path
from ..usecase import Unreadable
from ..web.pages import PageBlueprint, Place, Proofs, StoredText, page
from ..web.pages.frame import can, has
from ..web.request import context
from . import actions, queries
from .queries.manual import COMMON, chapters
from .rules import Pile, UnsentLine
from .schemas import form_at

bp = PageBlueprint("desk", __name__)

KEPT = 60.0  # seconds that labels stay in memory
PLACES = (
    ("desk_pages.today", "今日", P.SESSION_OWN),
    ("intake_pages.listing", "受付", P.INTAKE_READ),
    ("intake_pages.answered", "回答の確認", P.INTAKE_REVIEW),
    ("people_pages.search", "人を探す", P.PERSON_SEARCH),
    ("cases_pages.listing", "ケース", P.CASE_LIST),
    ("referral_pages.listing", "つなぎ", P.REFERRAL_READ),
    ("meeting_pages.calendar", "会議", P.MEETING_RUN),
    ("meeting_pages.my_items", "招集された議題", P.SECRECY_CONFIRM),
    ("meeting_pages.actions", "対応事項", P.ACTION_READ),
    ("outreach_pages.listing", "アウトリーチ", P.OUTREACH_READ),
    ("participation_pages.listing", "参加支援", P.PARTICIPATION_READ),
    ("resources_pages.listing", "社会資源", P.RESOURCE_READ),
    ("documents_pages.listing", "印刷", P.DOCUMENT_PRINT),
    ("people_pages.releases", "開示の申請", P.PROTECTION_RELEASE),
    ("cases_pages.all_grants", "閲覧の許可", P.CASE_GRANT),
    ("cases_pages.emergencies", "緊急閲覧", P.EMERGENCY_READ),
    ("disclosure_pages.listing", "開示請求", P.DISCLOSURE_READ),
    ("retention_pages.overview", "保存と消去", P.RETENTION_READ),
    ("retention_pages.waiting", "消去の審査", P.ERASURE_DECIDE),
    ("people_pages.protections", "保護", P.PROTECTION_REVIEW),
    ("people_pages.conflicts", "利益相反", P.CONFLICT_MANAGE),
    ("statistics_pages.operations", "仕事の状況", P.OPERATIONS_READ),
    ("statistics_pages.overview", "統計", P.STATISTICS_READ),
    ("statistics_pages.official", "国への報告", P.STATISTICS_REPORT),
    ("statistics_pages.evaluation", "計画の評価", P.EVALUATION_REPORT),
    ("oversight_pages.seen", "だれが見たか", P.AUDIT_READ),
    ("oversight_pages.unusual", "気になる閲覧", P.ACCESS_REVIEW),
    ("oversight_pages.checkpoints", "証跡の控え", P.AUDIT_VERIFY),
    ("accounts_pages.staff", "職員", P.ACCOUNT_READ),
    ("accounts_pages.changes", "権限の変更", P.ACCOUNT_APPROVE),
    ("agencies_pages.directory", "機関・窓口", P.DIRECTORY_MANAGE),
    ("agencies_pages.codes", "コード表", P.CODE_MANAGE),
    ("custody_pages.keys", "鍵", P.KEYS_READ),
)
# Pages of a meeting under another address: whoever runs the meeting finds them under 会議.
ALSO_UNDER = (("/agenda/", "meeting_pages.calendar", P.MEETING_RUN),)
# Where a pile of 今日 leads: endpoint and query. Its name stands in the messages (labels.pile).
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "referrals_waiting": ("referral_pages.listing", {"which": "inbox"}),
    "actions_waiting": ("meeting_pages.actions", {"which": "mine"}),
    "actions_late": ("meeting_pages.actions", {"which": "overdue"}),
    "contact_due": ("cases_pages.worklist", {"name": "contact_due"}),
    "reviews_due": ("plan_pages.reviews", {}),
    "meetings_week": ("meeting_pages.calendar", {}),
    "intakes_open": ("intake_pages.listing", {"which": "mine"}),
    "handed_over": ("cases_pages.listing", {"scope": "own"}),
    "referrals_late": ("referral_pages.overdue", {}),
    "without_lead": ("cases_pages.worklist", {"name": "without_lead"}),
    "unseen_by_owner": ("cases_pages.worklist", {"name": "unseen_by_owner"}),
    "intakes_unseen": ("intake_pages.listing", {"which": "unseen"}),
    "owners_in_conflict": ("oversight_pages.unseen", {}),
    "owners_unnamed": ("oversight_pages.unseen", {}),
    "no_contact": ("cases_pages.worklist", {"name": "no_contact"}),
    "to_be_approved": ("cases_pages.worklist", {"name": "to_be_approved"}),
    "in_danger": ("cases_pages.worklist", {"name": "in_danger"}),
    "without_place": ("participation_pages.without_place", {}),
    "releases_waiting": ("people_pages.releases", {}),
    "unusual_access": ("oversight_pages.unusual", {}),
    "account_notices": ("accounts_pages.account", {}),
    "transfers_stuck": ("accounts_pages.transfers", {}),
    "changes_waiting": ("accounts_pages.changes", {}),
    "emergency_notices": ("cases_pages.emergencies", {}),
    "emergency_reviews": ("cases_pages.emergencies", {"which": "waiting"}),
    "emergency_alarms": ("cases_pages.emergencies", {"which": "waiting"}),
    "emergency_late": ("cases_pages.emergencies", {"which": "late"}),
    "disclosures_due": ("disclosure_pages.listing", {}),
    "disclosures_to_review": ("disclosure_pages.listing", {}),
    "erasures_waiting": ("retention_pages.waiting", {}),
    "protections_ending": ("people_pages.protections", {}),
}


class RoofDesk:
    """The desk of casework.web.pages: it asks the houses on behalf of the person who is signed in."""

    def __init__(self) -> None:
        self._book: tuple[float, Book] | None = None

    def book(self) -> Book:
        if self._book is None or monotonic() - self._book[0] > KEPT:
            self._book = (monotonic(), queries.book(context()))
        return self._book[1]

    def refresh(self) -> None:
        """Read the labels again at the next page: somebody changed them here."""
        self._book = None

    def stored(self, form: str, wanted: str = "") -> StoredText:
        found = queries.unsent(context(), form, wanted)
        others = tuple((other.mark, other.saved_at) for other in found.others)
        if found.line is None:
            return StoredText((), None, "", others)
        if isinstance(found.content, Unreadable):  # what is typed now is kept beside it
            return StoredText(others=others, unreadable=True)
        pairs = json.loads(found.content or "[]")
        kept = tuple((str(name), str(value)) for name, value in pairs)
        return StoredText(kept, found.line.saved_at, found.line.mark, others)

    def discard(self, form: str, mark: str) -> None:
        actions.forget(context(), form, mark)

    def proofs(self) -> Proofs:
        kinds = accounts.own_kinds(context())
        return Proofs(kinds.totp, kinds.passkey)

    def navigation(self, path: str) -> Sequence[Place]:
        for prefix, endpoint, need in ALSO_UNDER:
            if path.startswith(prefix) and has(endpoint) and can(need):
                path = url_for(endpoint)
        links = [(url_for(endpoint), name) for endpoint, name, need in PLACES if has(endpoint) and can(need)]
        under = max(
            (href for href, _ in links if path == href or (href != "/" and path.startswith(href))),
            key=len,
            default="",
        )
        return [Place(href, name, href == under) for href, name in links]


@dataclass(frozen=True, slots=True)
class Begun:
    """A form that waits to be finished."""

    href: str
    title: str
    saved_at: datetime


@bp.page("/", queries.today)
def today() -> Response:
    """今日: what waits for the person, each pile with its list."""
    piles = [(pile, _list_of(pile)) for pile in queries.today(context()) if pile.name in LISTS]
    unsent = [begun for line in queries.all_unsent(context()) if (begun := _begun(line))]
    waiting = [(pile, href) for pile, href in piles if href and pile.count]
    nothing = [(pile, href) for pile, href in piles if href and not pile.count]
    return page("desk/today.html", waiting=waiting, nothing=nothing, unsent=unsent)


@bp.page("/manual/<name>", queries.book)
def manual(name: str) -> Response:
    """操作の手引き: the chapter of a role, with those of one's own roles beside it."""
    all_chapters = chapters(bundled_path("config") / "manual")
    if name not in all_chapters:
        raise NotFound("manual")
    mine = context().actor.roles
    shown = [c for c in all_chapters.values() if c.name in (COMMON, name) or c.roles & mine]
    return page("desk/manual.html", chapter=all_chapters[name], shown=shown)


def _list_of(pile: Pile) -> str:
    endpoint, args = LISTS[pile.name]
    values: dict[str, Any] = dict(args)
    return url_for(endpoint, **values) if has(endpoint) else ""


def _begun(line: UnsentLine) -> Begun | None:
    """The form's name; None if the page is gone, or closed to the person's present roles."""
    form, ctx = form_at(line.form), context()
    if form is None or not ctx.policy.ever(ctx.actor, form.action.use_case.permission):
        return None
    return Begun(f"{line.form}?draft={line.mark}", form.title, line.saved_at)
