"""The register of resources: found by kind and area, edited by version, retired without a trace lost."""

from __future__ import annotations

import pytest

from casework.kernel.errors import BadInput, NotAllowed, VersionConflict
from casework.resources import actions, queries
from casework.resources.rules import ResourceDraft
from tests.support.world import World

FARM = ResourceDraft(kind="agri_fishery", name="架空農園", district="ofuna", agency="farm", capacity=2)


def test_a_resource_is_found_by_kind_and_area_until_it_is_retired(world: World) -> None:
    who = world.actor("participation_coordinator", "shakyo")
    farm = world.run(actions.add_resource, who, FARM)
    world.run(
        actions.add_resource, who, ResourceDraft(kind="salon", name="架空の居場所", district="kamakura")
    )
    assert [r.id for r in world.run(queries.search, who, kind="agri_fishery").items] == [farm.id]
    assert world.run(queries.search, who, kind="agri_fishery", district="kamakura").items == ()
    assert len(world.run(queries.search, who).items) == 2
    assert world.run(actions.retire_resource, who, farm.id).active is False
    assert world.run(queries.search, who, kind="agri_fishery").items == ()
    assert world.run(queries.read_resource, who, farm.id).name == "架空農園"


def test_verifying_says_who_and_when(world: World) -> None:
    who = world.actor("participation_coordinator", "shakyo")
    farm = world.run(actions.add_resource, who, FARM)
    world.later(days=40)
    seen = world.run(actions.verify_resource, who, farm.id)
    assert (seen.last_verified_on, seen.verified_by) == (world.ctx().today, who.id)


def test_unknown_kinds_areas_and_agencies_are_refused_beside_their_field(world: World) -> None:
    who = world.actor("participation_coordinator", "shakyo")
    for draft, field in (
        (ResourceDraft(kind="castle", name="架空城"), "kind"),
        (ResourceDraft(kind="salon", name="架空", district="atlantis"), "district"),
        (ResourceDraft(kind="salon", name="架空", agency="nobody"), "agency"),
    ):
        with pytest.raises(BadInput) as refusal:
            world.run(actions.add_resource, who, draft)
        assert refusal.value.field == field


def test_an_edit_from_an_older_version_is_refused(world: World) -> None:
    who = world.actor("participation_coordinator", "shakyo")
    farm = world.run(actions.add_resource, who, FARM)
    ctx = world.ctx(who)
    ctx.expected_version = farm.version
    actions.edit_resource(ctx, farm.id, ResourceDraft(kind="agri_fishery", name="架空農園(新)"))
    stale = world.ctx(who)
    stale.expected_version = farm.version
    with pytest.raises(VersionConflict):
        actions.edit_resource(stale, farm.id, FARM)


def test_a_counselor_reads_the_register_but_does_not_keep_it(world: World) -> None:
    with pytest.raises(NotAllowed):
        world.run(actions.add_resource, world.actor("counselor", "shakyo"), FARM)
