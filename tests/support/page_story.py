"""The story of tests/support/story.py told through the pages alone, by the same people, with any of the three hands."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext

from casework.kernel.clock import tokyo_date
from casework.kernel.wareki import format_wareki
from tests.support.browser_page import picture
from tests.support.cast import PASSWORD
from tests.support.hands import Hand
from tests.support.server import Server

Open = Callable[[], BrowserContext]
MEMBERS = (("korei_ikiiki", "架空 高齢"), ("community_care_1", "架空 包括"), ("shakyo", "架空 相談"))


class Seated:
    """Somebody of the cast at a browser; signs in on the page whenever it asks."""

    def __init__(self, context: BrowserContext, hand: type[Hand], login: str, pictures: Path | None) -> None:
        self.page = context.new_page()
        self.hand = hand(self.page)
        self.login = login
        self._pictures = pictures

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def open(self, path: str) -> Seated:
        """An address from the bookmarks."""
        self.page.goto(path)
        if self.path == "/sign-in":
            self.sign_in()
            if self.path != urlsplit(path).path:
                self.page.goto(path)
        return self

    def sign_in(self) -> None:
        self.hand.text(self.page.locator("#login"), self.login)
        self.hand.text(self.page.locator("#password"), PASSWORD)
        self.hand.leave(self.page.locator("main button.primary"))
        self.page.wait_for_url(lambda url: urlsplit(url).path != "/sign-in")

    def go(self, path: str, *links: str) -> Seated:
        self.open(path)
        for link in links:
            self.hand.follow(link)
        return self

    def send(self, *, button: str = "", shot: str = "", **values: Any) -> str:
        """Fill the form on the screen, send it, and tell where it led."""
        before = self.page.url
        for name, value in values.items():
            self.hand.put(name.replace("__", "."), value)
        self.shoot(shot)
        self.hand.press(button)
        faults = self.page.locator("#faults ~ ul").all_inner_texts()
        assert not faults, f"{self.login} at {before}: {faults}"
        return self.path

    def act(self, path: str, label: str, **values: Any) -> Seated:
        """A deed of the page at `path`: a button that does it at once, or a link to its form."""
        self.open(path)
        button = self.page.locator("main form:not(.work) button", has_text=label)
        if button.count():
            self.hand.leave(button.first)
            return self
        self.hand.follow(label)
        self.send(**values)
        return self

    def shoot(self, name: str) -> None:
        """A picture for the manual, of what is on the screen now."""
        if name and self._pictures is not None:
            self.page.evaluate("scrollTo(0, 0)")
            picture(self.page, self._pictures / f"{name}.png", full=False)

    def says(self, *words: str) -> Seated:
        shown = self.page.locator("main").inner_text()
        for word in words:
            assert word in shown, f"{word} is not on {self.page.url}:\n{shown}"
        return self


class PageStory:
    """From the phone call to the reopened case; `addresses` collects where things are."""

    def __init__(self, server: Server, open_: Open, hand: type[Hand], pictures: Path | None = None) -> None:
        self._server = server
        self._open = open_
        self._hand = hand
        self._pictures = pictures
        self._seats: dict[str, Seated] = {}
        self.at: dict[str, str] = {}

    def seat(self, login: str) -> Seated:
        if login not in self._seats:
            self._seats[login] = Seated(self._open(), self._hand, login, self._pictures)
        return self._seats[login]

    @property
    def costs(self) -> tuple[int, int]:
        """Key strokes and taps of everybody together."""
        hands = [seat.hand for seat in self._seats.values()]
        return sum(h.strokes for h in hands), sum(h.taps for h in hands)

    def day(self, **delta: float) -> str:
        return format_wareki(tokyo_date(self._server.now() + timedelta(**delta)))

    def later(self, **delta: float) -> None:
        self._server.later(**delta)

    def tell(self) -> PageStory:
        self.call_at_the_window()
        self.returned_twice()
        self.support_meeting()
        self.outreach()
        self.consents()
        self.plan_conference()
        self.trial_at_a_salon()
        self.evaluation_and_close()
        self.reopened()
        self.seat("shakyo").open("/").shoot("today")
        self.seat("admin").open("/staff").shoot("staff")
        return self

    # -- 受付とつなぎ ---------------------------------------------------------------------------------

    def call_at_the_window(self) -> None:
        shakyo = self.seat("shakyo").go("/", "受付", "相談を受け付ける")
        self.at["intake"] = shakyo.send(
            shot="receive",
            window="なんでも相談",
            main_topic="withdrawal_truancy",
            consent="not_asked",
            narrative="架空の民生委員から電話。母82歳、息子54歳。",
            person__name="架空 ハナ",
            person__birth="昭和19年頃",
            person__phone_home="0467-00-0000",
            person__address="架空市見本町1-2-3",
        )
        shakyo.says("架空 ハナ").shoot("intake")

    def returned_twice(self) -> None:
        shakyo = self.seat("shakyo").go(self.at["intake"], "つなぐ")
        sent = shakyo.send(
            shot="refer",
            to_agency="生活福祉課",
            reason="架空のつなぎの理由",
            with_consent="0",
            ground="life_protection",
        )
        self._return("seikatsu", sent)
        self.at["case"] = str(
            shakyo.open(sent).page.locator("main a[href^='/cases/']").first.get_attribute("href")
        )
        sent = shakyo.go(self.at["case"], "ほかの機関へつなぐ").send(
            to_agency="高齢者いきいき課",
            reason="架空の二度目の理由",
            with_consent="0",
            ground="life_protection",
        )
        self._return("korei", sent)
        shakyo.open(self.at["case"]).says("ほかの機関へつなぐ").shoot("case")

    def _return(self, login: str, referral: str) -> None:
        self.later(hours=3)
        receiver = self.seat(login).go("/", "つなぎ")
        receiver.shoot("inbox")
        receiver.act(referral, "受け取った")
        receiver.act(referral, "差し戻す", shot="return", reason="out_of_scope", text="架空の差し戻しの事情")

    # -- 支援会議 ------------------------------------------------------------------------------------

    def support_meeting(self) -> None:
        office, chair = self.seat("secretariat"), self.seat("chair")
        self.at["meeting"] = office.go("/", "会議", "会議を予定する").send(
            shot="plan_meeting",
            basis="act_106_6",
            convener="福祉総務課",
            chair_id="架空 会長",
            secretariat_id="架空 事務",
            planned_at=f"{self.day(days=14)} 14:00",
            place="架空会館",
        )
        office.open("/proposals").shoot("proposals")
        self.at["item"] = office.go(self.at["meeting"], "ケースを議題に載せる").send(
            proposal_id=self._only_option(office), purpose="架空の議題"
        )
        self._choose(chair, self.at["item"], MEMBERS, "act_106_6", shot="members")
        chair.go(self.at["meeting"], "構成員を招集する").send()
        for login in ("member", "korei", "shakyo"):
            self._pledge(login, shot="secrecy" if login == "member" else "")
        chair.go(self.at["meeting"], "資料を共有する").send()
        member = self.seat("member").go("/agenda", "議題 1", "準備シートを書く")
        member.send(shot="sheet", household_picture="架空の世帯像", requests="架空のお願い")
        chair.open(self.at["item"]).says("架空の世帯像").shoot("item")
        self.later(days=14)
        office.go(self.at["meeting"], "開催したことを記録する").send()
        self._record(office, chair)
        korei = self.seat("korei").go("/", "対応事項", "架空の対応事項")
        korei.shoot("action")
        korei.hand.follow("引き受ける")
        korei.send()
        korei.says("引き受け")

    def _only_option(self, seated: Seated) -> str:
        choices = seated.page.locator('[name="proposal_id"]:not([value=""])')
        if choices.first.evaluate("e => e.tagName") == "SELECT":
            choices = choices.first.locator("option:not([value=''])")
        return str(choices.last.get_attribute("value"))

    def _choose(
        self, leader: Seated, item: str, members: tuple[tuple[str, str], ...], ground: str, shot: str = ""
    ) -> None:
        rows = {}
        for n, (agency, person) in enumerate(members):
            rows |= {
                f"members__{n}__agency": agency,
                f"members__{n}__ground": ground,
                f"members__{n}__staff_id": person,
            }
        leader.go(item, "構成員を選ぶ").send(shot=shot, **rows)

    def _pledge(self, login: str, shot: str = "") -> None:
        seated = self.seat(login).go("/", "招集された議題", "の会議")
        seated.shoot(shot)
        seated.hand.follow("守秘を確認する")
        seated.send()

    def _record(self, office: Seated, chair: Seated) -> None:
        office.go(self.at["meeting"], "議題 1", "会議を記録する").send(
            shot="record",
            text="架空の会議録",
            policy="架空の方針",
            lead_agency="市社協",
            lead_id="架空 調整",
            actions__0__task="架空の対応事項",
            actions__0__agency="korei_ikiiki",
            actions__0__staff_id="架空 高齢",
            actions__0__due_on=self.day(days=30),
            missing__0__text="架空の足りない社会資源",
        )
        office.says("架空の会議録", "架空の方針", "架空の対応事項")
        office.hand.follow("出欠を記録する")
        office.send()
        office.go(self.at["meeting"], "会議録案を会議の長に回す").send()
        chair.go(self.at["meeting"], "会議録を確定する").send()
        chair.says("会議録確定")

    # -- アウトリーチ ----------------------------------------------------------------------------------

    def outreach(self) -> None:
        coordinator, worker = self.seat("coordinator"), self.seat("outreach")
        coordinator.go(self.at["case"], "世帯・本人", "加える").send(role="subject")
        coordinator.go(self.at["case"], "アウトリーチ", "アウトリーチを始める").send(
            trigger="not_reached",
            basis="support_meeting",
            worker_id="架空 訪問",
            worker_agency="市社協",
            person_id="氏名なし",
            background="架空の訪問の背景",
        )
        worker.go("/", "アウトリーチ").shoot("outreach")
        self.at["episode"] = str(
            worker.page.locator("main a[href^='/outreach/']").first.get_attribute("href")
        )
        worker.go(self.at["episode"], "安全上の留意点").send(
            text="架空の留意点", not_to_do="架空のしてはいけないこと", review_on=self.day(days=90)
        )
        for link in ("準備", "接近"):
            worker.go(self.at["episode"], link).send()
        for result in ("absent", "letter_left", "met"):
            self.later(days=7)
            worker.go(self.at["episode"], "訪問・連絡を記録する").send(
                shot="visit" if result == "met" else "",
                method="letter" if result == "letter_left" else "home_visit",
                result=result,
                minutes="40",
                text="架空の訪問の記録",
            )
        worker.go(self.at["episode"], "関係").send()

    # -- 同意と重層的支援会議 ----------------------------------------------------------------------------

    def consents(self) -> None:
        coordinator = self.seat("coordinator")
        coordinator.go(self.at["case"], "アセスメントを始める").send()
        coordinator.go(f"{self.at['case']}/assessment", "アセスメントを書く").send(
            shot="assessment", presenting_issue="架空のアセスメント", health="架空の健康"
        )
        for person, items in (
            ("架空 ハナ", ["consultation", "plan", "health"]),
            ("氏名なし", ["consultation", "plan"]),
        ):
            coordinator.go(f"{self.at['case']}/consents")
            self._consent(coordinator, person, items)
        coordinator.go(self.at["case"], "プラン作成を始める").send()
        coordinator.go(self.at["case"], "会議に諮る").send(reason="架空の諮る理由", basis="plan_conference")

    def _consent(self, seated: Seated, person: str, items: list[str]) -> None:
        row = seated.page.locator("main a", has_text=re.compile("同意を記録")).filter(has_text=person)
        seated.hand.leave(row.first)
        seated.send(
            shot="consent",
            purpose="plan_conference_sharing",
            state="given",
            recipients=["shakyo", "korei_ikiiki", "community_care_1"],
            items=items,
            form="written",
            given_on=self.day(),
        )

    def plan_conference(self) -> None:
        coordinator = self.seat("coordinator")
        office, leader = self.seat("conference_office"), self.seat("conference")
        self.at["plan"] = coordinator.go(self.at["case"], "プラン", "作る").send(
            shot="plan",
            issues="架空の課題",
            wish="架空の希望",
            long_term_goal="架空の長期目標",
            next_review_on=self.day(days=90),
            goals="架空の達成目標",
            lines__0__what="架空の支援内容",
            lines__0__who="agency",
            lines__0__agency="shakyo",
            roles__0__agency="korei_ikiiki",
            roles__0__staff_id="架空 高齢",
            roles__0__task="架空の役割",
        )
        coordinator.go(self.at["plan"], "説明").send(explained_on=self.day())
        coordinator.go(self.at["plan"], "同意").send()
        self.at["conference"] = self._conference(office)
        item = office.go(self.at["conference"], "ケースを議題に載せる").send(
            proposal_id=self._only_option(office),
            purpose="架空のプランの協議",
            items=["plan", "consultation"],
        )
        coordinator.go(self.at["plan"], "会議にかける").send(agenda_item_id="議題1")
        self._until_held(office, leader, self.at["conference"], item)
        office.go(item, "会議を記録する").send(**self._decided(verdict="continue", plan_agreed=True))
        leader.go(self.at["plan"], "支援決定").send()
        office.go(self.at["conference"], "会議録案を会議の長に回す").send()
        leader.go(self.at["conference"], "会議録を確定する").send()
        coordinator.go(self.at["plan"], "実施").send()
        coordinator.open(self.at["plan"]).shoot("plan_active")
        coordinator.open(self.at["case"]).says("架空 ハナ")

    def _conference(self, office: Seated) -> str:
        return office.go("/meetings", "会議を予定する").send(
            basis="plan_conference",
            convener="市社協",
            chair_id="架空 座長",
            secretariat_id="架空 書記",
            planned_at=f"{self.day(days=14)} 10:00",
            place="架空会館",
        )

    def _until_held(self, office: Seated, leader: Seated, meeting: str, item: str) -> None:
        self._choose(leader, item, MEMBERS[:1], "consent")
        leader.go(meeting, "構成員を招集する").send()
        self._pledge("korei")
        leader.go(meeting, "資料を共有する").send()
        self.later(days=14)
        office.go(meeting, "開催したことを記録する").send()

    def _decided(self, **more: Any) -> dict[str, Any]:
        return {
            "text": "架空の会議録",
            "policy": "架空の方針",
            "lead_agency": "市社協",
            "lead_id": "架空 調整",
            **more,
        }

    # -- 参加支援 ------------------------------------------------------------------------------------

    def trial_at_a_salon(self) -> None:
        worker = self.seat("participation")
        worker.go("/", "社会資源", "登録する").send(kind="居場所", name="架空の居場所", capacity="2")
        self.seat("coordinator").go(self.at["case"], "参加支援", "参加支援の希望").send(
            person_id="氏名なし",
            coordinator_id="架空 参加",
            coordinator_agency="市社協",
            wish="架空の参加の希望",
        )
        worker.open("/participation").shoot("participation")
        self.at["need"] = str(
            worker.page.locator("main a[href^='/participation/']:not([href*='without'])").first.get_attribute(
                "href"
            )
        )
        one = self.at["need"]
        worker.open(f"{one}/assess").send(wish="架空の参加の希望")
        worker.open(f"{one}/match").send()
        worker.open(f"{one}/trial").send(shot="trial", resource_id="架空の居場所", begins_on=self.day())
        self.later(days=20)
        worker.open(f"{one}/place").send()
        worker.open(f"{one}/settle").send()
        for side in ("person", "host"):
            worker.open(f"{one}/settling").send(side=side, at=f"{self.day()} 10:00", text="架空の定着支援")
        worker.open(f"{one}/stabilise").send()
        worker.open(one).says("安定")

    # -- 評価・終結・再開 ---------------------------------------------------------------------------------

    def evaluation_and_close(self) -> None:
        self.later(days=90)
        coordinator = self.seat("coordinator")
        office, leader = self.seat("conference_office"), self.seat("conference")
        coordinator.go(self.at["plan"], "評価").send(
            shot="evaluation",
            verdict="close",
            goals__0__status="achieved",
            changes=["calm"],
            remains="架空の残る課題",
            wish="架空の意向",
        )
        coordinator.go(self.at["case"], "終結を諮る").send()
        coordinator.go(self.at["case"], "会議に諮る").send(reason="架空の終結", basis="plan_conference")
        meeting = self._conference(office)
        item = office.go(meeting, "ケースを議題に載せる").send(
            proposal_id=self._only_option(office), purpose="架空の終結の判定", items=["plan"]
        )
        self._until_held(office, leader, meeting, item)
        office.go(item, "会議を記録する").send(**self._decided(verdict="close"))
        leader.open(f"{self.at['case']}/close").send(
            shot="close",
            close_reason="goal_reached",
            after_lead_agency="高齢者いきいき課",
            after_lead_id="架空 高齢",
            handover="架空の引継ぎ",
        )
        coordinator.open(self.at["case"]).says("終結")

    def reopened(self) -> None:
        self.later(days=92)
        again = (
            self.seat("coordinator")
            .open(f"{self.at['case']}/reopen")
            .send(agency="市社協", reason="架空の再開の理由")
        )
        assert again != self.at["case"]
        self.seat("coordinator").open(again).says("前のケースの記録を見る")
