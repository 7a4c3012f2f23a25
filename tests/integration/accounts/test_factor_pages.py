"""Pages of signing in with two factors: enrolment with QR code, two steps, what was typed comes along."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.accounts.rules import RECOVERY_CODES
from tests.integration.accounts.conftest import ORIGIN
from tests.support.authenticator import code_at
from tests.support.cast import PASSWORD, hire
from tests.support.pages import Reader, Shown
from tests.support.world import World, make_world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def _enrol(world: World, reader: Reader) -> tuple[str, list[str]]:
    """The seed and the recovery codes, read off the pages."""
    begun = reader.do("/account/totp/new")
    assert begun.location == "/account/totp"
    shown = reader.open("/account/totp")
    secret = _secret(shown)
    done = reader.send(shown, 200, code=code_at(secret, world.clock.now()))
    return secret, re.findall(r"<li><code>([0-9A-Z-]+)</code>", done.text)


def _secret(shown: Shown) -> str:
    return re.sub(r"\s", "", shown.text.split('<p class="secret"><code>')[1].split("</code>")[0])


def test_the_qr_code_stands_in_the_page_and_needs_no_exception_of_the_policy(world: World) -> None:
    hire(world)
    reader = Reader(world, "korei")
    reader.do("/account/totp/new")
    answer = reader.http.get("/account/totp")
    assert "<svg" in answer.text
    assert "style=" not in answer.text
    assert "data:" not in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_enrolling_then_signing_in_in_two_steps_leads_on_to_the_page(world: World) -> None:
    hire(world)
    reader = Reader(world, "korei")
    secret, codes = _enrol(world, reader)
    assert len(codes) == RECOVERY_CODES
    assert reader.open("/account").text.count("残り10個") == 1
    reader.http.post("/sign-out", data=dict(reader.open("/account/recovery").fields))
    asked = reader.open("/sign-in?next=/account")
    second = reader.send(asked, 200, login="korei", password=PASSWORD)
    assert 'autocomplete="one-time-code"' in second.text
    second.path = "/sign-in/second"
    wrong = reader.send(second, 422, code="12345")
    assert "認証コードが違います" in wrong.text
    assert reader.send(wrong, code=codes[0]).location == "/account"
    assert secret not in reader.open("/account").text


def test_a_page_opened_between_the_steps_leads_to_the_second(world: World) -> None:
    hire(world)
    reader = Reader(world, "korei")
    _enrol(world, reader)
    half = Reader.__new__(Reader)
    half.http, half.login = world.app.test_client(), "korei"
    answer = half.shown(half.http.post("/sign-in", data={"login": "korei", "password": PASSWORD}))
    assert answer.status == 200
    assert half.open("/account", 303).location == "/sign-in/second"
    shown = half.open("/sign-in/second")
    assert "架空 高齢" not in shown.text  # nobody is signed in yet
    world.later(minutes=11)
    assert half.open("/sign-in/second", 303).location.startswith("/sign-in")


def test_typed_text_travels_through_both_steps(world: World) -> None:
    hire(world)
    reader = Reader(world, "admin")
    secret, _ = _enrol(world, reader)
    form = reader.open("/staff/new")
    target = next(
        line for line in reader.open("/staff").text.split('"') if re.fullmatch(r"/staff/[0-9a-f-]{36}", line)
    )
    form = reader.open(f"{target}/move")
    world.later(minutes=31)
    lost = reader.send(form, 401, agency="shogai_fukushi", roles="counselor")
    lost.path = "/sign-in"
    second = reader.send(lost, 200, login="admin", password=PASSWORD)
    second.path = "/sign-in/second"
    back = reader.send(second, 200, code=code_at(secret, world.clock.now()))
    assert ("agency", "shogai_fukushi") in back.fields


def test_a_step_up_page_asks_for_what_the_account_has(world: World) -> None:
    hire(world)
    reader = Reader(world, "korei")
    assert 'name="code"' not in reader.open("/confirm").text
    secret, _ = _enrol(world, reader)
    asked = reader.open("/confirm?next=/account")
    assert 'name="code"' in asked.text
    world.later(seconds=60)
    answer = reader.send(asked, password=PASSWORD, code=code_at(secret, world.clock.now()))
    assert answer.location == "/account"


def test_factors_are_taken_off_by_their_pages(world: World) -> None:
    hire(world)
    reader, admin = Reader(world, "korei"), Reader(world, "admin")
    _enrol(world, reader)
    assert reader.do("/account/totp/remove").location == "/account"
    _enrol(world, reader)
    pages = [
        line for line in admin.open("/staff").text.split('"') if re.fullmatch(r"/staff/[0-9a-f-]{36}", line)
    ]
    mine = next(page for page in pages if "架空 高齢" in admin.open(page).text)
    assert admin.do(f"{mine}/factors").location == mine
    assert reader.open("/account", 303).location == "/sign-in?next=/account"


def test_where_a_factor_is_required_signing_in_leads_to_enrolment(
    database: str, keystore: Path, tmp_path: Path
) -> None:
    with make_world(
        database, tmp_path, keystore, second_factor="required", public_origin=ORIGIN
    ) as demanding:
        hire(demanding)
        reader = Reader(demanding, "korei")
        assert reader.open("/", 303).location == "/account/enrol"
        assert "パスキーを登録する" in reader.open("/account/enrol").text
        assert reader.open("/account/passkeys/new").status == 200
        _enrol(demanding, reader)
        assert reader.open("/").status == 200
