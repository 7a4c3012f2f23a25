"""The case file in the demo city: household, notes, assessment, consents, alerts, protection, 多機関協働."""

from __future__ import annotations

from datetime import timedelta

from ..cases import actions as cases
from ..cases.rules import (
    AlertDraft,
    AssessmentDraft,
    AssignmentDraft,
    ConsentChange,
    ConsentDraft,
    ConsentState,
    FactDraft,
    IssueDraft,
    IssuesDraft,
    LeadDraft,
    MoveDraft,
    NoteDraft,
    ProposalDraft,
    Section,
    SectionDraft,
    SegmentClass,
    SegmentDraft,
)
from ..people import actions as people
from ..people.rules import ProtectDraft, ReleaseDraft
from .staff import BY_LOGIN, COORDINATOR, PRIVACY
from .town import Days, File, Town
from .windows import FEW, keep, kept, receive, receivers

S = ConsentState
CONFERENCE = "plan_conference_sharing"
DECIDED_BEFORE = 300  # days ago: older requests to see an address were decided
BETWEEN_CONTACTS = 90
STALEST = 40  # days since the last contact, at most, where nothing else is told
TOLD = ("contact", "household", "consultation", "assessment", "plan", "progress")


def write_note(town: Town, file: File, text: str, *, next_in: int = 14) -> None:
    """A note in segments: what was seen, what the person said, what the counselor thinks."""
    draft = NoteDraft(
        happened_at=town.now - timedelta(minutes=30),
        method="home_visit",
        agency=BY_LOGIN[file.holder].agency,
        segments=(
            SegmentDraft(SegmentClass.FACT, text, about_id=file.person),
            SegmentDraft(SegmentClass.PERSON_WORD, "急がずに考えたい、とのこと。", file.person, "本人"),
            SegmentDraft(SegmentClass.OPINION, "今の暮らしの良いところを一緒に確かめたい。"),
        ),
        next_step="次の訪問の日を電話で決める",
        next_due_on=town.day(next_in),
        minutes=45,
        contacted=True,
    )
    town.do(file.holder, cases.write_note, file.case, draft)


def name_issues(town: Town, file: File) -> None:
    """Topics from the window, and the compound issue that the household's story tells of."""
    topics = [IssueDraft("consult_topic", code, main=n == 0) for n, code in enumerate(file.tale.topics)]
    if file.home.compound:
        topics.append(IssueDraft("compound_issue", file.home.compound))
    draft = IssuesDraft(tuple(topics), next_contact_on=town.day(20))
    town.do(file.holder, cases.edit_issues, file.case, draft)


def assess(town: Town, file: File, by: str | None = None) -> None:
    """主担当 is named, the assessment of the household begins and is saved."""
    who = by or file.holder
    lead = LeadDraft(town.staff[who], BY_LOGIN[who].agency)
    town.do(file.holder, cases.name_lead, file.case, lead)
    town.do(who, cases.start_assessment, file.case, MoveDraft())
    year = file.home.members[file.tale.member].year or 1970
    attribute = "elderly" if year < 1961 else "youth" if year > 1990 else "other"
    sections = (
        SectionDraft(Section.PRESENTING_ISSUE, file.tale.story),
        SectionDraft(Section.STRENGTHS, "困ったときに連絡をくれる。近所に気にかける人がいる。"),
        SectionDraft(Section.HOUSING, "今の住まいに住み続けたい。"),
        SectionDraft(Section.DIRECTION, "生活のリズムを保ちながら、つながる先を少しずつ増やす。"),
    )
    facts = (FactDraft(file.person, "attribute", attribute),) if file.person else ()
    town.do(who, cases.save_assessment, file.case, AssessmentDraft(sections, facts, "rented"))


def consent_to_conference(town: Town, file: File, *more: str, by: str | None = None) -> None:
    """The person agrees that the case is put to 重層的支援会議: to whom, and which items."""
    agencies = ("shakyo", "community_care_1", "clinic_b", "farm", BY_LOGIN[file.holder].agency, *more)
    draft = ConsentDraft(
        purpose=CONFERENCE,
        state=S.GIVEN,
        recipients=tuple(dict.fromkeys((*agencies, *receivers(file)))),
        items=TOLD,
        holder=BY_LOGIN[file.holder].agency,
        form="written",
        given_on=town.today,
    )
    town.do(by or file.holder, cases.record_consent, file.case, file.person, draft)


def into_multi_agency(town: Town, file: File, basis: str = "act_106_6") -> None:
    """Put forward for a meeting by its owner and taken up by a coordinator of 多機関協働."""
    draft = ProposalDraft("一つの課では支えきれないため、多機関で考えたい。", basis)
    made = town.do(file.holder, cases.propose_for_meeting, file.case, draft)
    file.made["proposal"] = made.id
    town.do(COORDINATOR, cases.take_up, file.case, MoveDraft("世帯に複数の課題が重なるため。"))


# -- arcs --------------------------------------------------------------------------------------------


def assessing(town: Town, files: list[File]) -> Days:
    yield from kept(town, files)
    yield 4
    for file in files:
        name_issues(town, file)
        assess(town, file)
        write_note(town, file, "訪問し、暮らしの様子を聞いた。")


def consents(town: Town, files: list[File]) -> Days:
    """Every state a consent can have, in threads of their own."""
    yield from assessing(town, files)
    yield 2
    given = (("shakyo", CONFERENCE), ("clinic_b", "liaison"), ("community_care_1", "liaison"))
    for file in files:
        holder = BY_LOGIN[file.holder].agency
        threads = []
        for agency, purpose in given:
            draft = ConsentDraft(purpose, S.GIVEN, (agency,), FEW, holder, "written", town.today)
            threads.append(
                town.do(file.holder, cases.record_consent, file.case, file.person, draft).thread_id
            )
        for state, reason in (
            (S.UNKNOWN, None),
            (S.ASKED, None),
            (S.REFUSED, "家族に知られたくない"),
            (S.CANNOT_ASK, "入院中で意思を確かめられない"),
        ):
            draft = ConsentDraft("host_sharing", state, reason=reason)
            town.do(file.holder, cases.record_consent, file.case, file.person, draft)
        for thread, state in zip(threads[1:], (S.WITHDRAWN, S.EXPIRED), strict=True):
            town.do(file.holder, cases.change_consent, file.case, thread, ConsentChange(state))


def alerts(town: Town, files: list[File]) -> Days:
    """Danger comes up while a case is being worked on."""
    yield from assessing(town, files)
    yield 10
    for file in files:
        told = AlertDraft("life", "室内で動けなくなっていた。", "ambulance", town.now - timedelta(minutes=5))
        town.do(file.holder, cases.raise_alert, file.case, told)
        town.do(file.holder, cases.raise_alert, file.case, AlertDraft("neglect", "食事をとれていない様子。"))
        part = AssignmentDraft("community_care_1", "watch", None, "週に一度の声かけ", town.day(90))
        town.do(file.holder, cases.assign, file.case, part)


def protected(town: Town, files: list[File]) -> Days:
    """支援措置: from now on only those named see the person and the case."""
    for file in files:
        receive(town, file)
    yield 0
    for file in files:
        keep(town, file)
        name_issues(town, file)
        draft = ProtectDraft("dv_measure", "支援措置の申出があったため。", town.today, town.day(365))
        town.do(file.holder, cases.protect_person, file.case, file.person, draft)
        write_note(town, file, "安全な連絡の方法を一緒に決めた。")
    yield 120
    for file in files:
        _ask_whereabouts(town, file)


def _ask_whereabouts(town: Town, file: File) -> None:
    """The holder asks to see the address again; another person refuses, then grants. The latest still waits."""
    old = file.tale.ago > DECIDED_BEFORE
    for decide in (people.refuse_release, people.grant_release) if old else (None,):
        draft = ReleaseDraft("転居の手続きに同行するため。", town.now + timedelta(days=80))
        asked = town.do(file.holder, people.ask_release, file.person, draft)
        if decide is not None:
            town.do(PRIVACY, decide, asked.id)


def ordinary_days(town: Town, files: list[File]) -> Days:
    """Until today somebody keeps in touch; how fresh the last contact is differs from case to case."""
    # Leave to see a protected person ends within a year; nobody here renews it, so nobody goes on writing there.
    running = [file for file in files if file.case and file.holder and file.tale.arc != "protected"]
    # Five at least: what falls on a weekend is done on the Friday before, so the days run up to two ahead.
    freshest = 5 + files[0].home.number * 7 % STALEST
    while running and (left := (town.last - town.today).days - freshest) > 0:
        yield min(left, BETWEEN_CONTACTS)
        for file in running:
            write_note(town, file, "近況を聞いた。大きな変わりはない。", next_in=STALEST)


ARCS = {"assessing": assessing, "consents": consents, "alerts": alerts, "protected": protected}
