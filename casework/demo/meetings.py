"""支援会議 and 重層的支援会議 in the demo city: from the plan of a meeting to the answers to its decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ..kernel.withheld import Withheld
from ..meeting import actions as meeting
from ..meeting.rules import (
    ActionDraft,
    AgendaDraft,
    AttendanceDraft,
    AttendanceLine,
    DecisionDraft,
    DoneDraft,
    MeetingDraft,
    MeetingState,
    MemberDraft,
    MembersDraft,
    MinutesDraft,
    MissingDraft,
    ReasonDraft,
    ReassignDraft,
    SheetDraft,
)
from .casefiles import into_multi_agency, name_issues, write_note
from .staff import BY_LOGIN, CARE_CENTRE, CHAIR, CLERK, CLINIC, COORDINATOR, LEADER, OFFICE, counselor
from .town import Arc, CityFault, Days, File, Town
from .windows import kept, receivers

M = MeetingState
STAGES = (M.PLANNED, M.CONVENED, M.MATERIAL_SHARED, M.HELD, M.MINUTES_DRAFT, M.MINUTES_CONFIRMED, M.CLOSED)


@dataclass(frozen=True, slots=True)
class Call:
    """A meeting that is called: on which basis, by whom, with what verdict on its cases, and how far it comes."""

    basis: str = "act_106_6"
    chair: str = CHAIR
    office: str = OFFICE
    upto: MeetingState = M.CLOSED
    verdict: str | None = None
    with_plan: bool = False

    @property
    def convener(self) -> str:
        return BY_LOGIN[self.chair].agency

    def reaches(self, stage: MeetingState) -> bool:
        return STAGES.index(stage) <= STAGES.index(self.upto)


CONFERENCE = Call("plan_conference", LEADER, CLERK, verdict="continue", with_plan=True)


def meet(town: Town, files: list[File], call: Call) -> Days:
    """One meeting with all the files as its agenda, up to the stage the call names."""
    meeting_id = _planned(town, files, call)
    if not call.reaches(M.CONVENED):
        return
    yield 2
    members = _convened(town, files, call, meeting_id)
    if not call.reaches(M.MATERIAL_SHARED):
        return
    yield 2
    _shared(town, files, call, meeting_id, members)
    if not call.reaches(M.HELD):
        return
    yield 7
    _held(town, files, call, meeting_id)
    if not call.reaches(M.MINUTES_DRAFT):
        return
    yield 2
    _minuted(town, files, call, meeting_id)
    if not call.reaches(M.MINUTES_CONFIRMED):
        return
    yield 1
    town.do(call.chair, meeting.confirm, meeting_id)
    for file in files:
        town.do(CARE_CENTRE, meeting.accept, file.made["watch"])
    if call.reaches(M.CLOSED):
        yield 1
        close(town, files, call)


def close(town: Town, files: list[File], call: Call) -> None:
    """The meeting is over: its cases leave the desk of those who ran it, and what was taken on is reported."""
    for file in files:
        seen = DoneDraft(town.today, "週に一度、声をかけている。変わりない。")
        town.do(CARE_CENTRE, meeting.done, file.made["watch"], seen)
        if call.basis == CONFERENCE.basis:
            helper = _members(file)[1]
            town.do(helper, meeting.accept, file.made["action"])
            town.do(helper, meeting.done, file.made["action"], DoneDraft(town.today, "窓口へ同行した。"))
    town.do(call.office, meeting.close, files[0].made["meeting"])


def _planned(town: Town, files: list[File], call: Call) -> UUID:
    draft = MeetingDraft(
        basis=call.basis,
        convener=call.convener,
        chair_id=town.staff[call.chair],
        secretariat_id=town.staff[call.office],
        planned_at=town.now + timedelta(days=11, hours=5),
        place="架空会館 第一会議室",
    )
    made = town.do(call.office, meeting.plan_meeting, draft)
    for file in files:
        item = AgendaDraft(
            purpose="世帯への関わりをそろえ、役割を決める。",
            proposal_id=file.made.pop("proposal", None),
            plan_id=file.plan if call.with_plan else None,
            items=("consultation", "plan") if call.with_plan else ("consultation",),
        )
        file.made["item"] = town.do(call.office, meeting.take, made.id, item).id
        file.made["meeting"] = made.id
    return made.id


def _members(file: File) -> list[str]:
    """Who is convened for one case: its holder, a fitting division, 地域包括支援センター, and for some a clinic."""
    wanted = [file.holder, counselor(receivers(file)[0]), CARE_CENTRE]
    if file.home.number % 2:
        wanted.append(CLINIC)
    outsiders = {"toshi_seibi", "shimin_kenko"}  # divisions that the city plan does not name for 支援会議
    return [login for login in dict.fromkeys(wanted) if BY_LOGIN[login].agency not in outsiders]


def _convened(town: Town, files: list[File], call: Call, meeting_id: UUID) -> list[str]:
    everyone: list[str] = []
    ground = "本人の同意" if call.with_plan else "支援会議での情報交換(社会福祉法106条の6)"
    for file in files:
        logins = _members(file)
        chosen = tuple(MemberDraft(BY_LOGIN[who].agency, ground, town.staff[who]) for who in logins)
        town.do(call.chair, meeting.choose_members, file.made["item"], MembersDraft(chosen))
        everyone += logins
    town.do(call.chair, meeting.convene, meeting_id, MembersDraft(()))
    return list(dict.fromkeys(everyone))


def _shared(town: Town, files: list[File], call: Call, meeting_id: UUID, members: list[str]) -> None:
    """Members confirm secrecy, prepare their sheets, and the material opens."""
    for login in members:
        town.do(login, meeting.confirm_secrecy, meeting_id)
    for file in files:
        for login in dict.fromkeys((_members(file)[0], CARE_CENTRE)):
            sheet = SheetDraft(
                BY_LOGIN[login].agency,
                household_picture=file.tale.story,
                current_efforts="月に二回、電話と訪問で様子を聞いている。",
                wanted_agencies="医療の面から助言がほしい。",
                requests="訪問の日を重ねないよう、予定を共有したい。",
            )
            town.do(login, meeting.write_sheet, file.made["item"], sheet)
    town.do(call.chair, meeting.share, meeting_id)


def _held(town: Town, files: list[File], call: Call, meeting_id: UUID) -> None:
    town.do(call.office, meeting.hold, meeting_id)
    for file in files:
        item = town.do(call.chair, meeting.decide, file.made["item"], _decision(town, file, call))
        if isinstance(item.members, Withheld) or isinstance(item.decision, Withheld) or item.decision is None:
            raise CityFault("whoever decides sees the members and the decision")
        lines = [AttendanceLine(m.id, "present") for m in item.members]
        lines[-1] = AttendanceLine(lines[-1].member_id, "proxy", "架空 代理")
        town.do(call.office, meeting.take_attendance, item.id, AttendanceDraft(tuple(lines)))
        file.made["action"], file.made["watch"] = (action.id for action in item.decision.actions)


def _decision(town: Town, file: File, call: Call) -> DecisionDraft:
    """方針, 主担当, and two parts with person and date."""
    helper = _members(file)[1]
    actions = (
        _action(town, helper, "受診の付き添いについて本人と相談する", 30),
        _action(town, CARE_CENTRE, "週に一度、声をかけて様子を知らせる", 45),
    )
    missing = (MissingDraft("夜の時間に少人数で過ごせる場所", "salon"),) if file.home.number % 3 == 0 else ()
    return DecisionDraft(
        policy="本人の望む順に進める。連絡は主担当に集め、月に一度確かめ合う。",
        verdict=call.verdict,
        lead_agency=BY_LOGIN[COORDINATOR].agency,
        lead_id=town.staff[COORDINATOR],
        actions=actions,
        missing=missing,
        next_meeting_on=town.day(60),
        plan_agreed=call.with_plan,
    )


def _action(town: Town, login: str, task: str, days: int) -> ActionDraft:
    return ActionDraft(task, BY_LOGIN[login].agency, town.staff[login], town.day(days))


def _minuted(town: Town, files: list[File], call: Call, meeting_id: UUID) -> None:
    for file in files:
        text = MinutesDraft("各機関の関わりを確かめ、次の一歩と担当者、期日を決めた。")
        town.do(call.office, meeting.write_minutes, file.made["item"], text)
    town.do(call.office, meeting.draft_minutes, meeting_id)


# -- 対応事項 ----------------------------------------------------------------------------------------


def answers(town: Town, files: list[File]) -> Days:
    """The answers to decisions: taken on, objected to, given to another, done, cancelled; some wait too long."""
    yield 3
    for n, file in enumerate(files):
        helper = _members(file)[1]
        action = file.made["action"]
        if n % 3 == 1:
            town.do(helper, meeting.object_, action, ReasonDraft("今月は体制が整わない。"))
        else:
            town.do(helper, meeting.accept, action)
    yield 4
    for n, file in enumerate(files):
        if n % 3 == 1:
            again = ReassignDraft("korei_ikiiki", town.staff[counselor("korei_ikiiki")], town.day(40))
            town.do(CHAIR, meeting.reassign, file.made["action"], again)
        elif n % 3 == 0:
            done = DoneDraft(town.today, "同行して受診できた。次回の予約もとれた。")
            town.do(_members(file)[1], meeting.done, file.made["action"], done)


def object_to_all(town: Town, files: list[File]) -> Days:
    """One objection stays open, one is cancelled."""
    yield 2
    for n, file in enumerate(files):
        helper = _members(file)[1]
        town.do(helper, meeting.object_, file.made["action"], ReasonDraft("ほかの課が先に訪ねている。"))
        if n == 0:
            reason = ReasonDraft("先に訪ねている課に任せることにした。")
            town.do(CHAIR, meeting.cancel_action, file.made["action"], reason)


# -- arcs --------------------------------------------------------------------------------------------


def towards_meeting(town: Town, files: list[File]) -> Days:
    """Kept at a window, then put forward because one division is not enough."""
    yield from kept(town, files)
    yield 1
    for file in files:
        name_issues(town, file)
        write_note(town, file, "玄関先で様子を聞いた。表情は穏やかだった。")
        into_multi_agency(town, file)


def _support(upto: MeetingState) -> Arc:
    def arc(town: Town, files: list[File]) -> Days:
        yield from towards_meeting(town, files)
        yield 1
        yield from meet(town, files, Call(upto=upto))

    return arc


def confirmed(town: Town, files: list[File]) -> Days:
    yield from _support(M.MINUTES_CONFIRMED)(town, files)
    yield from object_to_all(town, files)
    correction = MinutesDraft("次回の会場は第二会議室の誤り。")
    town.do(OFFICE, meeting.add_to_minutes, files[0].made["item"], correction)


def closed(town: Town, files: list[File]) -> Days:
    yield from _support(M.CLOSED)(town, files)
    yield from answers(town, files)


def cancelled(town: Town, files: list[File]) -> Days:
    """The meeting is no longer needed; the proposal waits again."""
    yield from towards_meeting(town, files)
    yield 1
    meeting_id = _planned(town, files, Call())
    yield 3
    reason = ReasonDraft("本人から訪問を歓迎するとの連絡があったため。")
    town.do(OFFICE, meeting.cancel, meeting_id, reason)


ARCS: dict[str, Arc] = {
    "support_planned": _support(M.PLANNED),
    "support_convened": _support(M.CONVENED),
    "support_shared": _support(M.MATERIAL_SHARED),
    "support_held": _support(M.HELD),
    "support_drafted": _support(M.MINUTES_DRAFT),
    "support_confirmed": confirmed,
    "support_closed": closed,
    "support_cancelled": cancelled,
}
