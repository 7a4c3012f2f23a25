"""受付 and つなぎ in the demo city: what happens at the windows and between the divisions."""

from __future__ import annotations

from datetime import timedelta

from ..intake import actions as intake
from ..intake.rules import (
    AnswerDraft,
    EmergencyDraft,
    IntakeDraft,
    MergeDraft,
    ReceptionConsent,
    ReceptionConsentDraft,
    SafeWaysDraft,
    SeekConsentDraft,
    TopicDraft,
    VisitorDraft,
)
from ..referral import actions as referral
from ..referral.rules import AcceptDraft, CompleteDraft, ForwardDraft, ReferralDraft, ReturnDraft
from .families import person_of, record_family
from .staff import BY_LOGIN, COORDINATOR, counselor
from .town import Days, File, Town

C = ReceptionConsent
FEW = ("contact", "consultation")  # what goes with a つなぎ by consent
# The division that a topic belongs to, and the one asked next.
FOR_TOPIC = {
    "eldercare": ("korei_ikiiki", "fukushi_somu"),
    "illness_health_disability": ("shogai_fukushi", "shimin_kenko"),
    "childcare": ("kodomo_katei", "kodomo_shien"),
    "withdrawal_truancy": ("seikatsu_fukushi", "seishonen"),
    "housing": ("toshi_seibi", "seikatsu_fukushi"),
    "dv_abuse": ("chiiki_kyosei", "kodomo_katei"),
    "debt": ("shakyo", "seikatsu_fukushi"),
    "community": ("shakyo", "fukushi_somu"),
    "family": ("kodomo_katei", "chiiki_kyosei"),
}
ELSEWHERE = ("seikatsu_fukushi", "fukushi_somu")
DANGER = {
    "dv_abuse": ("elder_abuse", "elder_division"),
    "childcare": ("child_abuse", "child_guidance"),
    "illness_health_disability": ("suicide", "public_health"),
    "no_food": ("no_food_shelter", "public_assistance"),
}


def receivers(file: File) -> tuple[str, str]:
    """Two divisions that fit the matter and do not hold it already."""
    here = BY_LOGIN[file.holder].agency
    found = [a for topic in file.tale.topics for a in FOR_TOPIC.get(topic, ELSEWHERE)]
    rest = [a for a in dict.fromkeys((*found, *ELSEWHERE, "chiiki_kyosei")) if a != here]
    return rest[0], rest[1]


def receive(
    town: Town, file: File, consent: ReceptionConsent = C.NOT_ASKED, urgency: str = "ordinary"
) -> None:
    """The counselor of the window takes the matter down; the person may be known from before."""
    tale, home = file.tale, file.home
    file.holder = counselor(town.windows[tale.window])
    key = (home.number, tale.member, BY_LOGIN[file.holder].agency)
    known = town.residents.get(key)
    resident = home.members[tale.member]
    given = None
    if consent is C.GIVEN:
        first, second = receivers(file)
        given = ReceptionConsentDraft((first, second), FEW, town.today, "oral")
    draft = IntakeDraft(
        window=tale.window,
        topics=tuple(TopicDraft(code, main=n == 0) for n, code in enumerate(tale.topics)),
        consent=consent,
        consent_reason="anonymous" if consent is C.CANNOT_ASK else None,
        consent_given=given,
        person_id=known,
        person=None if known else person_of(file, resident),
        visitor=_visitor(file),
        wishes="これからの暮らしについて、無理のない進め方を一緒に考えたい。",
        narrative=tale.story,
        intake_route="family_remote" if len(home.members) > 1 else "self_visit",
        urgency=urgency,
        safe_ways=SafeWaysDraft("平日の午前", message_ok=True, letter_ok=tale.number % 3 == 0),
        next_contact_on=town.day(14),
    )
    made = town.do(file.holder, intake.receive, draft)
    file.intake, file.person = made.id, made.person_id
    town.residents[key] = made.person_id


def _visitor(file: File) -> VisitorDraft | None:
    """In larger households somebody else comes for the person."""
    others = [m for m in file.home.members if m.relation != "self"]
    if not others or file.tale.member:
        return None
    return VisitorDraft(others[0].name, file.home.phone, others[0].relation)


def keep(town: Town, file: File) -> None:
    """The division keeps the matter: a case with the same owner."""
    town.do(file.holder, intake.screen, file.intake)
    file.case = town.do(file.holder, intake.keep, file.intake).case_id
    record_family(town, file)


# -- arcs of 受付 ------------------------------------------------------------------------------------


def received(town: Town, files: list[File]) -> Days:
    for file in files:
        receive(town, file)
    yield from ()


def screening(town: Town, files: list[File]) -> Days:
    yield from received(town, files)
    for file in files:
        town.do(file.holder, intake.screen, file.intake)


def seeking(town: Town, files: list[File]) -> Days:
    """Continues while consent is sought."""
    for file in files:
        receive(town, file, C.REFUSED)
    yield 2
    for file in files:
        town.do(file.holder, intake.screen, file.intake)
        town.do(file.holder, intake.seek_consent, file.intake, SeekConsentDraft(town.day(14)))


def answered(town: Town, files: list[File]) -> Days:
    yield from screening(town, files)
    yield 1
    for file in files:
        text = "相談先の一覧をお渡しし、また来られることを伝えた。"
        draft = AnswerDraft("information_given", "local_resource", text)
        town.do(file.holder, intake.answer, file.intake, draft)


def anonymous(town: Town, files: list[File]) -> Days:
    for file in files:
        receive(town, file, C.CANNOT_ASK)
        draft = AnswerDraft("listened", "women_support", "名乗らずに話せる電話の番号を伝えた。")
        town.do(file.holder, intake.answer, file.intake, draft)
    yield from ()


def merged(town: Town, files: list[File]) -> Days:
    """The same matter comes twice; a coordinator merges the second into the first."""
    for file in files:
        receive(town, file)
    yield 3
    for file in files:
        again = File(file.home, file.tale)
        receive(town, again)
        draft = MergeDraft(into_intake=file.intake)
        town.do(COORDINATOR, intake.merge, again.intake, draft)
        keep(town, file)


def kept(town: Town, files: list[File]) -> Days:
    for file in files:
        receive(town, file, C.GIVEN)
    yield 1
    for file in files:
        keep(town, file)


def emergency(town: Town, files: list[File]) -> Days:
    """Abuse or danger is reported at once, and the case carries the mark."""
    for file in files:
        receive(town, file, urgency="life")
        kind, told = DANGER.get(file.tale.topics[0], ("life", "ambulance"))
        at = town.now - timedelta(minutes=1)
        draft = EmergencyDraft(kind, told, at, "担当課に電話で伝え、対応を相談した。")
        file.case = town.do(file.holder, intake.emergency, file.intake, draft).case_id
        record_family(town, file)
    yield from ()


# -- arcs of つなぎ ----------------------------------------------------------------------------------


def sent(town: Town, files: list[File]) -> Days:
    for file in files:
        receive(town, file, C.GIVEN)
    yield 0
    for file in files:
        town.do(file.holder, intake.screen, file.intake)
        draft = _draft(receivers(file)[0], keep_role="watch")
        made = town.do(file.holder, referral.refer_intake, file.intake, draft)
        file.case, file.made["referral"] = made.case_id, made.id


def _draft(agency: str, keep_role: str | None = None, *, consent: bool = True) -> ReferralDraft:
    return ReferralDraft(
        to_agency=agency,
        reason="そちらの制度につながる見込みがあり、本人も話を聞きたいとのこと。",
        with_consent=consent,
        ground=None if consent else "internal_duty",
        wishes="初めは窓口の相談員も同席してほしい。",
        keep_role=keep_role,
        items=FEW if consent else (),
    )


def acknowledged(town: Town, files: list[File]) -> Days:
    yield from sent(town, files)
    yield 1
    for file in files:
        town.do(_receiver(file), referral.acknowledge, file.made["referral"])


def _receiver(file: File) -> str:
    return counselor(receivers(file)[0])


def accepted(town: Town, files: list[File]) -> Days:
    """Ownership moves to the counselor who accepts by name."""
    yield from acknowledged(town, files)
    yield 1
    for file in files:
        taker = _receiver(file)
        town.do(taker, referral.accept, file.made["referral"], AcceptDraft())
        file.holder = taker
        record_family(town, file)


def completed(town: Town, files: list[File]) -> Days:
    yield from accepted(town, files)
    yield 5
    for file in files:
        town.do(file.holder, referral.complete, file.made["referral"], CompleteDraft(town.today))


def returned(town: Town, files: list[File]) -> Days:
    yield from acknowledged(town, files)
    yield 1
    for file in files:
        draft = ReturnDraft("complex", "ほかの課題も重なり、当課の制度だけでは支えきれない。")
        town.do(_receiver(file), referral.return_, file.made["referral"], draft)


def returned_twice(town: Town, files: list[File]) -> Days:
    """The second return of one matter is proposed for 支援会議 by rule."""
    yield from returned(town, files)
    yield 3
    for file in files:
        second = receivers(file)[1]
        made = town.do(file.holder, referral.send, file.case, _draft(second, consent=False))
        file.made["referral"] = made.id
    yield 2
    for file in files:
        draft = ReturnDraft("out_of_scope", "年齢の要件に合わず、所管する制度がない。")
        second = counselor(receivers(file)[1])
        town.do(second, referral.return_, file.made["referral"], draft)


def forwarded(town: Town, files: list[File]) -> Days:
    yield from acknowledged(town, files)
    yield 1
    for file in files:
        draft = ForwardDraft(receivers(file)[1], "内容から見て、こちらの課が近いと考えた。")
        town.do(_receiver(file), referral.forward, file.made["referral"], draft)


def withdrawn(town: Town, files: list[File]) -> Days:
    yield from sent(town, files)
    yield 1
    for file in files:
        town.do(file.holder, referral.withdraw, file.made["referral"])


ARCS = {
    "received": received,
    "screening": screening,
    "seeking": seeking,
    "answered": answered,
    "anonymous": anonymous,
    "merged": merged,
    "kept": kept,
    "emergency": emergency,
    "sent": sent,
    "acknowledged": acknowledged,
    "accepted": accepted,
    "completed": completed,
    "returned": returned,
    "returned_twice": returned_twice,
    "forwarded": forwarded,
    "withdrawn": withdrawn,
}
