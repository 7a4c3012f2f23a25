"""消去 of an ended record: one proposes, another decides, and the keys go with it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from casework.db import CLEARED
from casework.kernel.actor import system_actor
from casework.retention import actions as retention
from casework.retention import queries as retained
from casework.retention.rules import DecisionDraft, ProposalDraft, RefusalDraft
from tests.integration.stateful.run import REFUSED, Run, step

GROUNDS = ("wrongly_kept", "schedule", "suspension_request")


@step("privacy", needs="intake")
def erase(run: Run, who: str, roll: int) -> None:
    """Open records, and records whose years are not over, stay; nobody erases alone; what is refused stays readable."""
    number = run.number(run.pick("intake" if roll % 2 else "case", roll))
    draft = ProposalDraft((number,), GROUNDS[roll // 3 % 3], "架空の消去の理由")
    proposed = run.do("propose_erasure", who, retention.propose, draft)
    if proposed is REFUSED:
        return
    (waiting,) = (view.id for view in proposed)
    decision = DecisionDraft((waiting,))
    assert run.do("erase_alone", who, retention.approve, decision) is REFUSED, "erased by one"
    if roll % 6 == 5:
        run.do("withdraw_erasure", who, retention.withdraw, waiting)
    elif roll % 6 == 4:
        run.do("refuse_erasure", "supervisor", retention.refuse, waiting, RefusalDraft("架空の理由"))
    else:
        run.do("erase", "supervisor", retention.approve, decision)
        assert run.last[2], run.why
        _keys_are_gone(run, waiting)


def _keys_are_gone(run: Run, erasure: UUID) -> None:
    """At once, or in the night if the commit was broken; and nobody else's."""
    house = system_actor(run.world.clock.now())
    for pending in run.world.run(retained.pending_keys, house):
        run.world.run(retention.destroy_keys, house, pending)
    store = run.world.keys.store
    gone = _ids(run, "SELECT owner FROM erasure_owner WHERE erasure_id = :id", id=erasure)
    assert gone, "a record without a key was erased"
    assert {tombstone.owner for tombstone in store.tombstones(gone)} == set(gone), (
        "keys of an erased record remain"
    )
    assert store.data_keys(gone) == {}
    there = _ids(run, "SELECT id FROM case_file UNION SELECT id FROM person UNION SELECT id FROM intake")
    assert set(store.data_keys(there)) == set(there), "a neighbour's key is gone"


def _ids(run: Run, query: str, **values: UUID) -> Sequence[UUID]:
    named = {name: run.spelt(value) for name, value in values.items()}
    found = run.world.session.execute(text(query), named, execution_options={CLEARED: True})
    ids = [UUID(str(row[0])) for row in found]
    run.world.session.rollback()
    return ids
