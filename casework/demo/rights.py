"""Rights in the demo city: an emergency access that was reviewed, one that runs, and a change that waits for two."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..cases import actions as cases
from ..cases import queries
from ..cases.rules import EmergencyDraft, EmergencyView, ReviewDraft, Verdict
from ..kernel.errors import NotFound, Refused
from .staff import PRIVACY, counselor
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


def _open(town: Town, owner: str, who: str, category: str, reason: str) -> EmergencyView:
    """The first case of the owner that the other does not see anyway."""
    for line in town.do(owner, queries.mine_open).items:
        try:
            return town.do(who, cases.open_emergency, EmergencyDraft(line.number, category, reason, 4))
        except (NotFound, Refused):
            continue
    raise CityFault(f"{who} sees every case of {owner}")
