"""Passkeys: registered and used for this origin, this person and this challenge; everything else is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts.models import Passkey, SpentToken, StaffSession
from tests.integration.accounts.conftest import ORIGIN, PASSWORD, Somebody, outcomes, rows
from tests.support.authenticator import SoftKey, raw, text
from tests.support.world import World, make_world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HOST = "casework.example"


@pytest.fixture
def world(database: str, keystore: Path, tmp_path: Path) -> Iterator[World]:
    """A world with an origin of its own: there passkeys are offered."""
    with make_world(database, tmp_path, keystore, public_origin=ORIGIN) as made:
        yield made


@dataclass
class Holder:
    """Somebody with a passkey."""

    person: Somebody
    key: SoftKey

    def options(self) -> dict[str, Any]:
        """What the house asks an unknown visitor's browser for."""
        return dict(self.person.ask("POST", "/session/passkey/options").get_json()["options"])

    def sign_in(self, answer: dict[str, Any] | None = None) -> Any:
        self.person.headers = {}
        given = self.key.get(self.options()) if answer is None else answer
        return self.person.ask("POST", "/session/passkey", {"passkey": given})


def _register(person: Somebody, key: SoftKey, name: str = "窓口の端末") -> Any:
    options = person.ask("POST", "/factors/passkeys/options").get_json()["options"]
    return person.ask("POST", "/factors/passkeys", {"name": name, "passkey": key.create(options)})


def _holder(world: World, login: str) -> Holder:
    person, key = Somebody(world, login).hired().signed_in(), SoftKey(ORIGIN, HOST)
    answer = _register(person, key)
    assert answer.status_code == 201, answer.text
    person.codes = answer.get_json()["codes"]
    return Holder(person, key)


@pytest.fixture
def holder(world: World) -> Holder:
    return _holder(world, "hanako")


def _code(answer: Any) -> str:
    body = answer.get_json()
    return str((body["errors"] or [body])[0]["code"])


def test_a_passkey_signs_in_alone(world: World, holder: Holder) -> None:
    assert len(holder.person.codes) == 10
    assert holder.sign_in().status_code == 200
    assert holder.person.ask("GET", "/session").get_json()["login"] == "hanako"
    assert holder.person.ask("GET", "/sessions").get_json()[0]["level"] == "passkey"
    assert rows(world, select(Passkey.sign_count)) == [1]


def test_a_passkey_proves_the_second_factor_and_a_step_up(world: World, holder: Holder) -> None:
    person = holder.person.elsewhere()
    assert person.password().get_json()["kinds"] == {"totp": False, "passkey": True}
    options = person.ask("POST", "/session/second/passkey").get_json()["options"]
    assert [one["id"] for one in options["allowCredentials"]] == [text(holder.key.id)]
    answer = person.ask("POST", "/session/second", {"passkey": holder.key.get(options)})
    assert answer.status_code == 200
    world.later(minutes=6)
    assert person.ask("POST", "/factors/recovery").get_json()["code"] == "step_up_required"
    options = person.ask("POST", "/session/confirm/passkey").get_json()["options"]
    confirmed = person.ask("POST", "/session/confirm", {"passkey": holder.key.get(options)})
    assert confirmed.status_code == 200
    assert person.ask("POST", "/factors/recovery").status_code == 200
    only = person.ask("POST", "/session/confirm", {"password": PASSWORD})
    assert _code(only) == "code_needed"


@pytest.mark.parametrize(
    "key",
    [
        SoftKey("https://casework.example.evil", HOST),
        SoftKey("https://casework.example:8443", HOST),
        SoftKey("http://casework.example", HOST),
        SoftKey(ORIGIN, "casework.evil"),
        SoftKey(ORIGIN, HOST, verifies=False),
    ],
    ids=["other host", "other port", "no TLS", "other rp id", "nobody verified"],
)
def test_a_passkey_made_elsewhere_or_without_its_user_is_not_registered(world: World, key: SoftKey) -> None:
    person = Somebody(world, "hanako").hired().signed_in()
    assert _code(_register(person, key)) == "passkey_refused"
    assert rows(world, select(Passkey)) == []
    assert rows(world, select(SpentToken)) == []  # nothing at all was changed
    assert outcomes(world, "factor.passkey_added") == ["passkey_refused"]


def _elsewhere(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    holder.key.origin = "https://casework.example.evil"
    return holder.key.get(holder.options())


def _unverified(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    holder.key.verifies = False
    return holder.key.get(holder.options())


def _another_key(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    return SoftKey(ORIGIN, HOST, id=holder.key.id).get(holder.options())


def _unknown(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    return SoftKey(ORIGIN, HOST).get(holder.options())


def _invented_challenge(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    return holder.key.get({"challenge": text(bytes(56))})


def _bent_signature(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    signed = bytearray(raw(answer["response"]["signature"]))
    signed[-1] ^= 1
    return {**answer, "response": {**answer["response"], "signature": text(bytes(signed))}}


def _raised_count(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    data = bytearray(raw(answer["response"]["authenticatorData"]))
    data[36] += 9
    return {**answer, "response": {**answer["response"], "authenticatorData": text(bytes(data))}}


def _empty(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    return {}


def _late(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    holder.person.world.later(minutes=10, seconds=1)
    return answer


def _from_the_future(holder: Holder, answer: dict[str, Any]) -> dict[str, Any]:
    holder.person.world.later(minutes=-5)
    return answer


@pytest.mark.parametrize(
    "bend",
    [
        _elsewhere,
        _unverified,
        _another_key,
        _unknown,
        _invented_challenge,
        _bent_signature,
        _raised_count,
        _empty,
        _late,
        _from_the_future,
    ],
)
def test_an_answer_that_proves_nothing_opens_nothing(
    world: World, holder: Holder, bend: Callable[[Holder, dict[str, Any]], dict[str, Any]]
) -> None:
    before = rows(world, select(StaffSession.id))
    answer = holder.sign_in(bend(holder, holder.key.get(holder.options())))
    assert (answer.status_code, _code(answer)) == (422, "passkey_refused")
    assert rows(world, select(StaffSession.id)) == before
    assert rows(world, select(Passkey.sign_count)) == [0]
    assert outcomes(world, "session.passkey_proved") == ["passkey_refused"]
    assert outcomes(world, "session.failed") == ["done"]  # it counts like a wrong password


def test_an_answer_counts_once(world: World, holder: Holder) -> None:
    answer = holder.key.get(holder.options())
    assert holder.sign_in(answer).status_code == 200
    assert _code(holder.sign_in(answer)) == "passkey_refused"


def test_a_count_that_went_back_is_refused_and_told_apart(world: World, holder: Holder) -> None:
    holder.key.count = 41
    assert holder.sign_in().status_code == 200
    holder.key.count = 20
    answer = holder.sign_in()
    assert (answer.status_code, _code(answer)) == (422, "passkey_counter")
    assert rows(world, select(Passkey.sign_count)) == [42]
    assert outcomes(world, "session.passkey_proved") == ["done", "passkey_counter"]


def test_the_passkey_of_another_user_proves_nothing_for_this_one(world: World, holder: Holder) -> None:
    other = _holder(world, "taro")
    person = holder.person.elsewhere()
    person.password()
    options = person.ask("POST", "/session/second/passkey").get_json()["options"]
    answer = person.ask("POST", "/session/second", {"passkey": other.key.get(options)})
    assert _code(answer) == "passkey_refused"
    options = holder.person.ask("POST", "/session/confirm/passkey").get_json()["options"]
    answer = holder.person.ask("POST", "/session/confirm", {"passkey": other.key.get(options)})
    assert _code(answer) == "passkey_refused"


def test_a_challenge_for_signing_in_confirms_nothing_and_the_other_way_round(
    world: World, holder: Holder
) -> None:
    signed_in, visitor = holder.person, Holder(holder.person.elsewhere(), holder.key)
    wrong = holder.key.get(visitor.options())
    assert _code(signed_in.ask("POST", "/session/confirm", {"passkey": wrong})) == "passkey_refused"
    options = signed_in.ask("POST", "/session/confirm/passkey").get_json()["options"]
    assert _code(visitor.sign_in(holder.key.get(options))) == "passkey_refused"
    made = signed_in.ask("POST", "/factors/passkeys/options").get_json()["options"]
    assert _code(visitor.sign_in(holder.key.get(made))) == "passkey_refused"


def test_a_passkey_taken_off_opens_nothing_and_ends_other_sessions(world: World, holder: Holder) -> None:
    elsewhere = Holder(holder.person.elsewhere(), holder.key)
    assert elsewhere.sign_in().status_code == 200
    listed = holder.person.ask("GET", "/factors").get_json()["passkeys"]
    assert [one["name"] for one in listed] == ["窓口の端末"]
    foreign = _holder(world, "taro").person.ask("DELETE", f"/factors/passkeys/{listed[0]['id']}")
    assert foreign.status_code == 404
    assert holder.person.ask("DELETE", f"/factors/passkeys/{listed[0]['id']}").status_code == 204
    assert elsewhere.person.ask("GET", "/session").status_code == 401
    assert _code(holder.sign_in()) == "passkey_refused"


def test_the_same_passkey_is_registered_once(world: World, holder: Holder) -> None:
    assert _code(_register(holder.person, holder.key)) == "passkey_known"
    other = Somebody(world, "taro").hired().signed_in()
    assert _code(_register(other, holder.key)) == "state_impossible"  # whose it is, is not told
    assert len(rows(world, select(Passkey.id))) == 1


def test_without_an_origin_there_are_no_passkeys(database: str, keystore: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    url = f"{database}"
    with make_world(url, folder, keystore) as plain:
        person = Somebody(plain, "jiro").hired().signed_in()
        assert person.ask("POST", "/factors/passkeys/options").get_json()["code"] == "passkeys_off"
        assert person.ask("POST", "/session/passkey/options").get_json()["code"] == "passkeys_off"
