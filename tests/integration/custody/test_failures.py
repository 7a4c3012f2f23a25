"""A key that is missing, wrong, cut short, swapped or destroyed: said beside the field, on the page and in the API,
never plaintext, never a blank, never saved over; and the house refuses to start with keys that are not its own."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from casework.app import create_app
from casework.crypto import CryptoError, FileKeyStore, KeyWrong
from casework.intake.actions import receive
from casework.intake.rules import IntakeDraft, TopicDraft
from casework.intake.rules.flow import ReceptionConsent
from casework.people.models import Person
from casework.people.rules import PersonDraft
from tests.integration.custody.test_keys import run
from tests.support.story import Story
from tests.support.world import World, make_keystore

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def keystore_rows(world: World, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(world.settings.keystore_path)) as keystore, keystore:
        assert keystore.execute(statement, values).rowcount > 0


def kek(world: World) -> Path:
    return Path(world.settings.kek_dir) / "kek-1.key"


def missing_slot(world: World, owner: UUID) -> None:
    keystore_rows(world, "DELETE FROM data_key WHERE owner = ?", owner.bytes)


def damaged_slot(world: World, owner: UUID) -> None:
    keystore_rows(world, "UPDATE data_key SET wrapped = zeroblob(60) WHERE owner = ?", owner.bytes)


def cut_slot(world: World, owner: UUID) -> None:
    keystore_rows(world, "UPDATE data_key SET wrapped = substr(wrapped, 1, 40) WHERE owner = ?", owner.bytes)


def swapped_slot(world: World, owner: UUID) -> None:
    keystore_rows(
        world,
        "UPDATE data_key SET (wrapped, commitment) ="
        " (SELECT wrapped, commitment FROM data_key WHERE owner <> ?1 LIMIT 1) WHERE owner = ?1",
        owner.bytes,
    )


def erased(world: World, owner: UUID) -> None:
    world.keys.erase(owner)


def kek_gone(world: World, _owner: UUID) -> None:
    kek(world).unlink()


def kek_foreign(world: World, _owner: UUID) -> None:
    kek(world).unlink()
    kek(world).write_bytes(b"k" * 32)


def kek_cut(world: World, _owner: UUID) -> None:
    kek(world).chmod(0o600)
    kek(world).write_bytes(kek(world).read_bytes()[:31])


FAILURES: tuple[tuple[Callable[[World, UUID], None], str], ...] = (
    (missing_slot, "key_missing"),
    (damaged_slot, "key_wrong"),
    (cut_slot, "key_wrong"),
    (swapped_slot, "key_wrong"),
    (erased, "key_destroyed"),
    (kek_gone, "key_missing"),
    (kek_foreign, "key_wrong"),
    (kek_cut, "key_wrong"),
)


def forget(world: World) -> None:
    """As after a restart of a worker, which holds no keys yet."""
    for app in (world.core, world.app):
        keys = app.extensions["casework"].keys
        keys.store.close()
        keys.forget()
        keys.store.forget()


def test_the_field_says_why_and_is_not_saved_over(world: World, story: Story, tmp_path: Path) -> None:
    person, seat = UUID(story.ids["mother"]), story.seat["coordinator"]
    whole = seat.get(f"/persons/{person}")
    before, keys = _blob(world, person), Path(world.settings.keystore_path).parent
    forget(world)
    shutil.copytree(keys, tmp_path / "whole")
    for fail, code in FAILURES:
        fail(world, person)
        forget(world)
        shown = seat.get(f"/persons/{person}")
        assert shown["name"] == f"【この項目は復号できません: {code}】", fail.__name__
        page = seat.raw("GET", f"/persons/{person}", headers={})
        text = page.get_data(as_text=True)
        assert (page.status_code, whole["name"] in text) == (200, False), fail.__name__
        assert f"この項目は復号できません: {code}" in text
        edit = {"name": "架空の別の名前", "version": shown["version"]}
        assert seat.patch(f"/persons/{person}", edit, 409)["code"] == "sealed_unreadable"
        assert _blob(world, person) == before
        assert seat.ask("GET", "/cases").status_code == 200
        forget(world)
        shutil.rmtree(keys)
        shutil.copytree(tmp_path / "whole", keys)
        forget(world)
        assert seat.get(f"/persons/{person}")["name"] == whole["name"]
    print(f"{len(FAILURES)} failures of keys, each said on both doors, 0 saved over")


def test_one_bad_slot_hides_nothing_else(world: World, story: Story) -> None:
    seat, mother = story.seat["coordinator"], UUID(story.ids["mother"])
    damaged_slot(world, mother)
    forget(world)
    case = seat.raw("GET", f"/cases/{story.ids['case']}", headers={})
    text = case.get_data(as_text=True)
    assert case.status_code == 200
    assert "復号できません" in text
    assert "架空の" in text  # what the case's own key seals


def test_a_new_text_for_an_owner_without_a_key_is_refused_and_recorded(world: World, story: Story) -> None:
    person, seat = UUID(story.ids["mother"]), story.seat["coordinator"]
    version = seat.get(f"/persons/{person}")["version"]
    missing_slot(world, person)
    forget(world)
    contact = {"kind": "email", "value": "kakuu@example.invalid", "restricted": False}
    refused = seat.ask("POST", f"/persons/{person}/contacts", contact)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "keystore_key_missing")
    assert seat.get(f"/persons/{person}")["version"] == version


def _blob(world: World, person: UUID) -> bytes:
    world.session.rollback()
    world.session.expunge_all()
    with world.writing() as session:
        row = session.get(Person, person, execution_options={"casework_cleared": True})
        assert row is not None
        return bytes(row.name)


@pytest.mark.parametrize(
    ("fail", "words"),
    [
        (kek_gone, "is not there"),
        (kek_foreign, "does not belong to this keystore"),
        (kek_cut, "does not belong to this keystore"),
    ],
    ids=lambda v: getattr(v, "__name__", None),
)
def test_a_bad_key_refuses_to_start_and_says_what_to_look_at(
    world: World, fail: Callable[[World, UUID], None], words: str
) -> None:
    fail(world, UUID(int=0))
    with pytest.raises(CryptoError, match=words):
        create_app(world.settings)


def test_a_keystore_of_another_installation_refuses_to_start(world: World, tmp_path: Path) -> None:
    """It is whole and fits its own key, so only what stands in the database tells that it is a stranger here."""
    other = make_keystore(tmp_path / "elsewhere")
    strange = replace(world.settings, keystore_path=str(other / "keystore.db"), kek_dir=str(other / "kek"))
    create_app(strange)  # an empty house may be given any keystore
    topics = (TopicDraft("housing", main=True),)
    draft = IntakeDraft("nandemo", topics, ReceptionConsent.NOT_ASKED, person=PersonDraft(name="架空 花子"))
    world.run(receive, world.actor("counselor", "shakyo"), draft)
    with pytest.raises(KeyWrong, match="another installation"):
        create_app(strange)
    create_app(world.settings)


def test_a_damaged_keystore_refuses_to_start(world: World) -> None:
    world.keys.store.close()  # type: ignore[attr-defined]
    path = Path(world.settings.keystore_path)
    path.write_bytes(path.read_bytes()[:2000])
    for beside in path.parent.glob("keystore.db-*"):
        beside.unlink()
    with pytest.raises(CryptoError, match="damaged"):
        create_app(world.settings)


def test_a_keystore_of_another_installation_is_named_and_nothing_is_changed(
    world: World, story: Story, tmp_path: Path
) -> None:
    person, seat = UUID(story.ids["mother"]), story.seat["coordinator"]
    before, keys = _blob(world, person), Path(world.settings.keystore_path).parent
    assert run(world, "verify").exit_code == 0
    forget(world)
    shutil.rmtree(keys)
    FileKeyStore.create(keys / "keystore.db", keys / "kek").close()
    forget(world)
    verified = run(world, "verify")
    assert verified.exit_code == 1
    assert "keystore not of this database: key_wrong" in verified.output
    shown = seat.get(f"/persons/{person}")
    assert shown["name"] == "【この項目は復号できません: key_missing】"
    edit = {"name": "架空の別の名前", "version": shown["version"]}
    assert seat.patch(f"/persons/{person}", edit, 409)["code"] == "sealed_unreadable"
    assert _blob(world, person) == before
