"""Who acts in the stateful test, and the bodies they send: short, with texts that do not matter."""

from __future__ import annotations

from typing import Any

from casework.kernel.actor import Actor
from tests.support.world import World

PEOPLE = {
    "shakyo": ("counselor", "shakyo"),
    "seikatsu": ("counselor", "seikatsu_fukushi"),
    "korei": ("counselor", "korei_ikiiki"),
    "coordinator": ("coordinator", "shakyo"),
    "chair": ("chair", "fukushi_somu"),
    "office": ("secretariat", "fukushi_somu"),
    "leader": ("chair", "shakyo"),
    "clerk": ("secretariat", "shakyo"),
    "member": ("agency_member", "community_care_1"),
    "outreach": ("outreach_worker", "shakyo"),
    "participation": ("participation_coordinator", "shakyo"),
    "supervisor": ("supervisor", "fukushi_somu"),
    "privacy": ("privacy_officer", "fukushi_somu"),
    "admin": ("administrator", "fukushi_somu"),
    "second": ("administrator", "fukushi_somu"),
    "stranger": ("counselor", "shimin_kenko"),
}
AGENCY = {name: agency for name, (_, agency) in PEOPLE.items()}
DIVISIONS = ("seikatsu_fukushi", "korei_ikiiki", "shakyo")
COUNSELORS = ("shakyo", "seikatsu", "korei")


def cast(world: World) -> dict[str, Actor]:
    return {name: world.actor(role, agency, f"架空 {name}") for name, (role, agency) in PEOPLE.items()}


def intake(consent: str = "not_asked", **more: Any) -> dict[str, Any]:
    return {"window": "nandemo", "topics": [{"code": "housing", "main": True}], "consent": consent, **more}


def referral(to: str, *, with_consent: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"to_agency": to, "reason": "架空の理由", "with_consent": with_consent}
    return body | ({"items": ["consultation"]} if with_consent else {"ground": "life_protection"})


def consent(purpose: str, day: str, state: str = "given") -> dict[str, Any]:
    return {
        "purpose": purpose, "state": state,
        "recipients": ["shakyo", "korei_ikiiki", "seikatsu_fukushi", "community_care_1", "farm"],
        "items": ["consultation", "plan", "assessment"], "holder": "shakyo", "form": "written", "given_on": day,
    }  # fmt: skip


def decision(actor: Actor, agency: str, day: str | None, **more: Any) -> dict[str, Any]:
    action = {"agency": agency, "staff_id": str(actor.id), "due_on": day, "task": "架空の対応"}
    return {
        "policy": "架空の方針",
        "lead_agency": agency,
        "lead_id": str(actor.id),
        "actions": [action],
        **more,
    }


def plan(actor: Actor, day: str, later: str) -> dict[str, Any]:
    return {
        "period_from": day, "issues": "架空の課題", "wish": "架空の希望", "long_term_goal": "架空の目標",
        "next_review_on": later, "responsible_id": str(actor.id), "goals": ["架空の達成目標"],
        "roles": [{"agency": "korei_ikiiki", "task": "架空の役割"}],
    }  # fmt: skip
