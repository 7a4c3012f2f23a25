"""Rights in the demo city: emergency accesses, a grant, a change that waits for two, and a transfer to come."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..accounts import actions as accounts
from ..accounts.rules import RoleDraft
from ..cases import actions as cases
from ..cases import queries
from ..cases.rules import EmergencyDraft, EmergencyView, GrantDraft, ReviewDraft, Verdict
from ..kernel.actor import Role
from ..kernel.errors import NotFound, Refused
from ..people import actions as people
from ..people.rules.relations import DeclarationDraft
from .staff import BY_LOGIN, PRIVACY, SUPERVISOR, counselor
from .town import CityFault, Town

LATELY = timedelta(minutes=20)  # before the city is looked at


def reviewed_emergency(town: Town) -> None:
    """A colleague opened a case at night; the review found that it was right."""
    reason = "本人から「もう終わりにしたい」と電話があり、担当者につながらなかったため。"
    opened = _open(town, counselor("shakyo"), counselor("korei_ikiiki"), "suicide", reason)
    town.clock.move(timedelta(hours=2))
    town.do(PRIVACY, cases.review_emergency, opened.id, ReviewDraft(Verdict.JUSTIFIED))


def running_emergency(town: Town, end: datetime) -> None:
    """One that is still open when somebody looks at the city."""
    town.clock.set(max(town.now, end - LATELY))
    reason = "警察から安否の照会があり、緊急の連絡先を確かめるため。"
    _open(town, counselor("chiiki_kyosei"), counselor("shakyo"), "life", reason)


def grant(town: Town) -> None:
    """A 管理職 may read one case for some weeks."""
    line = town.do(counselor("shakyo"), queries.mine_open).items[0]
    ends = town.now + timedelta(days=30)
    draft = GrantDraft(
        town.staff[SUPERVISOR], BY_LOGIN[SUPERVISOR].agency, "supervision", "苦情の確認のため。", ends
    )
    town.do(PRIVACY, cases.grant_access, line.id, draft)


def kin(town: Town) -> None:
    """A colleague of another division declares somebody of the same name as a resident: a namesake, or a relation."""
    names = [name for line in town.do(counselor("shakyo"), queries.mine_open).items for name in line.names]
    town.do(counselor("shimin_kenko"), people.declare, DeclarationDraft("relation", names[-1]))


def to_come(town: Town, administrator: str) -> None:
    """What an administrator asked for today: a role for a colleague, and a colleague's transfer in spring."""
    role = RoleDraft(Role.OUTREACH_WORKER, "korei_ikiiki")
    town.do(administrator, accounts.add_role, town.staff[counselor("korei_ikiiki")], role)
    leaver, heir, on = counselor("toshi_seibi"), counselor("shakyo"), town.day(120)
    sheet = f"職員番号,異動区分,新所属,引継先,発効日\r\n{leaver},異動,fukushi_somu,{heir},{on}\r\n"
    town.do(administrator, accounts.apply_transfers, sheet.encode())


def _open(town: Town, owner: str, who: str, category: str, reason: str) -> EmergencyView:
    """The first case of the owner that the other does not see anyway."""
    for line in town.do(owner, queries.mine_open).items:
        try:
            return town.do(who, cases.open_emergency, EmergencyDraft(line.number, category, reason, 4))
        except (NotFound, Refused):
            continue
    raise CityFault(f"{who} sees every case of {owner}")
