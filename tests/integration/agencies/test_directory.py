"""The directory and the code lists: loaded by command, extended and retired, never renamed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.agencies import actions, queries
from casework.agencies.rules import CodeDraft, RetireDraft
from casework.kernel.errors import BadInput, NotAllowed, Refused
from casework.settings import bundled_path
from tests.support.world import World

COLLEAGUE = CodeDraft("intake_route", "radio", "ラジオを聴いて", "Radio", 200)


def test_a_second_sync_changes_nothing(world: World) -> None:
    report = actions.sync_directory(world.ctx())
    assert (report.added, report.changed, report.retired) == (0, 0, 0)


def test_kamakura_has_its_windows_ten_divisions_areas_and_initiatives(world: World) -> None:
    who = world.actor("agency_member", "community_care_1")
    assert len(world.run(queries.windows, who)) == 22
    assert sum(a.support_meeting_member for a in world.run(queries.agencies, who)) == 10
    assert len(world.run(queries.districts, who)) == 14
    assert len(world.run(queries.initiatives, who)) == 324
    assert len(world.run(queries.codes, who, list="consult_topic")) == 16


def test_staff_extend_a_list_and_retire_an_entry_from_a_day_on(world: World) -> None:
    admin = world.actor("administrator", "fukushi_somu")
    world.run(actions.add_code, admin, COLLEAGUE)
    with pytest.raises(BadInput) as twice:
        world.run(actions.add_code, admin, COLLEAGUE)
    assert twice.value.code == "code_taken"
    retired = world.run(actions.retire_code, admin, "intake_route", "radio", RetireDraft(date(2026, 4, 30)))
    assert retired.valid_to == date(2026, 4, 30)
    assert actions.sync_directory(world.ctx()).retired == 0
    with pytest.raises(NotAllowed):
        world.run(actions.add_code, world.actor("counselor", "shakyo"), COLLEAGUE)


def test_a_renamed_code_is_refused_and_a_vanished_one_is_retired(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = tmp_path / "config" / "municipality" / "kamakura"
    city.mkdir(parents=True)
    for path in (bundled_path("config") / "municipality" / "kamakura").iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "codes.csv":
            text = "\n".join(line for line in text.splitlines() if ",debt," not in line) + "\n"
        (city / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(actions, "bundled_path", lambda _: tmp_path / "config")
    assert actions.sync_directory(world.ctx()).retired == 2  # consult_topic and issue
    renamed = (city / "codes.csv").read_text(encoding="utf-8").replace("住まいについて", "家について")
    (city / "codes.csv").write_text(renamed, encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        actions.sync_directory(world.ctx())
    assert refusal.value.code == "code_renamed"
