"""What stands at the edges of a session and of a wait: the last second, the lost store, the address, the dummy."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from casework.accounts import actions, sessions
from casework.accounts.models import SignInAttempt, StaffSession
from casework.accounts.rules import Origin, ResetDraft, SignInDraft
from casework.db import db
from casework.kernel.errors import NotSignedIn, Unavailable
from casework.kernel.ids import new_id
from tests.integration.accounts.test_sign_in import NEW, PASSWORD, _account, _sign_in, _signed_in
from tests.support.watched import watched
from tests.support.world import World


def _present(world: World, token: str) -> sessions.Presence | None:
    return sessions.presence_for_token(world.session, token, world.clock.now(), world.settings)


def _token(world: World) -> str:
    client, _ = _signed_in(world)
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def test_a_session_stands_to_the_last_second_of_its_half_hour(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    world.later(minutes=world.settings.session_idle_minutes)
    assert client.get("/api/v1/session").status_code == 200
    world.later(minutes=world.settings.session_idle_minutes, seconds=1)
    assert client.get("/api/v1/session").status_code == 401


def test_a_session_is_over_at_the_very_end_of_its_day(world: World) -> None:
    _account(world)
    token, quarter = _token(world), timedelta(minutes=15)
    for _ in range(world.settings.session_absolute_hours * 4 - 1):
        world.clock.move(quarter)
        assert _present(world, token) is not None
    world.clock.move(quarter)
    assert _present(world, token) is None


def test_a_change_by_a_session_that_is_over_hears_to_sign_in_and_nothing_of_tokens(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    world.later(minutes=31)
    answer = client.delete("/api/v1/session")
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_a_token_is_256_random_bits(world: World) -> None:
    _account(world)
    tokens = {_token(world), _token(world), sessions.new_token()}
    assert [len(urlsafe_b64decode(f"{token}==")) for token in tokens] == [32, 32, 32]


def test_without_a_store_nobody_is_taken_for_present_or_gone(world: World) -> None:
    _account(world)
    client, _ = _signed_in(world)
    token = _token(world)
    world.later(minutes=2)
    with watched("UPDATE staff_session", lost=True):
        answer = client.get("/api/v1/session")
        assert (answer.status_code, answer.json["code"]) == (503, "store_unavailable")
        with pytest.raises(Unavailable, match="store_unavailable"):
            _present(world, token)
        assert not world.session.in_transaction()  # nobody waits for what was not written
    assert client.get("/api/v1/session").status_code == 200


def test_an_end_that_cannot_be_written_is_not_told(world: World) -> None:
    _account(world)
    token = _token(world)
    world.later(minutes=31)
    with watched("UPDATE staff_session", lost=True), pytest.raises(Unavailable):
        _present(world, token)
    world.session.rollback()
    assert _present(world, token) is None
    world.session.rollback()
    assert world.session.scalars(select(StaffSession.ended_at)).one() is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_bookkeeping_of_a_session_takes_the_turn_of_a_writer_at_once(world: World) -> None:
    _account(world)
    token = _token(world)
    world.later(minutes=2)
    with watched() as sent:
        assert _present(world, token) is not None
    at = next(number for number, statement in enumerate(sent) if "UPDATE staff_session" in statement)
    assert sent[at - 1] == "BEGIN IMMEDIATE"


# -- passwords


def test_a_stored_password_that_cannot_be_read_costs_what_a_wrong_one_costs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed: list[str] = []
    verify = PasswordHasher.verify

    def weigh(self: PasswordHasher, stored: str, typed: str) -> bool:
        weighed.append(stored)
        return verify(self, stored, typed)

    monkeypatch.setattr(PasswordHasher, "verify", weigh)
    assert sessions.verify_password(world.settings, "!", PASSWORD) is False
    assert [stored[:7] for stored in weighed] == ["!", "$argon2"]


def test_a_wrong_password_does_not_fit_and_the_right_one_does(world: World) -> None:
    stored = sessions.hash_password(world.settings, PASSWORD)
    assert sessions.verify_password(world.settings, stored, NEW) is False
    assert sessions.verify_password(world.settings, stored, PASSWORD) is True


def test_what_stands_in_for_an_unknown_login_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(sessions, "_hasher", lambda *_: (hasher, hasher.hash(PASSWORD)))
    assert sessions.verify_password(world.settings, None, PASSWORD) is False


def test_a_password_that_is_changed_while_it_is_weighed_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_id, weigh = _account(world), sessions.verify_password

    def change_meanwhile(*args: Any) -> bool:
        fits = weigh(*args)
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(change).result(30)
        return fits

    def change() -> None:
        with world.core.app_context():
            admin = world.actor("administrator")
            world.run(actions.reset_password, admin, staff_id, ResetDraft(NEW))
            db.session.remove()

    monkeypatch.setattr(sessions, "verify_password", change_meanwhile)
    draft = SignInDraft("hanako", PASSWORD)
    with pytest.raises(NotSignedIn, match="sign_in_failed"):
        actions.sign_in(world.ctx(), draft, Origin("192.0.2.1"))


# -- waits


def _guess_around(world: World, address: str, **cookies: str) -> int:
    """Many logins tried from one address, the last answer's status."""
    answer = None
    for number in range(world.settings.sign_in_free_attempts * 10 + 1):
        client = world.app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name.replace("_", "-"), f"{value}{number}")
        sent = {"login": f"guess{number}", "password": NEW}
        answer = client.post("/api/v1/session", json=sent, environ_base={"REMOTE_ADDR": address})
    assert answer is not None
    return int(answer.status_code)


def test_who_guesses_at_one_address_makes_nobody_elsewhere_wait(world: World) -> None:
    _account(world)
    assert _guess_around(world, "192.0.2.7") == 429
    client = world.app.test_client()
    sent = {"login": "hanako", "password": PASSWORD}
    assert (
        client.post("/api/v1/session", json=sent, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code
        == 429
    )
    assert (
        client.post("/api/v1/session", json=sent, environ_base={"REMOTE_ADDR": "192.0.2.8"}).status_code
        == 200
    )


def test_a_mark_of_a_device_that_nobody_gave_does_not_hide_an_address(world: World) -> None:
    assert _guess_around(world, "192.0.2.7", casework_device="0123.") == 429


def _failed(world: World, times: int) -> sessions.Marks:
    found = sessions.marks(world.keys, "hanako", Origin("192.0.2.7", "", ""))
    with world.writing():
        for _ in range(times):
            row = SignInAttempt(
                id=new_id(), at=world.clock.now(), login_digest=found.login, source_digest=found.source
            )
            world.session.add(row)
    return found


def test_the_wait_is_told_in_whole_seconds_and_never_too_short(world: World) -> None:
    settings = replace(world.settings, sign_in_first_wait_seconds=30, sign_in_longest_wait_seconds=600)
    found, tried = _failed(world, settings.sign_in_free_attempts), world.clock.now()
    waits = [
        sessions.seconds_to_wait(world.session, found, tried + timedelta(seconds=after), settings)
        for after in (0, 0.4, 1, 29.9, 30, 31)
    ]
    assert waits == [30, 30, 29, 1, 0, 0]


def test_what_failed_a_whole_window_ago_counts_no_more(world: World) -> None:
    settings = replace(
        world.settings,
        sign_in_first_wait_seconds=600,
        sign_in_longest_wait_seconds=600,
        sign_in_window_minutes=5,
    )
    found, tried = _failed(world, settings.sign_in_free_attempts), world.clock.now()
    almost, whole = tried + timedelta(minutes=5, microseconds=-1), tried + timedelta(minutes=5)
    assert sessions.seconds_to_wait(world.session, found, almost, settings) == 301
    assert sessions.seconds_to_wait(world.session, found, whole, settings) == 0


def test_a_wrong_login_still_waits_where_its_address_is_new(world: World) -> None:
    _account(world)
    for number in range(world.settings.sign_in_free_attempts):
        client = world.app.test_client()
        sent = {"login": "hanako", "password": NEW}
        client.post("/api/v1/session", json=sent, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    assert _sign_in(world.app.test_client()).status_code == 429
