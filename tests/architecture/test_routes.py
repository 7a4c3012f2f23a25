"""Every route names its use case, every use case with a door has a route, and nothing else is reachable."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from flask import Flask

import casework.app
from casework.policy import POLICY
from casework.usecase import registry
from casework.web.house import OPEN_ROUTES
from tests.support.counts import Count
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
    "casework.people.queries.persons.households_of",  # the links from a person to their households
    "casework.desk.actions.forget",  # after a form was sent
    "casework.desk.actions.expire",  # casework daily
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
    "casework.intake.actions.screening.refer",  # joined by referral's one-step refer
)


# What somebody who has not signed in may be answered: the way in, whether the server lives, what the door is like.
WAY_IN = {
    "static", "health.live", "health.ready", "accounts_pages.sign_in", "accounts_pages.sso",
    "accounts_pages.sso_answer", "accounts_pages.sso_send", "accounts_api.passkey_to_sign_in",
    "api-docs.openapi_json",  # routes and shapes, no data
}  # fmt: skip


@pytest.mark.promise(1)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_is_answered_who_has_not_signed_in(world: World, count: Count) -> None:
    asked, answered = 0, set()
    for rule in world.app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = (
                path.replace(f"<uuid:{name}>", str(uuid4()))
                .replace(f"<{name}>", "x")
                .replace(f"<path:{name}>", "x")
            )
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answer = world.app.test_client(use_cookies=False).open(
                path, method=method, json={} if method != "GET" else None
            )
            asked += 1
            leads_in = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
            if answer.status_code not in (401, 404, 415, 422) and not leads_in:
                answered.add(f"{method} {rule.endpoint} {answer.status_code}")
    count.found(asked=asked, answered=",".join(sorted(answered)))
    assert asked > 500
    assert {name.split()[1] for name in answered} <= WAY_IN


@pytest.mark.promise(1)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_route_asks_for_a_permission_that_the_policy_knows(world: World, count: Count) -> None:
    routes = world.app.extensions["casework"].routes
    count.found(routes=len(routes))
    assert {about.permission for about in routes.values()} <= set(POLICY.table)
    assert len(routes) > 400


@pytest.mark.promise(1)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_application_with_a_route_that_nobody_classified_does_not_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = casework.app._pages

    def one_too_many(app: Flask) -> None:
        pages(app)
        app.add_url_rule("/stray", "stray", lambda: "架空")

    def one_too_few(app: Flask) -> None:
        pages(app)
        app.extensions["casework"].routes["cases.nowhere"] = next(
            iter(app.extensions["casework"].routes.values())
        )

    tried = (
        (one_too_many, {"unknown": ["stray"], "missing": []}),
        (one_too_few, {"unknown": [], "missing": ["cases.nowhere"]}),
    )
    for change, told in tried:
        monkeypatch.setattr(casework.app, "_pages", change)
        with pytest.raises(casework.app.UnclassifiedRoute) as refusal:
            casework.app.create_app(world.settings)
        assert json.loads(str(refusal.value)) == told


@pytest.mark.promise(1)
def test_every_route_stands_in_the_list_with_its_permission(world: World) -> None:
    home = world.app.extensions["casework"]
    endpoints = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    named = set(home.routes) | OPEN_ROUTES | {e for e in endpoints if e.startswith("api-docs.")}
    assert endpoints <= named
    assert set(home.routes) <= endpoints


@pytest.mark.promise(1)
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


@pytest.mark.promise(1)
def test_every_use_case_has_a_door_or_says_why_not(world: World) -> None:
    home = world.app.extensions["casework"]
    behind = {about.name for about in home.routes.values()}
    hidden = [
        name
        for name in registry
        if name.startswith("casework.") and name not in behind and not name.startswith(WITHOUT_DOOR_ALLOWED)
    ]
    assert hidden == []
