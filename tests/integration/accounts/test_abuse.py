"""Sign-in under attack: the owner always gets in, nobody else does, and no answer tells which logins exist."""

from __future__ import annotations

import secrets
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.integration.accounts.conftest import PASSWORD, Somebody
from tests.support.counts import Count
from tests.support.world import World, make_world

pytestmark = [pytest.mark.promise(22), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
WRONG = "ちがう言葉をならべたもの十五文字"
ADDRESSES = 20


def _guess(thief: FlaskClient, address: str, login: str, password: str) -> int:
    body = {"login": login, "password": password}
    at = {"REMOTE_ADDR": address}
    answer = thief.post("/api/v1/session", json=body, environ_overrides=at)
    if answer.status_code != 202:
        return answer.status_code
    headers = {"X-CSRFToken": answer.get_json()["csrf_token"]}  # the password was right: guess the code too
    code = {"code": f"{secrets.randbelow(10**6):06}"}
    path = "/api/v1/session/second"
    return thief.post(path, json=code, headers=headers, environ_overrides=at).status_code


@pytest.mark.long
def test_the_owner_signs_in_at_a_known_device_whatever_others_guess(
    world: World, hanako: Somebody, count: Count
) -> None:
    """From many addresses, at her login and others, with wrong passwords and with the right one and a guessed code."""
    guesses = count("guesses", quick=75, long=20_000)
    thief, met, entered, tried = world.app.test_client(), Counter[int](), 0, 0
    for number in range(guesses):
        login = "hanako" if number % 3 else f"nobody{number}"
        password = PASSWORD if number % 2 else WRONG
        met[_guess(thief, f"10.0.0.{number % ADDRESSES}", login, password)] += 1
        world.later(seconds=5)
        if number % 25 == 24:
            tried += 1
            world.later(seconds=61)
            entered += hanako.password().status_code == 202
            entered += hanako.second(hanako.code()).status_code == 200
    count.found(
        checked=met[401] + met[422],
        told_to_wait=met[429],
        thief_entered=met[200],
        owner=f"{entered // 2} of {tried}",
    )
    assert met[200] == 0
    assert met[429] > 0
    assert entered == 2 * tried > 0


@pytest.fixture
def slow(database: str, keystore: Path, tmp_path: Path) -> Iterator[World]:
    """A world in which hashing takes its time and nobody has to wait: what could be timed, can be."""
    cost = {"argon2_time_cost": 2, "argon2_memory_kib": 16_384, "sign_in_free_attempts": 1_000_000}
    with make_world(database, tmp_path, keystore, **cost) as made:
        yield made


@pytest.mark.long
def test_neither_words_nor_time_tell_which_logins_exist(slow: World, count: Count) -> None:
    """Three kinds in turn: an account, an account with a second factor, and no account; and no account once more."""
    rounds = count("rounds", quick=12, long=400)
    Somebody(slow, "hanako").hired()
    Somebody(slow, "taro").hired().signed_in().enrolled()
    http = slow.app.test_client()
    took: dict[str, list[float]] = {"hanako": [], "taro": [], "nobody": [], "noone": []}
    said: set[tuple[Any, ...]] = set()
    for number in range(rounds):
        for login in sorted(took, key=lambda name: hash((name, number))):
            began = time.perf_counter()
            answer = http.post("/api/v1/session", json={"login": login, "password": WRONG})
            took[login].append(time.perf_counter() - began)
            said.add((answer.status_code, answer.text, tuple(sorted(answer.headers.items()))))
    medians = {login: statistics.median(times) * 1000 for login, times in took.items()}
    noise = abs(medians["nobody"] - medians["noone"])
    unknown = (medians["nobody"] + medians["noone"]) / 2
    allowed = 3 * noise + unknown * (0.02 if count.long else 0.25)
    differs = max(abs(medians[login] - unknown) for login in ("hanako", "taro"))
    count.found(
        answers=len(said), unknown_ms=f"{unknown:.2f}", differs_ms=f"{differs:.2f}", noise_ms=f"{noise:.2f}"
    )
    assert len(said) == 1
    assert differs <= allowed
