"""開示請求 and 保存と消去 in the demo city: a request at each step, and old consultations past their years."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from ..cases import queries as cases
from ..disclosure import actions as disclosure
from ..disclosure.rules import CopyFormat, ExportDraft, PartDraft, PartVerdict, RegisterDraft
from ..intake import actions as intake
from ..intake.rules import AnswerDraft, IntakeDraft, ReceptionConsent, TopicDraft
from ..kernel.wareki import parse_partial
from ..people.rules import PersonDraft
from ..retention import actions as retention
from ..retention import queries as due
from ..retention.rules import BY_SCHEDULE, DecisionDraft, HoldDraft, ProposalDraft, RefusalDraft
from .staff import COORDINATOR, PRIVACY, SECOND_PRIVACY, counselor
from .table import homes
from .town import Days, Town

CALLERS = ("見本 電話", "例示 案内", "架空 道順", "仮名 時間", "試作 様式")
REASON = "保存年限を過ぎ、続きの相談がない。"


def old_consultations(town: Town) -> Days:
    """In the city's first weeks people asked short questions and were answered; their years are over by now."""
    holder = counselor("shakyo")
    for caller in CALLERS:
        draft = IntakeDraft(
            window="nandemo",
            topics=(TopicDraft("community", True),),
            consent=ReceptionConsent.NOT_ASKED,
            person=PersonDraft(name=caller, birth=parse_partial("1950")),
            narrative="窓口の開いている時間と、持ち物を尋ねられた。",
        )
        made = town.do(holder, intake.receive, draft)
        answer = AnswerDraft("information_given", "none_needed", "時間と持ち物を案内した。")
        town.do(holder, intake.answer, made.id, answer)
        yield 2


def office(town: Town) -> None:
    """What the two privacy officers have on their desk today: requests and erasures at every step."""
    _answer(town)
    lines = town.do(PRIVACY, due.due_list).lines
    held, gone, other, mine = (line.number for line in lines[:4])
    end = town.day(180)
    town.do(PRIVACY, retention.hold, HoldDraft(held, "同じ日の応対について審査請求が続いている。", end))
    town.do(PRIVACY, retention.approve, DecisionDraft((_proposed(town, SECOND_PRIVACY, gone),)))
    town.do(
        PRIVACY, retention.refuse, _proposed(town, SECOND_PRIVACY, other), RefusalDraft("担当課に確かめる。")
    )
    town.do(SECOND_PRIVACY, retention.withdraw, _proposed(town, SECOND_PRIVACY, other))
    _proposed(town, SECOND_PRIVACY, other)
    _proposed(town, PRIVACY, mine)


def _proposed(town: Town, officer: str, number: str) -> UUID:
    return town.do(officer, retention.propose, ProposalDraft((number,), BY_SCHEDULE, REASON))[0].id


def _answer(town: Town) -> None:
    """Requests of the last weeks, each left at another step; the newest was only just taken down."""
    for n, (officer, steps) in enumerate(REQUESTS):
        request = _registered(town, officer, n)
        for step in steps:
            step(town, officer, request)


def _registered(town: Town, officer: str, n: int) -> UUID:
    """A resident of a case of their own asks, with a paper that names them."""
    years = {m.name: m.year for home in homes() for m in home.members if m.name and m.year}
    lines = town.do(COORDINATOR, cases.list_cases).items
    found = [line for line in lines if len(line.names) == 1 and line.names[0] in years]
    line = found[n % len(found)]
    draft = RegisterDraft(
        name=line.names[0],
        birth=parse_partial(f"{years[line.names[0]]}-04-02"),
        requester="person",
        identity_check="my_number_card",
        received_on=town.today - timedelta(days=24 - n),
        case_number=line.number,
    )
    return town.do(officer, disclosure.register, draft).id


def _decide(town: Town, officer: str, request: UUID) -> None:
    view = town.do(officer, disclosure.accept_proposals, request)
    for part in view.parts:
        if part.verdict is None:
            draft = PartDraft(PartVerdict.WITHHOLD, part.proposed_reason)
            town.do(officer, disclosure.decide, request, part.id, draft)


def _submit(town: Town, officer: str, request: UUID) -> None:
    town.do(officer, disclosure.submit, request)


def _approve(town: Town, officer: str, request: UUID) -> None:
    town.do(PRIVACY if officer == SECOND_PRIVACY else SECOND_PRIVACY, disclosure.approve, request)


def _give(town: Town, officer: str, request: UUID) -> None:
    copy = ExportDraft(CopyFormat.JSON, "請求者本人", "electronic_medium")
    town.do(officer, disclosure.export, request, copy)


def _close(town: Town, officer: str, request: UUID) -> None:
    town.do(officer, disclosure.close, request)


def _withdraw(town: Town, officer: str, request: UUID) -> None:
    town.do(officer, disclosure.withdraw, request)


Step = Callable[[Town, str, UUID], None]
REQUESTS: tuple[tuple[str, tuple[Step, ...]], ...] = (
    (SECOND_PRIVACY, (_decide, _submit, _approve, _give, _close)),
    (SECOND_PRIVACY, (_withdraw,)),
    (SECOND_PRIVACY, (_decide, _submit, _approve, _give)),
    (SECOND_PRIVACY, (_decide, _submit, _approve)),
    (SECOND_PRIVACY, (_decide, _submit)),
    (PRIVACY, (_decide,)),
    (PRIVACY, ()),
)
