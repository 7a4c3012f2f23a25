"""Accounts and roles, 保護, 閲覧の許可 and 緊急閲覧, and the passing of time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from casework.accounts import actions as accounts
from casework.accounts import queries as account_queries
from casework.accounts.rules import HandOverDraft, RoleDraft, RoleEnd, StaffDetail
from casework.cases import actions as cases
from casework.cases import queries as case_queries
from casework.cases import schemas as c
from casework.cases.rules import HandOverDraft as CaseHandOver
from casework.kernel.actor import Role
from casework.oversight import actions as oversight
from casework.oversight import queries as oversight_queries
from casework.people import actions as people_actions
from casework.people import queries as people
from casework.people import schemas as pe
from casework.people.rules import GrantDraft
from casework.people.rules.relations import ConflictDraft
from tests.integration.stateful import people as p
from tests.integration.stateful.run import REFUSED, Run, load, step


@step("admin")
def disable(run: Run, who: str, roll: int) -> None:
    """Somebody leaves: without a receiver it is refused as soon as work is open (I1); the seat is filled again."""
    leaver = p.COUNSELORS[roll % 3]
    to = _receiver(run, leaver, roll)
    done = run.do("disable", who, accounts.disable, run.people[leaver].id, HandOverDraft(to))
    if done is REFUSED and not run.last[2]:  # if it was done and nobody heard of it, it was done
        return
    proposed = run.do("enable", who, accounts.enable, run.people[leaver].id)
    assert proposed is not REFUSED, run.why
    (change,) = (c for c in proposed.changes if c.kind == "enable")
    assert run.do("approve_alone", who, accounts.approve_change, change.id) is REFUSED, "a right given by one"
    assert run.do("approve", _another(who), accounts.approve_change, change.id) is not REFUSED, run.why


@step("admin")
def take_role(run: Run, who: str, roll: int) -> None:
    """A role ends by two people, and work that no role would carry needs a receiver (I1); it comes back likewise."""
    holder = p.COUNSELORS[roll % 3]
    person, agency = run.people[holder].id, p.AGENCY[holder]
    to = _receiver(run, holder, roll)
    held = next(role.id for role in _account(run, person).roles if role.in_force)
    run.do("propose_end", who, accounts.end_role, person, held, RoleEnd(None, to))
    if not run.last[2]:
        return
    other = _another(who)
    (ending,) = (c for c in _account(run, person).changes if c.kind == "role_end")
    assert run.do("approve_alone", who, accounts.approve_change, ending.id) is REFUSED, "a right taken by one"
    taken = run.do("take_role", other, accounts.approve_change, ending.id)
    if taken is REFUSED:  # there is work, and nobody to take it
        assert to is None, run.why
        assert run.do("refuse_change", other, accounts.refuse_change, ending.id) is not REFUSED, run.why
        return
    if run.owned is not None:
        run.owned(run)
    again = run.do("propose_role", who, accounts.add_role, person, RoleDraft(Role.COUNSELOR, agency))
    (giving,) = (c for c in again.changes if c.kind == "role_add")
    assert run.do("give_role", other, accounts.approve_change, giving.id) is not REFUSED, run.why
    run.last = ("take_role", other, True)


def _receiver(run: Run, leaver: str, roll: int) -> UUID | None:
    """Somebody of the same division for the work of who leaves, or nobody."""
    return run.world.actor("counselor", p.AGENCY[leaver], f"架空 後任 {leaver}").id if roll % 2 else None


def _another(who: str) -> str:
    """The second of the two people."""
    return "admin" if who == "second" else "second"


def _account(run: Run, person: UUID) -> StaffDetail:
    return run.world.run(account_queries.show_staff, run.people["admin"], person)


@step("admin")
def time_passes(run: Run, who: str, roll: int) -> None:
    run.world.later(days=1 + roll % 20)


@step("shakyo", "seikatsu", "korei", needs="case")
def protect(run: Run, who: str, roll: int) -> None:
    """支援措置: from here on nobody sees the person without a grant of their own (I12)."""
    if roll % 4:  # a protected city would be a silent one
        look_at_person(run, who, roll)
        return
    body = load(pe.ProtectIn, {"ground": "own_word", "reason": "架空の理由", "valid_from": run.day()})
    run.do("protect", who, cases.protect_person, run.pick("case", roll), run.pick("person", roll), body)


@step("privacy", needs="person")
def tie(run: Run, who: str, roll: int) -> None:
    """利益相反: from here on a counselor sees nothing of the person, not even what they own."""
    if roll % 4:
        return
    draft = ConflictDraft(run.people[p.COUNSELORS[roll % 3]].id, run.pick("person", roll))
    run.do("tie", who, people_actions.name_conflict, draft)


@step("shakyo", "seikatsu", "korei", "coordinator", needs="case")
def hand_over(run: Run, who: str, roll: int) -> None:
    """担当替え: to a colleague of the division who may open the case (I1)."""
    agency = p.AGENCY[who]
    to = run.world.actor("counselor", agency, f"架空 後任 {roll % 2}")
    run.do(
        "hand_over", who, cases.hand_over, run.pick("case", roll), CaseHandOver(to.id, agency, "架空の事情")
    )


@step("privacy", needs="case")
def name_successor(run: Run, who: str, roll: int) -> None:
    """Whoever owns work for a protected person unseen is found, and can be named by the privacy officer."""
    if who != "privacy":
        return
    lines = run.world.run(oversight_queries.unnamed_owners, run.people[who])
    if not lines:
        return
    line = lines[roll % len(lines)]
    draft = GrantDraft(line.owner_id, "架空の目的", run.world.clock.now() + timedelta(days=90))
    run.do("name_successor", who, oversight.name_successor, line.protection_id, draft)
    if run.last[2]:
        assert line.owner_id not in {
            one.owner_id
            for one in run.world.run(oversight_queries.unnamed_owners, run.people[who])
            if one.protection_id == line.protection_id
        }


@step("shakyo", "coordinator", "stranger", "korei", needs="person")
def look_at_person(run: Run, who: str, roll: int) -> None:
    run.seen = run.pick("person", roll)
    run.do("look_at_person", who, people.read_person, run.seen)


@step("privacy", needs="case")
def give_leave(run: Run, who: str, roll: int) -> None:
    body = {
        "staff_id": str(run.people["supervisor"].id),
        "agency": "fukushi_somu",
        "purpose_code": "supervision",
        "purpose": "架空の目的",
        "ends_at": run.at(days=1 + roll % 3),
    }
    made = run.do("give_leave", who, cases.grant_access, run.pick("case", roll), load(c.GrantIn, body))
    if made is not REFUSED:
        run.keep("leave", made.id)


@step("privacy", needs="leave")
def end_leave(run: Run, who: str, roll: int) -> None:
    run.do("end_leave", who, cases.end_grant, run.pick("case", roll), run.pick("leave", roll))


@step("supervisor", needs="leave")
def read_by_leave(run: Run, who: str, roll: int) -> None:
    """Only a leave opens a case to a supervisor, and only until it ends, by whatever way it ends."""
    if who != "supervisor":
        return
    run.seen = run.pick("case", roll)
    run.do("read_by_leave", who, case_queries.read_case, run.seen)


@step("stranger", needs="case")
def open_in_emergency(run: Run, who: str, roll: int) -> None:
    """緊急閲覧 of a case of other divisions: for hours, and never through protection (I22)."""
    run.seen = run.pick("case", roll)
    body = {
        "number": run.number(run.seen),
        "category": "life",
        "reason": "架空の理由",
        "hours": 1 + roll % 5,  # five are too many
    }
    made = run.do("open_in_emergency", who, cases.open_emergency, load(c.EmergencyIn, body))
    if made is not REFUSED:
        assert made.ends_at - made.begins_at <= timedelta(hours=4)
        run.keep("emergency", made.id)


@step("stranger", needs="emergency")
def read_in_emergency(run: Run, who: str, roll: int) -> None:
    """Nothing else opens these cases to a division that never had to do with them."""
    if who != "stranger":
        return
    run.seen = run.pick("case", roll)
    run.do("read_in_emergency", who, case_queries.read_case, run.seen)


@step("privacy", needs="emergency")
def review_emergency(run: Run, who: str, roll: int) -> None:
    verdict = (
        {"verdict": "not_justified", "follow_up": "架空の対応"} if roll % 2 else {"verdict": "justified"}
    )
    access = run.pick("emergency", roll)
    run.do("review_emergency", who, cases.review_emergency, access, load(c.ReviewIn, verdict))


@step("stranger", needs="emergency")
def end_emergency(run: Run, who: str, roll: int) -> None:
    run.do("end_emergency", who, cases.end_emergency, run.pick("emergency", roll))
