"""Everything that two people can edit, each with how it is loaded and saved at the JSON door and on its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.support.cast import Seat
from tests.support.world import World

GROUND = "act_106_6"
FIRST = date(2027, 1, 1)


@dataclass(frozen=True)
class Thing:
    """At the JSON door: `text` is the one field that editors change, `based_on` names the version in the body, "" if
    only If-Match tells it."""

    login: str
    load: str
    method: str
    save: str
    body: Callable[[str], dict[str, Any]]
    text: Callable[[Any], str]
    based_on: str = "version"

    def version(self, found: Any) -> int:
        return int(found["revision" if self.based_on == "based_on" else "version"])


@dataclass(frozen=True)
class Page:
    """A form and the field that editors change; some fields write the text in their own way."""

    path: str
    field: str
    typed: Callable[[str], str] = str
    spoken: Callable[[str], str] = str


def _day(text: str) -> str:
    """A text as a day, for a field that holds days only."""
    return (FIRST + timedelta(days=int(text[1:]))).isoformat()


def _word(day: str) -> str:
    return f"語{(date.fromisoformat(day) - FIRST).days:06d}" if day else ""


@dataclass
class Office:
    """A city with one of each thing, made by the people whose work it is."""

    world: World
    things: dict[str, Thing] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    @staticmethod
    def word(number: int) -> str:
        return f"語{number:06d}"

    @property
    def logins(self) -> set[str]:
        return {thing.login for thing in self.things.values()}

    def prepare(self) -> Office:
        self._resource()
        intake = self._reception()
        self._case(intake)
        self._meeting("sheet", held=False)
        self._meeting("minutes", held=True)
        self._indicator()
        return self

    def _seat(self, login: str) -> Seat:
        return Seat(self.world, login)

    def _resource(self) -> None:
        base = {"kind": "salon", "name": "架空の居場所"}
        made = self._seat("participation").post("/resources", base | {"remarks": self.word(0)}, 201)
        at = f"/resources/{made['id']}"
        self.things["resource"] = Thing(
            "participation", at, "PUT", at, lambda t: base | {"remarks": t}, lambda f: str(f["remarks"])
        )
        self.pages["resource"] = Page(f"{at}/edit", "remarks")

    def _reception(self) -> str:
        topics = {"topics": [{"code": "housing", "main": True}]}
        body = topics | {"window": "nandemo", "consent": "not_asked", "narrative": self.word(0)}
        made = self._seat("shakyo").post("/intakes", body | {"person": {"name": self.word(0)}}, 201)
        at, person = f"/intakes/{made['id']}", f"/persons/{made['person_id']}"
        self.things["intake"] = Thing(
            "shakyo", at, "PATCH", at, lambda t: topics | {"narrative": t}, lambda f: str(f["narrative"])
        )
        self.pages["intake"] = Page(f"{at}/edit", "narrative")
        self.things["person"] = Thing(
            "shakyo", person, "PATCH", person, lambda t: {"name": t}, lambda f: str(f["name"])
        )
        self.pages["person"] = Page(f"{person}/edit", "name")
        return str(self._seat("shakyo").post("/intakes", body, 201)["id"])

    def _case(self, intake: str) -> None:
        shakyo, coordinator = self._seat("shakyo"), self._seat("coordinator")
        case = f"/cases/{shakyo.post(f'/intakes/{intake}/keep')['case_id']}"
        coordinator.post(f"{case}/take_up", {})
        lead = {"lead_id": str(coordinator.me["id"]), "agency": "shakyo"}
        coordinator.post(f"{case}/lead", lead)
        coordinator.post(f"{case}/assess", {})
        issues = [{"list": "consult_topic", "code": "housing", "main": True}]
        coordinator.patch(
            f"{case}/issues", self._issues(self.word(0), issues), If_Match=self._tag(coordinator, case)
        )
        self.things["issues"] = Thing(
            "coordinator", case, "PATCH", f"{case}/issues", lambda t: self._issues(t, issues),
            lambda f: _word(f["next_contact_on"]),
        )  # fmt: skip
        self._assessment(coordinator, case)
        self._plan(coordinator, case)

    @staticmethod
    def _issues(text: str, issues: list[dict[str, Any]]) -> dict[str, Any]:
        return {"issues": issues, "next_contact_on": _day(text)}

    @staticmethod
    def _tag(seat: Seat, path: str) -> str:
        return f'"{seat.get(path)["version"]}"'

    def _assessment(self, seat: Seat, case: str) -> None:
        def body(text: str) -> dict[str, Any]:
            return {"sections": [{"section": "health", "text": text}]}

        seat.post(f"{case}/assessments", body(self.word(0)), 201)
        self.things["assessment"] = Thing(
            "coordinator", f"{case}/assessment", "POST", f"{case}/assessments", body,
            lambda f: str(f["sections"][0]["text"]), based_on="based_on",
        )  # fmt: skip
        self.pages["assessment"] = Page(f"{case}/assessment/edit", "health")

    def _plan(self, seat: Seat, case: str) -> None:
        base = {"period_from": "2026-04-06", "wish": "架空の希望", "long_term_goal": "架空の目標"}
        made = seat.post(f"{case}/plans", base | {"issues": self.word(0)}, 201)
        at = f"/plans/{made['id']}"
        self.things["plan"] = Thing(
            "coordinator", at, "PUT", at, lambda t: base | {"issues": t}, lambda f: str(f["issues"])
        )
        self.pages["plan"] = Page(f"{at}/edit", "issues")

    def _meeting(self, name: str, *, held: bool) -> None:
        shakyo, chair, office = self._seat("shakyo"), self._seat("chair"), self._seat("secretariat")
        body = {"window": "nandemo", "topics": [{"code": "housing", "main": True}], "consent": "not_asked"}
        intake = shakyo.post("/intakes", body, 201)["id"]
        case = shakyo.post(f"/intakes/{intake}/keep")["case_id"]
        proposal = shakyo.post(f"/cases/{case}/propose", {"reason": "架空の理由"}, 201)["id"]
        later = (self.world.clock.now() + timedelta(days=3)).isoformat()
        seats = {"chair_id": str(chair.me["id"]), "secretariat_id": str(office.me["id"])}
        call = {"basis": GROUND, "convener": "fukushi_somu", "planned_at": later, **seats}
        meeting = office.post("/meetings", call, 201)["id"]
        taken = {"proposal_id": proposal, "purpose": "架空の議題", "items": ["consultation"]}
        item = office.post(f"/meetings/{meeting}/agenda", taken, 201)["id"]
        rows = [{"agency": agency, "ground": GROUND} for agency in ("korei_ikiiki", "shakyo")]
        chair.post(f"/agenda/{item}/members", {"members": rows})
        chair.post(f"/meetings/{meeting}/convene", {"members": []})
        if not held:
            self._sheet(shakyo, f"/agenda/{item}")
            return
        chair.post(f"/meetings/{meeting}/share")
        office.post(f"/meetings/{meeting}/hold")
        self._minutes(office, f"/agenda/{item}")

    def _sheet(self, seat: Seat, item: str) -> None:
        def body(text: str) -> dict[str, Any]:
            return {"agency": "shakyo", "requests": text}

        seat.put(f"{item}/sheet", body(self.word(0)) | {"version": 0})
        self.things["sheet"] = Thing(
            "shakyo", f"{item}/sheet", "PUT", f"{item}/sheet", body, lambda f: str(f["requests"])
        )  # fmt: skip
        self.pages["sheet"] = Page(f"{item}/sheet", "requests")

    def _minutes(self, seat: Seat, item: str) -> None:
        seat.put(f"{item}/minutes", {"text": self.word(0)}, If_Match=self._tag(seat, item))
        for way in ("minutes", "record"):
            self.things[way] = Thing(
                "secretariat",
                item,
                "PUT",
                f"{item}/{way}",
                lambda t: {"text": t},
                lambda f: str(f["minutes"]),
                based_on="",
            )
        self.pages["record"] = Page(f"{item}/record", "text")
        member = seat.get(item)["members"][0]["id"]

        def lines(text: str) -> dict[str, Any]:
            return {"lines": [{"member_id": member, "attendance": "proxy", "proxy": text}]}

        seat.post(f"{item}/attendance", lines(self.word(0)), If_Match=self._tag(seat, item))
        self.things["attendance"] = Thing(
            "secretariat", item, "POST", f"{item}/attendance", lines,
            lambda f: str(next(m["proxy"] for m in f["members"] if m["id"] == member)),
        )  # fmt: skip
        self.pages["attendance"] = Page(f"{item}/attendance", "lines.0.proxy")

    def _indicator(self) -> None:
        seat = self._seat("report")
        place = {
            "goal": "3",
            "viewpoint": "権利擁護の強化",
            "title": "架空の指標",
            "unit": "件",
            "source": "manual",
        }
        made = seat.post("/evaluation/indicators", place, 201)
        at = f"/evaluation/indicators/{made['id']}"

        def year(text: str) -> dict[str, Any]:
            return {"fy": 2026, "target": 7, "actual": int(text[1:])}

        seat.post(f"{at}/years", year(self.word(0)), If_Match=self._tag(seat, at))
        self.things["indicator"] = Thing(
            "report", at, "POST", f"{at}/years", year, lambda f: self.word(f["actual"])
        )
        self.pages["indicator"] = Page(
            f"{at}/years", "actual", lambda t: str(int(t[1:])), lambda v: self.word(int(v))
        )
