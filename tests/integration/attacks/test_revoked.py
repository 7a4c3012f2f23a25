"""A right is gone at once: old cookies, tokens, keys and requests under way are tried after it was taken (row 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import session

from casework.accounts import actions as accounts
from casework.accounts.queries import show_staff
from casework.accounts.rules import HandOverDraft, ResetDraft, RoleDraft, RoleEnd, StaffDraft
from casework.accounts.sessions import presence_for_token
from casework.accounts.standing import SessionStanding
from casework.cases import actions, queries
from casework.cases.models import Case
from casework.cases.rules import GrantDraft, ProposalDraft, ReviewDraft, Verdict
from casework.kernel.actor import Role, system_actor
from casework.kernel.clock import TOKYO, tokyo_date
from casework.kernel.errors import CaseworkError
from casework.kernel.ids import new_id
from casework.usecase import Context
from tests.support.counts import Count
from tests.support.world import World

PASSWORD = "坂の上から海まで歩いておよそ十五分"
OTHER = "由比ガ浜の朝の散歩は気持ちがよい"
REFUSED = {401, 403, 404, 409}
API = "/api/v1"


@dataclass
class Victim:
    """Somebody at a keyboard, what worked for them, and requests of theirs that are still under way."""

    world: World
    staff_id: UUID
    login: str
    case_id: UUID
    number: str
    http: Any
    headers: dict[str, str]
    worked: list[tuple[str, str, Any, dict[str, str]]] = field(default_factory=list)
    under_way: list[Callable[[], object]] = field(default_factory=list)
    access: UUID | None = None
    grant: UUID | None = None

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {**self.headers, **headers}
        return self.http.open(f"{API}{path}", method=method, json=body, headers=sent)

    def keep(self, method: str, path: str, body: Any = None, **headers: str) -> None:
        """Do it once while it is allowed, to do it again when it is not."""
        answer = self.ask(method, path, body, **headers)
        assert answer.status_code < 300, (path, answer.status_code, answer.text)
        self.worked.append((method, path, body, headers))

    def begin(self, act: Callable[[Context], object]) -> None:
        """A request that has passed the door and not yet entered the gate."""
        cookie = self.http.get_cookie("casework")
        assert cookie is not None
        with self.world.app.test_request_context(headers={"Cookie": f"casework={cookie.value}"}):
            token = str(session["_user_id"])
        found = presence_for_token(self.world.session, token, self.world.clock.now(), self.world.settings)
        assert found is not None
        assert found.actor is not None
        ctx = self.world.ctx(found.actor, standing=SessionStanding(self.world.clock))
        ctx.actor = found.actor
        self.under_way.append(lambda: act(ctx))


class Scene:
    """A world that makes victims, and the ways to take rights from them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made = 0
        self.heir = self.hire("heir", Role.COUNSELOR)
        self.officer = world.actor("privacy_officer")

    def hire(self, login: str, role: Role, until: Any = None) -> UUID:
        roles = (RoleDraft(role, "shakyo", None, until),)
        draft = StaffDraft(login, "架空 職員", "shakyo", PASSWORD, roles, must_change=False)
        return self.world.run(accounts.create, system_actor(self.world.clock.now()), draft).id

    def system(self, act: Any, *given: Any) -> Any:
        return self.world.run(act, system_actor(self.world.clock.now()), *given)

    def case(self, owner: UUID) -> tuple[UUID, str]:
        case_id = new_id()
        number = f"R8-{self.made:05d}"
        self.world.keys.new_owner(case_id)
        with self.world.writing() as store:
            store.add(
                Case(
                    id=case_id,
                    number=number,
                    state="supporting",
                    owner_id=owner,
                    owner_agency="shakyo",
                    opened_at=self.world.clock.now(),
                )
            )
        return case_id, number

    def victim(self, role: Role, *, owns: bool, until: Any = None) -> Victim:
        self.made += 1
        login = f"victim{self.made}"
        staff_id = self.hire(login, role, until)
        case_id, number = self.case(staff_id if owns else self.heir)
        http = self.world.app.test_client()
        signed = http.post(f"{API}/session", json={"login": login, "password": PASSWORD})
        assert signed.status_code == 200, signed.text
        headers = {"X-CSRFToken": signed.json["csrf_token"]}
        return Victim(self.world, staff_id, login, case_id, number, http, headers)

    def owner(self, until: Any = None) -> Victim:
        """A counselor with a case, who read it and put it forward under a key."""
        made = self.victim(Role.COUNSELOR, owns=True, until=until)
        made.keep("GET", f"/cases/{made.case_id}")
        made.keep("GET", f"/cases/{made.case_id}/timeline")
        body = {"reason": "架空の理由"}
        key = {"Idempotency-Key": f"key-{made.login}"}
        made.keep("POST", f"/cases/{made.case_id}/propose", body, **key)
        made.begin(lambda ctx: queries.read_case(ctx, made.case_id))
        wish = ProposalDraft("架空", "act_106_6")
        made.begin(lambda ctx: actions.propose_for_meeting(ctx, made.case_id, wish))
        return made

    def guest(self, made: Victim) -> Victim:
        """Somebody who reads a case by leave for a time."""
        made.keep("GET", f"/cases/{made.case_id}")
        made.keep("GET", f"/cases/{made.case_id}/timeline")
        made.keep("GET", f"/cases/{made.case_id}/emergency")
        made.begin(lambda ctx: queries.read_case(ctx, made.case_id))
        made.begin(lambda ctx: queries.timeline(ctx, made.case_id))
        return made

    def granted(self) -> Victim:
        made = self.victim(Role.SUPERVISOR, owns=False)
        ends = self.world.clock.now() + timedelta(minutes=20)
        draft = GrantDraft(made.staff_id, "shakyo", "decision", "架空", ends)
        made.grant = self.world.run(actions.grant_access, self.officer, made.case_id, draft).id
        return self.guest(made)

    def emergency(self) -> Victim:
        made = self.victim(Role.OUTREACH_WORKER, owns=False)
        body = {"number": made.number, "category": "life", "reason": "架空の危険", "hours": 1}
        opened = made.ask("POST", "/emergency", body)
        assert opened.status_code == 201, opened.text
        made.access = UUID(opened.json["id"])
        return self.guest(made)


def _elsewhere(scene: Scene, victim: Victim) -> tuple[Any, dict[str, str]]:
    """The same person on another machine."""
    http = scene.world.app.test_client()
    signed = http.post(f"{API}/session", json={"login": victim.login, "password": PASSWORD})
    assert signed.status_code == 200
    return http, {"X-CSRFToken": signed.json["csrf_token"]}


def _ended_elsewhere(scene: Scene) -> Victim:
    victim = scene.owner()
    first = next(s["id"] for s in victim.ask("GET", "/sessions").json if s["current"])
    http, headers = _elsewhere(scene, victim)
    assert http.delete(f"{API}/sessions/{first}", headers=headers).status_code == 204
    return victim


def _signed_out(scene: Scene) -> Victim:
    victim = scene.owner()
    copied = victim.http.get_cookie("casework").value
    assert victim.ask("DELETE", "/session").status_code == 204
    victim.http.set_cookie("casework", copied)
    return victim


def _password_changed(scene: Scene) -> Victim:
    victim = scene.owner()
    http, headers = _elsewhere(scene, victim)
    body = {"current": PASSWORD, "new": OTHER}
    assert http.post(f"{API}/password", json=body, headers=headers).status_code == 204
    return victim


def _password_reset(scene: Scene) -> Victim:
    victim = scene.owner()
    scene.system(accounts.reset_password, victim.staff_id, ResetDraft(OTHER))
    return victim


def _disabled(scene: Scene) -> Victim:
    victim = scene.owner()
    scene.system(accounts.disable, victim.staff_id, HandOverDraft(scene.heir))
    return victim


def _transferred(scene: Scene) -> Victim:
    victim = scene.owner()
    sheet = f"職員番号,異動区分,新所属,引継先,発効日\r\n{victim.login},異動,seikatsu_fukushi,heir,\r\n"
    scene.system(accounts.apply_transfers, sheet.encode("cp932"))
    return victim


def _role_ended(scene: Scene) -> Victim:
    victim = scene.owner()
    role = scene.system(show_staff, victim.staff_id).roles[0]
    scene.system(accounts.end_role, victim.staff_id, role.id, RoleEnd(None, scene.heir))
    return victim


def _role_expired(scene: Scene) -> Victim:
    """Midnight in Japan: the role had its last day. The session itself is young and used."""
    today = tokyo_date(scene.world.clock.now())
    late = datetime.combine(today, time(23, 50), TOKYO).astimezone(UTC)
    scene.world.clock.set(max(late, scene.world.clock.now()))
    victim = scene.owner(until=today)
    scene.world.later(minutes=15)
    return victim


def _idle(scene: Scene) -> Victim:
    victim = scene.owner()
    scene.world.later(minutes=scene.world.settings.session_idle_minutes, seconds=1)
    return victim


def _grant_ended(scene: Scene) -> Victim:
    victim = scene.granted()
    assert victim.grant is not None
    scene.world.later(seconds=1)
    scene.world.run(actions.end_grant, scene.officer, victim.case_id, victim.grant)
    return victim


def _grant_expired(scene: Scene) -> Victim:
    victim = scene.granted()
    scene.world.later(minutes=20)
    return victim


def _emergency_ended(scene: Scene) -> Victim:
    victim = scene.emergency()
    scene.world.later(seconds=1)
    assert victim.ask("POST", f"/emergency/{victim.access}/end").status_code == 200
    return victim


def _emergency_stopped(scene: Scene) -> Victim:
    victim = scene.emergency()
    scene.world.later(seconds=1)
    scene.world.run(actions.stop_emergency, scene.officer, victim.access)
    return victim


def _emergency_judged(scene: Scene) -> Victim:
    victim = scene.emergency()
    scene.world.later(seconds=1)
    follow = ReviewDraft(Verdict.NOT_JUSTIFIED, "架空の対応")
    scene.world.run(actions.review_emergency, scene.officer, victim.access, follow)
    return victim


def _emergency_expired(scene: Scene) -> Victim:
    victim = scene.emergency()
    for _ in range(3):  # the person works on, so that the session is not idle
        scene.world.later(minutes=20)
        victim.ask("GET", "/session")
    return victim


WAYS: tuple[Callable[[Scene], Victim], ...] = (
    _ended_elsewhere,
    _signed_out,
    _password_changed,
    _password_reset,
    _disabled,
    _transferred,
    _role_ended,
    _role_expired,
    _idle,
    _grant_ended,
    _grant_expired,
    _emergency_ended,
    _emergency_stopped,
    _emergency_judged,
    _emergency_expired,
)


def _again(victim: Victim) -> Iterator[tuple[str, bool]]:
    """What is tried after the right was taken, and whether it was refused without a word of the case."""
    for method, path, body, headers in victim.worked:
        answer = victim.ask(method, path, body, **headers)
        yield f"{method} {path}", answer.status_code in REFUSED and victim.number not in answer.text
    fresh = victim.ask("POST", f"/cases/{victim.case_id}/propose", {"reason": "架空"})
    yield "a new change", fresh.status_code in REFUSED
    for request in victim.under_way:
        try:
            request()
        except CaseworkError as refusal:
            yield "under way", refusal.status in REFUSED
        else:
            yield "under way", False


@pytest.mark.promise(4)
@pytest.mark.long
def test_a_right_that_was_taken_gives_nothing_any_more(world: World, count: Count) -> None:
    scene, tried = Scene(world), 0
    delivered: list[tuple[str, str]] = []
    wanted = count("replays", quick=60, long=1000)
    while tried < wanted:
        for way in WAYS:
            victim = way(scene)
            for what, refused in _again(victim):
                tried += 1
                if not refused:
                    delivered.append((way.__name__, what))
    count.found(tried=tried, ways=len(WAYS), delivered=len(delivered))
    assert delivered == []


def test_an_answer_kept_under_a_key_is_not_given_to_who_lost_the_case(world: World) -> None:
    scene = Scene(world)
    victim = scene.owner()
    (_, path, body, headers) = victim.worked[-1]
    assert victim.ask("POST", path, body, **headers).status_code == 201
    role = RoleDraft(Role.COUNSELOR, "seikatsu_fukushi")
    scene.system(accounts.add_role, victim.staff_id, role)
    held = next(r for r in scene.system(show_staff, victim.staff_id).roles if r.agency == "shakyo")
    scene.system(accounts.end_role, victim.staff_id, held.id, RoleEnd(None, scene.heir))
    signed = victim.http.post(f"{API}/session", json={"login": victim.login, "password": PASSWORD})
    victim.headers = {"X-CSRFToken": signed.json["csrf_token"]}
    answer = victim.ask("POST", path, body, **headers)
    assert (answer.status_code, answer.json["code"]) == (409, "done_out_of_sight")
    assert victim.number not in answer.text
