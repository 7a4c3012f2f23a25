"""The story of a mother of 82 and her son of 54, from a phone call to the close of the case and its reopening.

It is told once, through the JSON API, by whoever sits at the keyboards: over HTTP in tests/e2e, in process where a
test needs a city in which everything has happened. At each step somebody who must not see or do it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.cast import Client

GROUND = "act_106_6"
CONFERENCE = "plan_conference"


class Story:
    """`say(name)` supplies each typed text; `now` and `later` are the server's clock; `ids` collects what was made."""

    def __init__(
        self,
        seats: dict[str, Client],
        now: Callable[[], datetime],
        later: Callable[..., None],
        say: Callable[[str], str] | None = None,
    ) -> None:
        self.seat = seats
        self._now = now
        self._later = later
        self.say = say or (lambda name: f"架空の{name}")
        self.ids: dict[str, str] = {}
        self.refusals = 0

    # -- helpers -----------------------------------------------------------------------------------

    def staff(self, login: str) -> str:
        return str(self.seat[login].me["id"])

    def day(self, **delta: float) -> str:
        return (self._now() + timedelta(hours=9) + timedelta(**delta)).date().isoformat()

    def at(self, **delta: float) -> str:
        return (self._now().astimezone(UTC) + timedelta(**delta)).isoformat()

    def later(self, **delta: float) -> None:
        """Time passes; whoever was away too long signs in again (30 minutes idle)."""
        self._later(**delta)
        for seat in self.seat.values():
            seat.come_back()

    def refused(self, login: str, method: str, path: str, body: Any = None, status: int = 404) -> None:
        """Somebody who must not: 404 or 403, and a trace of it (counted here, compared with the trail later)."""
        answer = self.seat[login].ask(method, path, body)
        assert answer.status_code == status, f"{login} {method} {path}: {answer.status_code} {answer.text}"
        self.refusals += 1

    # -- the story ---------------------------------------------------------------------------------

    def tell(self) -> Story:
        self.call_at_the_window()
        self.referred_and_returned_twice()
        self.support_meeting()
        self.outreach()
        self.consents()
        self.plan_conference()
        self.trial_at_a_farm()
        self.evaluation_and_close()
        self.reopened()
        return self

    def call_at_the_window(self) -> None:
        """A 民生委員 phones なんでも相談窓口(市社協); no consent, the son's name is not known."""
        shakyo = self.seat["shakyo"]
        intake = shakyo.post(
            "/intakes",
            {
                "window": "nandemo",
                "topics": [{"code": "withdrawal_truancy", "main": True}, {"code": "eldercare"}],
                "consent": "not_asked",
                "person": {
                    "name": self.say("母の氏名"),
                    "kana": self.say("母のふりがな"),
                    "birth": "昭和19年頃",
                    "sex": "female",
                    "addresses": [{"address": self.say("母の住所"), "district": "ofuna_1"}],
                    "contacts": [{"kind": "phone_home", "value": "0467-00-0000"}],
                },
                "visitor": {"name": self.say("民生委員の氏名"), "phone": "0467-00-0001", "relation": None},
                "wishes": self.say("希望"),
                "narrative": self.say("相談内容"),
                "intake_route": "resident",
                "urgency": "within_week",
                "safe_ways": {"hours": self.say("連絡時間帯"), "message_ok": False, "letter_ok": True},
            },
            status=201,
            Idempotency_Key="the-first-call-1",
        )
        self.ids["intake"], self.ids["mother"] = intake["id"], intake["person_id"]
        assert intake["owner_id"] == self.staff("shakyo")
        self.refused("shogai", "GET", f"/intakes/{intake['id']}")
        self.refused("admin", "GET", f"/intakes/{intake['id']}", status=403)
        shakyo.post(f"/intakes/{intake['id']}/screen")

    def referred_and_returned_twice(self) -> None:
        """To 生活福祉課, returned with a reason; to 高齢者いきいき課, returned: the second return goes to a meeting."""
        shakyo = self.seat["shakyo"]
        first = shakyo.post(
            f"/intakes/{self.ids['intake']}/refer",
            {
                "to_agency": "seikatsu_fukushi",
                "reason": self.say("つなぎの理由"),
                "with_consent": False,
                "ground": "life_protection",
                "keep_role": "watch",
            },
            status=201,
        )
        self.ids["case"], self.ids["referral"] = first["case_id"], first["id"]
        self.refused("korei", "POST", f"/referrals/{first['id']}/accept", {})
        self._return("seikatsu", first["id"])
        assert shakyo.get(f"/cases/{self.ids['case']}")["owner_id"] == self.staff("shakyo")
        second = shakyo.post(
            f"/cases/{self.ids['case']}/referrals",
            {
                "to_agency": "korei_ikiiki",
                "reason": self.say("二度目のつなぎの理由"),
                "with_consent": False,
                "ground": "life_protection",
            },
            status=201,
        )
        self.ids["second_referral"] = second["id"]
        self.refused("seikatsu", "GET", f"/referrals/{second['id']}")
        self._return("korei", second["id"])
        waiting = self.seat["secretariat"].get("/proposals")["items"]
        self.ids["proposal"] = next(p["id"] for p in waiting if p["case_id"] == self.ids["case"])

    def _return(self, login: str, referral_id: str) -> None:
        self.later(hours=3)
        self.seat[login].post(f"/referrals/{referral_id}/acknowledge")
        self.refused("shogai", "POST", f"/referrals/{referral_id}/return", {"reason": "out_of_scope"})
        missing = self.seat[login].post(f"/referrals/{referral_id}/return", {}, status=422)
        assert missing["errors"][0]["field"] == "reason"
        body = {"reason": "out_of_scope", "text": self.say("差し戻しの事情")}
        returned = self.seat[login].post(f"/referrals/{referral_id}/return", body)
        assert returned["state"] == "returned"

    # -- 支援会議 ------------------------------------------------------------------------------------

    def support_meeting(self) -> None:
        """法106条の6: three divisions and a 地域包括支援センター are convened; 障害福祉課 sees nothing."""
        chair, office = self.seat["chair"], self.seat["secretariat"]
        meeting = office.post(
            "/meetings", self._meeting(GROUND, "fukushi_somu", "chair", "secretariat"), status=201
        )
        item = office.post(
            f"/meetings/{meeting['id']}/agenda",
            {"proposal_id": self.ids["proposal"], "purpose": self.say("議題"), "items": ["consultation"]},
            status=201,
        )
        self.ids["meeting"], self.ids["item"] = meeting["id"], item["id"]
        convened = [
            {"agency": "korei_ikiiki", "ground": GROUND, "staff_id": self.staff("korei")},
            {"agency": "seikatsu_fukushi", "ground": GROUND, "staff_id": self.staff("seikatsu")},
            {"agency": "chiiki_kyosei", "ground": GROUND, "staff_id": self.staff("kyosei")},
            {"agency": "community_care_1", "ground": GROUND, "staff_id": self.staff("member")},
            {"agency": "shakyo", "ground": GROUND, "staff_id": self.staff("shakyo")},
        ]
        chair.post(f"/agenda/{item['id']}/members", {"members": convened})
        chair.post(f"/meetings/{meeting['id']}/convene", {"members": []})
        self.refused("shogai", "GET", f"/meetings/{meeting['id']}")
        self.refused("shogai", "GET", f"/agenda/{item['id']}")
        self.refused("member", "GET", f"/agenda/{item['id']}")  # before secrecy is confirmed
        self._prepare_and_share(meeting["id"], item["id"])
        self._hold_and_decide(meeting["id"], item["id"])

    def _meeting(self, basis: str, convener: str, chair: str, office: str) -> dict[str, Any]:
        return {
            "basis": basis,
            "convener": convener,
            "chair_id": self.staff(chair),
            "secretariat_id": self.staff(office),
            "planned_at": self.at(days=14),
            "place": self.say("会議の場所"),
        }

    def _prepare_and_share(self, meeting_id: str, item_id: str) -> None:
        invited = ("korei", "seikatsu", "kyosei", "member", "shakyo")
        for login in invited:
            self.seat[login].post(f"/meetings/{meeting_id}/secrecy")
        self.seat["chair"].post(f"/meetings/{meeting_id}/share")
        agencies = {"korei": "korei_ikiiki", "member": "community_care_1", "shakyo": "shakyo"}
        for login, agency in agencies.items():
            sheet = {
                "agency": agency,
                "household_picture": self.say("把握している世帯像"),
                "current_efforts": self.say("現在の取り組み"),
                "wanted_agencies": self.say("関わってほしい機関"),
                "requests": self.say("他部署へのお願い"),
            }
            self.seat[login].put(f"/agenda/{item_id}/sheet", sheet | {"version": 0})
        assert self.seat["member"].get(f"/agenda/{item_id}")["id"] == item_id
        self.refused("member", "GET", f"/cases/{self.ids['case']}")
        self.refused("shogai", "GET", f"/agenda/{item_id}/sheets")

    def _hold_and_decide(self, meeting_id: str, item_id: str) -> None:
        """The decision assigns lead and supporting agencies, each with person and date."""
        self.later(days=14)
        chair, office = self.seat["chair"], self.seat["secretariat"]
        office.post(f"/meetings/{meeting_id}/hold")
        self._minute("secretariat", item_id)
        self._learned_in_the_meeting(item_id)
        undated = chair.post(f"/agenda/{item_id}/decision", self._decision(due_on=None), status=422)
        assert undated["errors"][0]["field"] == "actions.0.due_on"
        self.refused("shakyo", "POST", f"/agenda/{item_id}/decision", self._decision(), status=403)
        chair.post(f"/agenda/{item_id}/decision", self._decision())
        office.post(f"/meetings/{meeting_id}/draft-minutes")
        self.refused("secretariat", "POST", f"/meetings/{meeting_id}/confirm", status=403)
        chair.post(f"/meetings/{meeting_id}/confirm")
        current = f'"{chair.get(f"/agenda/{item_id}")["version"]}"'
        late = chair.put(f"/agenda/{item_id}/minutes", {"text": "書き換え"}, status=409, If_Match=current)
        assert late["code"] == "minutes_confirmed"
        case = self.seat["shakyo"].get(f"/cases/{self.ids['case']}")
        assert (case["lead_agency"], case["lead_id"]) == ("shakyo", self.staff("coordinator"))
        mine = self.seat["korei"].get("/action-items")["items"]
        self.ids["action"] = next(a["id"] for a in mine if a["case_id"] == self.ids["case"])
        self.refused("shogai", "POST", f"/action-items/{self.ids['action']}/accept")
        self.seat["korei"].post(f"/action-items/{self.ids['action']}/accept")

    def _learned_in_the_meeting(self, item_id: str) -> None:
        """A fact first heard here keeps this meeting as its origin (I7)."""
        heard = {
            "segment_class": "third_party_word",
            "text": self.say("会議で聞いた事情"),
            "said_by": self.say("話した人"),
        }
        body = {
            "happened_at": self.at(hours=-1),
            "method": "support_meeting",
            "agency": "shakyo",
            "segments": [heard],
        }
        note = self.seat["shakyo"].post(f"/agenda/{item_id}/notes", body, status=201)
        self.ids["bound_segment"] = note["segments"][0]["id"]
        self.refused("shogai", "POST", f"/agenda/{item_id}/notes", body)

    def _minute(self, login: str, item_id: str) -> None:
        version = self.seat[login].get(f"/agenda/{item_id}")["version"]
        body = {"text": self.say("会議録")}
        saved = self.seat[login].put(f"/agenda/{item_id}/minutes", body, If_Match=f'"{version}"')
        assert saved["version"] > version

    def _decision(self, due_on: str | None = "") -> dict[str, Any]:
        return {
            "policy": self.say("方針"),
            "lead_agency": "shakyo",
            "lead_id": self.staff("coordinator"),
            "actions": [
                {
                    "agency": "korei_ikiiki",
                    "staff_id": self.staff("korei"),
                    "due_on": self.day(days=30) if due_on == "" else due_on,
                    "task": self.say("対応事項"),
                }
            ],
            "missing": [{"text": self.say("足りない社会資源"), "place_kind": "agri_fishery"}],
            "next_meeting_on": self.day(days=60),
        }

    # -- アウトリーチ ----------------------------------------------------------------------------------

    def outreach(self) -> None:
        """Absent, letter left, family only, through the door, met: all of them are results."""
        coordinator, worker = self.seat["coordinator"], self.seat["outreach"]
        case_id = self.ids["case"]
        son = coordinator.post(f"/cases/{case_id}/people", {"role": "subject", "person": {}}, status=201)
        self.ids["son"] = son["person_id"]
        start = {
            "trigger": "not_reached",
            "basis": "support_meeting",
            "worker_id": self.staff("outreach"),
            "worker_agency": "shakyo",
            "person_id": self.ids["son"],
            "background": self.say("訪問の背景"),
        }
        by_consent = coordinator.post(f"/cases/{case_id}/outreach", {**start, "basis": "consent"}, status=409)
        assert by_consent["code"] == "outreach_consent_missing"
        episode = coordinator.post(f"/cases/{case_id}/outreach", start, status=201)
        self.ids["episode"] = episode["id"]
        safety = {
            "text": self.say("安全上の留意点"),
            "not_to_do": self.say("してはいけないこと"),
            "by_two": True,
            "review_on": self.day(days=90),
        }
        worker.post(f"/outreach/{episode['id']}/safety", safety, status=201)
        self.refused("kyosei", "GET", f"/outreach/{episode['id']}")
        for move in ("prepare", "approach"):
            worker.post(f"/outreach/{episode['id']}/{move}", {})
        for result in ("absent", "letter_left", "family_only", "through_door", "met"):
            self._visit(result)
        worker.post(f"/outreach/{episode['id']}/relate", {})

    def _visit(self, result: str) -> None:
        self.later(days=7)
        body = {
            "at": self.at(hours=-1),
            "method": "letter" if result == "letter_left" else "home_visit",
            "result": result,
            "minutes": 40,
            "by_two": True,
            "with_whom": self.say("同席者"),
            "text": self.say("訪問の記録"),
            "next_step": self.say("次の一手"),
        }
        path = f"/outreach/{self.ids['episode']}/visits"
        self.refused("participation", "POST", path, body, status=403)
        self.seat["outreach"].post(path, body, status=201)

    # -- 同意と重層的支援会議 ----------------------------------------------------------------------------

    def consents(self) -> None:
        """The mother consents; a conference is refused for the son, who consents later, for part of the items."""
        coordinator, case_id = self.seat["coordinator"], self.ids["case"]
        self._assess()
        self._consent("mother", ["consultation", "assessment", "plan", "progress", "health"])
        early = coordinator.post(f"/cases/{case_id}/plan", {}, status=409)
        assert early["code"] == "plan_sharing_consent_missing"
        conference = self.seat["conference_office"].post(
            "/meetings", self._meeting(CONFERENCE, "shakyo", "conference", "conference_office"), status=201
        )
        self.ids["conference"] = conference["id"]
        proposal = {"reason": self.say("諮る理由"), "basis": CONFERENCE}
        self.ids["conference_proposal"] = coordinator.post(f"/cases/{case_id}/propose", proposal, status=201)[
            "id"
        ]
        refused = self.seat["conference_office"].post(
            f"/meetings/{conference['id']}/agenda", self._conference_item(None), status=409
        )
        assert refused["code"] == "consent_missing_use_support_meeting"
        self._consent("son", ["consultation", "plan"])
        coordinator.post(f"/cases/{case_id}/plan", {})

    def _assess(self) -> None:
        coordinator, case_id = self.seat["coordinator"], self.ids["case"]
        coordinator.post(f"/cases/{case_id}/assess", {})
        sections = [
            {"section": name, "text": self.say("アセスメント")} for name in ("health", "presenting_issue")
        ]
        facts = [{"person_id": self.ids["mother"], "list": "attribute", "code": "elderly"}]
        body = {"sections": sections, "facts": facts, "housing_kind": "owned"}
        coordinator.post(f"/cases/{case_id}/assessments", body, status=201)
        self.refused("outreach", "POST", f"/cases/{case_id}/assessments", body, status=403)

    def _consent(self, person: str, items: list[str]) -> None:
        body = {
            "purpose": "plan_conference_sharing",
            "state": "given",
            "recipients": ["shakyo", "korei_ikiiki", "community_care_1", "farm"],
            "items": items,
            "holder": "shakyo",
            "form": "written",
            "given_on": self.day(),
        }
        path = f"/cases/{self.ids['case']}/people/{self.ids[person]}/consents"
        self.refused("shogai", "POST", path, body)
        self.seat["coordinator"].post(path, body, status=201)

    def _conference_item(self, plan_id: str | None) -> dict[str, Any]:
        return {
            "proposal_id": self.ids["conference_proposal"],
            "purpose": self.say("議題"),
            "plan_id": plan_id,
            "items": ["plan", "consultation"],
        }

    def plan_conference(self) -> None:
        """Explained, consented, conferenced, decided, set in motion."""
        coordinator = self.seat["coordinator"]
        plan = coordinator.post(f"/cases/{self.ids['case']}/plans", self._plan(), status=201)
        self.ids["plan"] = plan["id"]
        coordinator.post(f"/plans/{plan['id']}/explain", {"explained_on": self.day()})
        coordinator.post(f"/plans/{plan['id']}/consent")
        office, leader = self.seat["conference_office"], self.seat["conference"]
        meeting_id = self.ids["conference"]
        item = office.post(f"/meetings/{meeting_id}/agenda", self._conference_item(plan["id"]), status=201)
        self.ids["conference_item"] = item["id"]
        members = [
            {"agency": "korei_ikiiki", "ground": "consent", "staff_id": self.staff("korei")},
            {"agency": "community_care_1", "ground": "consent", "staff_id": self.staff("member")},
        ]
        leader.post(f"/agenda/{item['id']}/members", {"members": members})
        leader.post(f"/meetings/{meeting_id}/convene", {"members": []})
        coordinator.post(f"/plans/{plan['id']}/submit", {"agenda_item_id": item["id"]})
        for login in ("korei", "member"):
            self.seat[login].post(f"/meetings/{meeting_id}/secrecy")
        leader.post(f"/meetings/{meeting_id}/share")
        self.later(days=14)
        office.post(f"/meetings/{meeting_id}/hold")
        early = leader.post(f"/plans/{plan['id']}/decide", status=409)
        assert early["code"] == "plan_not_agreed"
        decision = {**self._decision(), "plan_agreed": True, "verdict": "continue"}
        leader.post(f"/agenda/{item['id']}/decision", decision)
        self._minute("conference_office", item["id"])
        self.refused("coordinator", "POST", f"/plans/{plan['id']}/decide", status=403)
        leader.post(f"/plans/{plan['id']}/decide")
        office.post(f"/meetings/{meeting_id}/draft-minutes")
        leader.post(f"/meetings/{meeting_id}/confirm")
        assert coordinator.post(f"/plans/{plan['id']}/activate")["state"] == "active"
        assert coordinator.get(f"/cases/{self.ids['case']}")["state"] == "supporting"

    def _plan(self) -> dict[str, Any]:
        return {
            "period_from": self.day(),
            "period_to": self.day(days=180),
            "issues": self.say("課題"),
            "wish": self.say("本人の希望"),
            "long_term_goal": self.say("長期目標"),
            "emergency": self.say("緊急時の対応"),
            "participation_needed": True,
            "outreach_needed": True,
            "next_review_on": self.day(days=90),
            "responsible_id": self.staff("coordinator"),
            "goals": [self.say("達成目標")],
            "lines": [
                {"what": self.say("支援内容"), "who": "agency", "agency": "shakyo", "how_often": "月二回"}
            ],
            "roles": [
                {"agency": "korei_ikiiki", "staff_id": self.staff("korei"), "task": self.say("役割")},
            ],
        }

    # -- 参加支援 ------------------------------------------------------------------------------------

    def trial_at_a_farm(self) -> None:
        """The trial is broken off, another place is found, and the tie settles for the person and the host."""
        seat, case_id = self.seat["participation"], self.ids["case"]
        farm = self._resource("架空農園の作業体験")
        salon = self._resource("架空の居場所")
        body = {
            "person_id": self.ids["son"],
            "coordinator_id": self.staff("participation"),
            "coordinator_agency": "shakyo",
            "wish": self.say("参加の希望"),
            "wanted_kind": "agri_fishery",
        }
        need = self.seat["coordinator"].post(f"/cases/{case_id}/participation", body, status=201)
        self.ids["need"] = need["id"]
        one = f"/participation/{need['id']}"
        self.refused("outreach", "GET", one, status=403)
        seat.post(f"{one}/assess", {"wish": self.say("参加の希望")})
        seat.post(f"{one}/match")
        self.refused(
            "kyosei", "POST", f"{one}/trial", {"resource_id": farm, "begins_on": self.day()}, status=403
        )
        seat.post(f"{one}/trial", {"resource_id": farm, "begins_on": self.day()})
        self.later(days=10)
        seat.post(f"{one}/break-off", {"reason": "pace", "text": self.say("やめた事情")})
        assert need["id"] in [n["id"] for n in seat.get("/participation/without-place")["items"]]
        seat.post(f"{one}/match")
        seat.post(f"{one}/trial", {"resource_id": salon, "begins_on": self.day()})
        self.later(days=20)
        seat.post(f"{one}/place")
        seat.post(f"{one}/settle")
        lonely = seat.post(f"{one}/stabilise", status=409)
        assert lonely["code"] == "settling_sides_missing"
        for side in ("person", "host"):
            seat.post(
                f"{one}/settling", {"side": side, "at": self.at(hours=-1), "text": self.say("定着支援")}
            )
        assert seat.post(f"{one}/stabilise")["state"] == "stable"

    def _resource(self, name: str) -> str:
        body = {"kind": "agri_fishery", "name": name, "district": "ofuna", "capacity": 2, "agency": "farm"}
        return str(self.seat["participation"].post("/resources", body, status=201)["id"])

    # -- 評価・終結・再開 ---------------------------------------------------------------------------------

    def evaluation_and_close(self) -> None:
        """Review, evaluation, the meeting's verdict, and the 主担当 for afterwards."""
        self.later(days=90)
        coordinator, case_id = self.seat["coordinator"], self.ids["case"]
        plan = coordinator.get(f"/plans/{self.ids['plan']}")
        body = {
            "evaluated_on": self.day(),
            "verdict": "close",
            "goals": [
                {"goal_id": plan["goals"][0]["id"], "status": "achieved", "remark": self.say("達成状況")}
            ],
            "changes": ["calm", "participation_up"],
            "remains": self.say("残る課題"),
            "wish": self.say("本人の意向"),
        }
        self.refused("kyosei", "POST", f"/plans/{self.ids['plan']}/evaluations", body)
        coordinator.post(f"/plans/{self.ids['plan']}/evaluations", body, status=201)
        coordinator.post(f"/cases/{case_id}/propose-close", status=204)
        closing = {
            "close_reason": "goal_reached",
            "after_lead_agency": "korei_ikiiki",
            "after_lead_id": self.staff("korei"),
            "handover": self.say("引継ぎ"),
        }
        undecided = self.seat["conference"].post(f"/cases/{case_id}/close", closing, status=409)
        assert undecided["code"] == "verdict_close_missing"
        self._closing_conference()
        self.refused("shakyo", "POST", f"/cases/{case_id}/close", closing, status=403)
        self.seat["conference"].post(f"/cases/{case_id}/close", closing, status=204)
        closed = coordinator.get(f"/cases/{case_id}")
        assert (closed["state"], closed["after_lead_agency"]) == ("closed", "korei_ikiiki")

    def _closing_conference(self) -> None:
        office, leader = self.seat["conference_office"], self.seat["conference"]
        meeting = office.post(
            "/meetings", self._meeting(CONFERENCE, "shakyo", "conference", "conference_office"), status=201
        )
        item = office.post(
            f"/meetings/{meeting['id']}/agenda",
            {"case_id": self.ids["case"], "purpose": self.say("終結の判定"), "items": ["plan"]},
            status=201,
        )
        members = [{"agency": "korei_ikiiki", "ground": "consent", "staff_id": self.staff("korei")}]
        leader.post(f"/agenda/{item['id']}/members", {"members": members})
        leader.post(f"/meetings/{meeting['id']}/convene", {"members": []})
        self.seat["korei"].post(f"/meetings/{meeting['id']}/secrecy")
        leader.post(f"/meetings/{meeting['id']}/share")
        self.later(days=14)
        office.post(f"/meetings/{meeting['id']}/hold")
        leader.post(f"/agenda/{item['id']}/decision", {**self._decision(), "verdict": "close"})
        self._minute("conference_office", item["id"])

    def reopened(self) -> None:
        """Three months later a new episode is linked; the old records stay read-only."""
        self.later(days=92)
        coordinator, case_id = self.seat["coordinator"], self.ids["case"]
        self.refused(
            "shogai", "POST", f"/cases/{case_id}/reopen", {"agency": "shogai_fukushi", "reason": "再相談"}
        )
        body = {"agency": "shakyo", "reason": self.say("再開の理由")}
        again = coordinator.post(f"/cases/{case_id}/reopen", body, status=201)
        self.ids["reopened"] = again["id"]
        assert again["previous_id"] == case_id
        assert coordinator.get(f"/cases/{case_id}")["state"] == "reopened"
        coordinator.post(f"/cases/{case_id}/assess", {}, status=409)
