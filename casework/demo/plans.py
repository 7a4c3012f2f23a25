"""支援プラン in the demo city: drafted, explained, agreed, conferenced, decided, evaluated, and how cases end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from ..cases import actions as cases
from ..cases.rules import GrantDraft, MoveDraft, ProposalDraft, ReopenDraft
from ..meeting.rules import MeetingState
from ..plan import actions as plan
from ..plan.queries import read_plan
from ..plan.rules import (
    CloseDraft,
    EvaluationDraft,
    ExplainDraft,
    GoalResultDraft,
    InterruptDraft,
    LineDraft,
    PlanDraft,
    ReasonDraft,
    RoleDraft,
    StartDraft,
    SubmitDraft,
)
from .casefiles import assess, consent_to_conference, into_multi_agency, name_issues, write_note
from .meetings import CONFERENCE, Call, close, meet
from .reach import try_in_vain
from .staff import BY_LOGIN, CARE_CENTRE, COORDINATOR, LEADER, PRIVACY, SUPERVISOR, counselor
from .town import Arc, Days, File, Town
from .windows import kept, receivers

M = MeetingState
BASIS = "plan_conference"
TO_CONFIRMED = replace(CONFERENCE, upto=M.MINUTES_CONFIRMED)


def towards_plan(town: Town, files: list[File]) -> Days:
    """From the window into 多機関協働, assessed, with consent, ready for planning."""
    yield from kept(town, files)
    yield 2
    for file in files:
        name_issues(town, file)
        into_multi_agency(town, file, BASIS)
    yield 4
    for file in files:
        assess(town, file, by=COORDINATOR)
        write_note(town, file, "本人と一緒に困りごとを書き出した。")
        consent_to_conference(town, file)
        town.do(COORDINATOR, cases.start_planning, file.case, MoveDraft())


def _plan_of(town: Town, file: File, months: int = 6) -> PlanDraft:
    helper = counselor(receivers(file)[0])
    return PlanDraft(
        period_from=town.today,
        period_to=town.day(30 * months),
        issues="相談できる相手が限られ、手続きが後回しになっている。",
        wish=file.tale.story,
        long_term_goal="自分の選んだ暮らしを、無理のない速さで続ける。",
        emergency="夜間は家族へ、日中は主担当へ連絡する。",
        next_review_on=town.day(90),
        responsible_id=town.staff[COORDINATOR],
        goals=("月に一度、困りごとを誰かに話す", "必要な手続きを一つずつ終える"),
        lines=(
            LineDraft(
                "手続きの窓口へ一緒に行く", "agency", BY_LOGIN[helper].agency, town.day(60), "月に一回"
            ),
            LineDraft("予定を手帳に書く", "person", how_often="毎日"),
            LineDraft("週末に電話で話す", "family", how_often="週に一回"),
        ),
        roles=(
            RoleDraft(BY_LOGIN[helper].agency, town.staff[helper], "手続きの同行"),
            RoleDraft(BY_LOGIN[CARE_CENTRE].agency, town.staff[CARE_CENTRE], "見守りと連絡"),
        ),
    )


def drafted(town: Town, files: list[File]) -> Days:
    yield from towards_plan(town, files)
    yield 3
    for file in files:
        file.plan = town.do(COORDINATOR, plan.draft_plan, file.case, _plan_of(town, file)).id


def explained(town: Town, files: list[File]) -> Days:
    yield from drafted(town, files)
    yield 4
    for file in files:
        town.do(COORDINATOR, plan.explain, file.plan, ExplainDraft(town.today))


def consented(town: Town, files: list[File]) -> Days:
    yield from explained(town, files)
    yield 2
    for file in files:
        town.do(COORDINATOR, plan.record_consent, file.plan)


def cancelled(town: Town, files: list[File]) -> Days:
    yield from drafted(town, files)
    yield 10
    for file in files:
        town.do(COORDINATOR, plan.cancel, file.plan, ReasonDraft("本人が自分で転居先を見つけたため。"))


def _conference(town: Town, files: list[File], call: Call) -> Days:
    """重層的支援会議; the plans are submitted as soon as they stand on the agenda."""
    for file in files:
        if "proposal" in file.made:
            continue
        draft = ProposalDraft("支援プランの評価と今後を諮る。", BASIS)
        file.made["proposal"] = town.do(COORDINATOR, cases.propose_for_meeting, file.case, draft).id
    running = meet(town, files, call)
    first = next(running, None)
    if call.with_plan:
        for file in files:
            town.do(COORDINATOR, plan.submit, file.plan, SubmitDraft(file.made["item"]))
    if first is not None:
        yield first
        yield from running


def in_conference(town: Town, files: list[File]) -> Days:
    yield from consented(town, files)
    yield 2
    yield from _conference(town, files, replace(CONFERENCE, upto=M.MATERIAL_SHARED))


def decided(town: Town, files: list[File]) -> Days:
    """支援決定 after the conference agreed."""
    yield from consented(town, files)
    yield 2
    yield from _conference(town, files, TO_CONFIRMED)
    for file in files:
        town.do(LEADER, plan.decide, file.plan)


def active(town: Town, files: list[File]) -> Days:
    yield from decided(town, files)
    close(town, files, CONFERENCE)
    yield 2
    for file in files:
        town.do(COORDINATOR, plan.activate, file.plan)
    yield 14
    for file in files:
        write_note(town, file, "手続きの窓口へ一緒に行った。")


def started_before(town: Town, files: list[File]) -> Days:
    """Support that could not wait for its meeting; it is marked until approved."""
    yield from explained(town, files)
    yield 1
    for file in files:
        ends = town.now + timedelta(days=60)
        agency, why = BY_LOGIN[SUPERVISOR].agency, "事前着手の判断のため"
        grant = GrantDraft(town.staff[SUPERVISOR], agency, "decision", why, ends)
        town.do(PRIVACY, cases.grant_access, file.case, grant)
        reason = StartDraft("住まいを失うおそれがあり、会議を待てないため。")
        town.do(SUPERVISOR, plan.start_before_meeting, file.plan, reason)


def _evaluate(town: Town, file: File, verdict: str) -> None:
    goals = _goals(town, file)
    draft = EvaluationDraft(
        evaluated_on=town.today,
        verdict=verdict,
        goals=tuple(
            GoalResultDraft(goal, status, "本人の手帳で確かめた。")
            for goal, status in zip(goals, ("achieved", "partly"), strict=False)
        ),
        changes=("can_ask_help", "calm"),
        remains="通院の付き添いは続けてほしいとのこと。",
        wish="自分のペースで続けたい。",
    )
    town.do(COORDINATOR, plan.evaluate, file.plan, draft)


def _goals(town: Town, file: File) -> tuple[UUID, ...]:
    return tuple(goal.id for goal in town.do(COORDINATOR, read_plan, file.plan).goals)


def evaluating(town: Town, files: list[File]) -> Days:
    yield from active(town, files)
    yield 75
    for file in files:
        _evaluate(town, file, "continue")


def revised(town: Town, files: list[File]) -> Days:
    """再プラン: a new version replaces the evaluated one when the conference agrees."""
    yield from active(town, files)
    yield 80
    for file in files:
        _evaluate(town, file, "replan")
        file.plan = town.do(COORDINATOR, plan.revise, file.plan, _plan_of(town, file)).id
        town.do(COORDINATOR, plan.explain, file.plan, ExplainDraft(town.today))
        town.do(COORDINATOR, plan.record_consent, file.plan)
    yield 3
    yield from _conference(town, files, TO_CONFIRMED)
    for file in files:
        town.do(LEADER, plan.decide, file.plan)
        town.do(COORDINATOR, plan.activate, file.plan)
        town.do(COORDINATOR, plan.continue_support, file.case)
    close(town, files, CONFERENCE)


def closing(town: Town, files: list[File]) -> Days:
    yield from active(town, files)
    yield 90
    for file in files:
        _evaluate(town, file, "close")
        town.do(COORDINATOR, plan.propose_close, file.case)


def ended(town: Town, files: list[File]) -> Days:
    """終結: the wish, the evaluation, the conference's verdict, and who is 主担当 afterwards."""
    yield from closing(town, files)
    yield 2
    yield from _conference(town, files, replace(TO_CONFIRMED, verdict="close", with_plan=False))
    for file in files:
        after = counselor(receivers(file)[0])
        draft = CloseDraft("goal_reached", BY_LOGIN[after].agency, town.staff[after], "見守りを続ける。")
        town.do(LEADER, plan.close, file.case, draft)
    close(town, files, CONFERENCE)


def follow_up(town: Town, files: list[File]) -> Days:
    yield from ended(town, files)
    yield 30
    for file in files:
        town.do(COORDINATOR, cases.follow_up, file.case, MoveDraft("月に一度、電話で様子を聞く。"))


def reopened(town: Town, files: list[File]) -> Days:
    """A new episode; the record before stays as it was."""
    yield from ended(town, files)
    yield 92
    for file in files:
        again = ReopenDraft(BY_LOGIN[file.holder].agency, "家族の入院をきっかけに再び相談があった。")
        file.case = town.do(file.holder, cases.reopen, file.case, again).id


def interrupted(town: Town, files: list[File]) -> Days:
    """中断: attempts of two kinds over weeks, then the meeting's verdict."""
    yield from active(town, files)
    yield 60
    yield from try_in_vain(town, files)
    yield from _conference(town, files, replace(TO_CONFIRMED, verdict="interrupt", with_plan=False))
    for file in files:
        draft = InterruptDraft("contact_lost", "五回の訪問と手紙に返事がない。連絡があればすぐに再開する。")
        town.do(LEADER, plan.interrupt, file.case, draft)
    close(town, files, CONFERENCE)


ARCS: dict[str, Arc] = {
    "plan_draft": drafted,
    "plan_explained": explained,
    "plan_consented": consented,
    "plan_conference": in_conference,
    "plan_cancelled": cancelled,
    "plan_decided": decided,
    "plan_active": active,
    "plan_overdue": active,
    "plan_started": started_before,
    "evaluating": evaluating,
    "revised": revised,
    "closing": closing,
    "closed": ended,
    "follow_up": follow_up,
    "reopened": reopened,
    "interrupted": interrupted,
}
