"""Every route names its use case, every use case with a door has a route, and nothing else is reachable."""

from __future__ import annotations

from casework.usecase import registry
from casework.web.house import OPEN_ROUTES
from tests.support.world import World

# Use cases that are called by other use cases, by commands or by sign-in only.
WITHOUT_DOOR_ALLOWED = (
    "casework.oversight.actions.upkeep.purge_replies",  # casework daily
    "casework.oversight.actions.checkpoints.issue_checkpoint",  # casework audit checkpoint, casework daily
    "casework.oversight.queries.trail.verify_trail",  # casework audit verify
    "casework.oversight.queries.trail.export_trail",  # casework audit export
    "casework.oversight.queries.trail.public_pem",  # casework audit pubkey
    "casework.agencies.actions.sync_directory",  # casework codes sync
    "casework.meeting.actions.deciding.mark_overdue",  # casework daily
    "casework.accounts.queries.by_login",  # casework user
    "casework.accounts.actions.sign_in.check_sign_in",  # before anybody is signed in
    "casework.accounts.actions.sign_in.note_failure",
    "casework.accounts.actions.sso.spend_state",  # inside the sign-on
    "casework.accounts.actions.sso.refuse_sso",
    "casework.accounts.actions.sign_in.open_half",
    "casework.accounts.actions.sign_in.half_login",
    "casework.accounts.actions.sign_in.passkey_login",
    "casework.accounts.actions.sign_in.give_up",  # leaving before the second factor
    "casework.accounts.queries.second_kinds",  # the page of the second factor
    "casework.accounts.queries.own_kinds",  # the page of the step-up
    "casework.accounts.actions.step_up.own_login",  # inside the step-up
    "casework.accounts.actions.step_up.check_confirm",
    "casework.intake.queries.known_elsewhere",  # asked by the search at intake
    "casework.desk.queries.labels.book",  # labels, asked by every page
    "casework.desk.queries.labels.unsent",  # asked by every form
    "casework.intake.queries.usual_window",  # the window that the form of 受付 starts with
    "casework.people.queries.households_of",  # the links from a person to their households
    "casework.desk.actions.forget",  # after a form was sent
    "casework.statistics.actions.seal",  # casework statistics seal, due
    "casework.statistics.queries.sealed.due",
    "casework.statistics.queries.sealed.audits",  # casework statistics audit
    "casework.statistics.queries.sealed.verify",  # casework statistics verify
    "casework.custody.actions.rotate",  # casework keys
    "casework.custody.actions.begin_rewrap",
    "casework.custody.actions.backup_database",  # casework backup
    "casework.custody.actions.backup_keystore",
    "casework.custody.actions.verify_backup",
    "casework.custody.actions.end_rewrap",
    "casework.custody.actions.verify",
    "casework.custody.actions.retire",
    "casework.cases.queries.emergency.case_to_grant",  # the way from a number to the page of grants
    "casework.accounts.actions.transfers.run_transfers",  # casework daily
    "casework.retention.queries.standing.pending_keys",  # casework retention run, casework daily
    "casework.retention.actions.erasing.destroy_keys",
    "casework.intake.actions.refer",  # joined by referral's one-step refer
)


def test_every_route_stands_in_the_list_with_its_permission(world: World) -> None:
    home = world.app.extensions["casework"]
    endpoints = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    named = set(home.routes) | OPEN_ROUTES | {e for e in endpoints if e.startswith("api-docs.")}
    assert endpoints <= named
    assert set(home.routes) <= endpoints


def test_every_route_that_changes_something_is_not_a_get(world: World) -> None:
    home = world.app.extensions["casework"]
    writing = [
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint in home.routes
        and not home.routes[rule.endpoint].reads
        and "GET" in (rule.methods or ())
    ]
    assert writing == []


def test_every_use_case_has_a_door_or_says_why_not(world: World) -> None:
    home = world.app.extensions["casework"]
    behind = {about.name for about in home.routes.values()}
    hidden = [
        name
        for name in registry
        if name.startswith("casework.") and name not in behind and not name.startswith(WITHOUT_DOOR_ALLOWED)
    ]
    assert hidden == []
