"""The people of the story: real accounts with passwords, each in the role and agency they have in a city."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from casework.accounts import actions as accounts
from casework.accounts.rules import RoleDraft, StaffDraft
from casework.kernel.actor import Role
from tests.support.world import World

PASSWORD = "aozora no shita de hataraku hitobito"

# login: (name, ((role, agency), ...))
CAST: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "shakyo": ("架空 相談", (("counselor", "shakyo"),)),
    "shakyo_colleague": ("架空 同僚", (("counselor", "shakyo"),)),
    "seikatsu": ("架空 生活", (("counselor", "seikatsu_fukushi"),)),
    "korei": ("架空 高齢", (("counselor", "korei_ikiiki"),)),
    "kyosei": ("架空 共生", (("counselor", "chiiki_kyosei"),)),
    "shogai": ("架空 障害", (("counselor", "shogai_fukushi"),)),
    "coordinator": ("架空 調整", (("coordinator", "shakyo"),)),
    "chair": ("架空 会長", (("chair", "fukushi_somu"),)),
    "secretariat": ("架空 事務", (("secretariat", "fukushi_somu"),)),
    "conference": ("架空 座長", (("chair", "shakyo"),)),
    "conference_office": ("架空 書記", (("secretariat", "shakyo"),)),
    "member": ("架空 包括", (("agency_member", "community_care_1"),)),
    "outreach": ("架空 訪問", (("outreach_worker", "shakyo"),)),
    "participation": ("架空 参加", (("participation_coordinator", "shakyo"),)),
    "supervisor": ("架空 課長", (("supervisor", "fukushi_somu"),)),
    "privacy": ("架空 文書", (("privacy_officer", "fukushi_somu"),)),
    "report": ("架空 統計", (("report_officer", "fukushi_somu"),)),
    "admin": ("架空 管理", (("administrator", "fukushi_somu"),)),
}


class Client(Protocol):
    """What the story needs of a person at a keyboard, over HTTP or in process."""

    me: dict[str, Any]

    def come_back(self) -> None: ...
    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any: ...
    def get(self, path: str, status: int = 200) -> Any: ...
    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any: ...
    def put(self, path: str, body: Any, status: int = 200, **headers: str) -> Any: ...
    def patch(self, path: str, body: Any, status: int = 200, **headers: str) -> Any: ...


def hire(world: World) -> None:
    """Open an account for everybody in the cast, as the administrator's command does."""
    for login, (name, roles) in CAST.items():
        draft = StaffDraft(
            login=login,
            name=name,
            agency=roles[0][1],
            password=PASSWORD,
            roles=tuple(RoleDraft(Role(role), agency, date(2020, 4, 1), None) for role, agency in roles),
            must_change=False,
        )
        accounts.create(world.ctx(), draft)


class Seat:
    """A person at a keyboard in this process: the test client of the application, signed in with a password."""

    def __init__(self, world: World, login: str) -> None:
        self._http = world.app.test_client()
        self._login = login
        self._headers: dict[str, str] = {}
        self.me: dict[str, Any] = {}
        self.come_back()

    def come_back(self) -> None:
        """Sign in, again if the session ended while the person was away."""
        self._headers = {}
        answer = self._http.post("/api/v1/session", json={"login": self._login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.me = self.get("/session")
        self._headers = {"X-CSRFToken": self.me["csrf_token"]}

    def confirm(self) -> None:
        """Prove once more who is at the keyboard, as acts of weight ask for (step-up)."""
        answer = self.ask("POST", "/session/confirm", {"password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self._headers = {"X-CSRFToken": answer.get_json()["csrf_token"]}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self._http.open(f"/api/v1{path}", method=method, json=body, headers=given)

    def raw(self, method: str, path: str, *, headers: dict[str, str], **sent: Any) -> Any:
        """Send a request as given, with this person's cookie and token."""
        return self._http.open(path, method=method, headers={**self._headers, **headers}, **sent)

    def get(self, path: str, status: int = 200) -> Any:
        return self._expect(self.ask("GET", path), status)

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        return self._expect(self.ask("POST", path, body, **headers), status)

    def put(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        return self._expect(self.ask("PUT", path, body, **headers), status)

    def patch(self, path: str, body: Any, status: int = 200, **headers: str) -> Any:
        return self._expect(self.ask("PATCH", path, body, **headers), status)

    @staticmethod
    def _expect(answer: Any, status: int) -> Any:
        asked = f"{answer.request.method} {answer.request.path}"
        assert answer.status_code == status, f"{asked}: {answer.status_code}, not {status}: {answer.text}"
        return answer.get_json() if answer.data and answer.is_json else None
