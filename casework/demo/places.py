"""参加支援 and the register of resources in the demo city: needs, trials, places that settle, and needs without one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from ..cases import actions as cases
from ..cases.rules import ConsentDraft, ConsentState
from ..participation import actions as participation
from ..participation.rules import AssessDraft, EndDraft, NeedDraft, SettlingDraft, SettlingSide, TrialDraft
from ..resources import actions as resources
from ..resources.rules import ResourceDraft
from .casefiles import assessing
from .staff import BY_LOGIN, PARTICIPATION
from .town import Arc, CityFault, Days, File, Town

Step = Callable[[Town, File], None]

# key: kind, name, district, agency, capacity, for whom
PLACES = {
    "farm": ("agri_fishery", "架空農園の作業体験", "fukasawa_chiku", "farm", 4, "体を動かしたい人。半日から"),
    "salon": ("salon", "架空の居場所 ひだまり", "ofuna_1", "npo_salon", 12, "どなたでも。話さなくてよい"),
    "library": ("volunteer", "架空文庫の本の整理", "kamakura_2", "npo_salon", 3, "静かな作業が好きな人"),
    "workshop": (
        "work_experience",
        "架空福祉作業所の封入作業",
        "tamanawa_chiku",
        "welfare_workshop",
        3,
        "短時間から",
    ),
    "class": ("learning", "架空の学び直し教室", "ofuna_2", "youth_station", 6, "十代から三十代"),
    "craft": ("hobby", "架空編み物の会", "koshigoe_chiku", "neighbourhood_a", 8, "手仕事が好きな人"),
    "house": ("housing", "架空居住支援の見守り付き住宅", "nishikamakura", "housing_support", 2, "単身の人"),
    "kitchen": (
        "salon",
        "架空みんなの食堂",
        "kamakura_3",
        "welfare_commissioners",
        None,
        "親子、ひとり暮らし",
    ),
}
FOR_TOPIC = {"community": "craft", "job_search": "workshop", "withdrawal_truancy": "class"}


def open_places(town: Town) -> Days:
    """The participation coordinator keeps the register; some entries were checked again, one was taken out."""
    for key, (kind, name, district, agency, capacity, accepts) in PLACES.items():
        draft = ResourceDraft(kind, name, district, agency, capacity, accepts, "0467-00-0900")
        town.places[key] = town.do(PARTICIPATION, resources.add_resource, draft).id
    yield 400
    for key in ("farm", "salon", "library"):
        town.do(PARTICIPATION, resources.verify_resource, town.places[key])
    former = ResourceDraft("salon", "架空の旧集会所", "kamakura_1", None, 5, "終了した活動")
    gone = town.do(PARTICIPATION, resources.add_resource, former).id
    yield 200
    town.do(PARTICIPATION, resources.retire_resource, gone)


def request(town: Town, file: File) -> None:
    """The holder of the case asks for a place and names who looks for it."""
    place = PLACES[_wanted(file)]
    draft = NeedDraft(
        person_id=_person(file),
        coordinator_id=town.staff[PARTICIPATION],
        coordinator_agency=BY_LOGIN[PARTICIPATION].agency,
        wish=file.tale.story,
        conditions="人の少ない時間から始めたい。",
        wanted_kind=place[0],
        district=file.home.district,
    )
    file.made["need"] = town.do(file.holder, participation.request_support, file.case, draft).id


def _wanted(file: File) -> str:
    return next((FOR_TOPIC[topic] for topic in file.tale.topics if topic in FOR_TOPIC), "salon")


def _person(file: File) -> UUID:
    if file.person is None:
        raise CityFault("a need without a person")
    return file.person


def _assess(town: Town, file: File) -> None:
    draft = AssessDraft("週に一度、短い時間から", "電車での移動は難しい。")
    town.do(PARTICIPATION, participation.assess, file.made["need"], draft)


def _match(town: Town, file: File) -> None:
    town.do(PARTICIPATION, participation.match, file.made["need"])


def _develop(town: Town, file: File) -> None:
    town.do(PARTICIPATION, participation.develop, file.made["need"])


def _try_out(town: Town, file: File, place: str | None = None) -> None:
    """A trial; its host is told what the person agreed to, and nothing else."""
    chosen = place or _wanted(file)
    agency = PLACES[chosen][3]
    consent = ConsentDraft(
        purpose="host_sharing",
        state=ConsentState.GIVEN,
        recipients=(agency,),
        items=("contact", "consultation"),
        holder=BY_LOGIN[file.holder].agency,
        form="written",
        given_on=town.today,
    )
    town.do(file.holder, cases.record_consent, file.case, file.person, consent)
    draft = TrialDraft(town.places[chosen], town.today, ("contact",), "休みたい日は電話で知らせます。")
    town.do(PARTICIPATION, participation.try_out, file.made["need"], draft)


def _place(town: Town, file: File) -> None:
    town.do(PARTICIPATION, participation.place, file.made["need"])


def _settle(town: Town, file: File) -> None:
    town.do(PARTICIPATION, participation.settle, file.made["need"])


def _stabilise(town: Town, file: File) -> None:
    """Stable only after the person and the host were both supported."""
    words = {SettlingSide.PERSON: "疲れる前に休めている。", SettlingSide.HOST: "声のかけ方が分かってきた。"}
    for side, text in words.items():
        draft = SettlingDraft(side, town.now - timedelta(minutes=15), text, town.day(30))
        town.do(PARTICIPATION, participation.log_settling, file.made["need"], draft)
    town.do(PARTICIPATION, participation.stabilise, file.made["need"])


def _end(town: Town, file: File) -> None:
    draft = EndDraft("employed", "短時間の仕事に就き、通うのを卒業した。")
    town.do(PARTICIPATION, participation.end, file.made["need"], draft)


def _break_off(town: Town, file: File) -> None:
    draft = EndDraft("pace", "通う回数が負担だった。本人は別の場所も見てみたいと話す。")
    town.do(PARTICIPATION, participation.break_off, file.made["need"], draft)


ROAD = (request, _assess, _match, _try_out, _place, _settle, _stabilise, _end)


def _along(*steps: Step) -> Arc:
    """The arc that takes these steps, ten days apart, after the case was assessed."""

    def arc(town: Town, files: list[File]) -> Days:
        yield from assessing(town, files)
        for step in steps:
            yield 1 if step in (request, _assess, _match) else 10
            for file in files:
                step(town, file)

    return arc


def rematched(town: Town, files: list[File]) -> Days:
    """Broken off at the farm, matched again, and settled among books."""
    yield from _along(request, _assess, _match)(town, files)
    for file in files:
        _try_out(town, file, "farm")
    yield 12
    for file in files:
        _break_off(town, file)
        _match(town, file)
    yield 20
    for file in files:
        _try_out(town, file, "library")
    for step in (_place, _settle, _stabilise):
        yield 14
        for file in files:
            step(town, file)


ARCS: dict[str, Arc] = {
    "place_requested": _along(*ROAD[:1]),
    "place_assessed": _along(*ROAD[:2]),
    "place_matching": _along(*ROAD[:3]),
    "place_developing": _along(*ROAD[:3], _develop),
    "place_trial": _along(*ROAD[:4]),
    "place_placed": _along(*ROAD[:5]),
    "place_settling": _along(*ROAD[:6]),
    "place_stable": _along(*ROAD[:7]),
    "place_ended": _along(*ROAD),
    "place_broken_off": _along(*ROAD[:4], _break_off),
    "place_rematched": rematched,
}
