"""アウトリーチ in the demo city: finding people, patient visits with every result, and how the new ties settle."""

from __future__ import annotations

from datetime import timedelta

from ..outreach import actions as outreach
from ..outreach.rules import EpisodeDraft, OutreachBasis, SafetyDraft, StepDraft, VisitDraft
from .casefiles import consent_to_conference
from .meetings import Call, meet, towards_meeting
from .staff import BY_LOGIN, COORDINATOR, OUTREACH
from .town import Arc, Days, File, Town

# (method, result) of the visits before somebody was met, in the order in which they went.
BEFORE_MEETING = (
    ("home_visit", "absent"),
    ("letter", "letter_left"),
    ("phone_mail", "no_answer"),
    ("home_visit", "refused"),
    ("home_visit", "family_only"),
)
CONTACTS = (("home_visit", "through_door"), ("home_visit", "brief"), ("home_visit", "met"))
IN_VAIN = (*BEFORE_MEETING[:4], ("home_visit", "absent"), ("letter", "letter_left"))
# How far an episode travels: the moves in their order, named as the flow names them.
PATH = ("prepare", "approach", "relate", "plan", "accompany", "hand_over", "stabilise", "end")


def begin(town: Town, file: File, basis: OutreachBasis) -> None:
    """A coordinator asks a worker to look for the person; what to mind is written first."""
    worker = BY_LOGIN[OUTREACH]
    draft = EpisodeDraft(
        trigger="not_reached",
        basis=basis,
        worker_id=town.staff[OUTREACH],
        worker_agency=worker.agency,
        person_id=file.person,
        background=file.tale.story,
    )
    file.made["episode"] = town.do(COORDINATOR, outreach.start, file.case, draft).id
    safety = SafetyDraft(
        "夕方は落ち着いて話せることが多い。",
        town.day(90),
        by_two=True,
        not_to_do="続けて二度は呼び鈴を鳴らさない。",
    )
    town.do(OUTREACH, outreach.write_safety, file.made["episode"], safety)


def visit(town: Town, file: File, method: str, result: str) -> None:
    draft = VisitDraft(
        at=town.now - timedelta(minutes=20),
        method=method,
        result=result,
        minutes=35,
        by_two=method == "home_visit",
        with_whom="町内会の人" if result == "family_only" else None,
        text="季節の話を書いた手紙を渡した。" if method == "letter" else "声をかけ、次に来る日を伝えた。",
        next_step="同じ曜日の同じ時間に訪ねる",
        next_on=town.day(7),
    )
    town.do(OUTREACH, outreach.visit, file.made["episode"], draft)


def step(town: Town, file: File, move: str) -> None:
    draft = StepDraft(
        reason="本人の様子に合わせて進める。",
        to_agency="community_care_1" if move == "hand_over" else None,
        end_reason="ties_stable" if move == "end" else None,
    )
    town.do(OUTREACH, outreach.step, file.made["episode"], move, draft)


def _as_far_as(last: str | None, *, pause: bool = False) -> Arc:
    """The arc of an episode that comes as far as the move `last`, begun on a 支援会議."""
    moves = PATH[: PATH.index(last) + 1] if last else ()

    def arc(town: Town, files: list[File]) -> Days:
        yield from towards_meeting(town, files)
        yield 1
        yield from meet(town, files, Call())
        yield 3
        for file in files:
            begin(town, file, OutreachBasis.SUPPORT_MEETING)
        for move in moves:
            yield from _before(town, files, move)
            for file in files:
                step(town, file, move)
        if pause:
            yield 7
            for file in files:
                step(town, file, "pause")

    return arc


def _before(town: Town, files: list[File], move: str) -> Days:
    """What has to happen before a move: visits before there is a tie, consent before there is a plan."""
    yield 4
    rounds = {"relate": (*BEFORE_MEETING, *CONTACTS[:1]), "accompany": CONTACTS[1:]}.get(move, ())
    for method, result in rounds:
        for file in files:
            visit(town, file, method, result)
        yield 6
    if move == "plan":
        for file in files:
            consent_to_conference(town, file, by=COORDINATOR)


def approaching(town: Town, files: list[File]) -> Days:
    """Nobody was met yet: absent, letter left, refused, family only are results too."""
    yield from _as_far_as("approach")(town, files)
    for method, result in BEFORE_MEETING:
        yield 7
        for file in files:
            visit(town, file, method, result)


def try_in_vain(town: Town, files: list[File]) -> Days:
    """Attempts of several kinds without an answer, as an interruption needs them."""
    for file in files:
        begin(town, file, OutreachBasis.CONSENT)
        step(town, file, "prepare")
        step(town, file, "approach")
    for method, result in IN_VAIN:
        yield 10
        for file in files:
            visit(town, file, method, result)
    yield 5


ARCS: dict[str, Arc] = {
    "reach_identified": _as_far_as(None),
    "reach_preparing": _as_far_as("prepare"),
    "reach_approaching": approaching,
    "reach_relating": _as_far_as("relate"),
    "reach_planned": _as_far_as("plan"),
    "reach_accompanied": _as_far_as("accompany"),
    "reach_handed_over": _as_far_as("hand_over"),
    "reach_stable": _as_far_as("stabilise"),
    "reach_ended": _as_far_as("end"),
    "reach_paused": _as_far_as("approach", pause=True),
}
