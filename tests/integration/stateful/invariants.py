"""What must hold after every step, read from the tables themselves, past the house's own code (I1-I19)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from tests.integration.stateful.run import Run

OPEN = {
    "intake": "state IN ('received','in_screening','seeking_consent')",
    "case_file": "state NOT IN ('closed','interrupted','reopened')",
    "referral": "state IN ('sent','acknowledged','accepted')",
    "action_item": "state IN ('assigned','accepted','objected','overdue')",
    "outreach_episode": "state <> 'ended'",
    "participation_need": "state <> 'ended'",
}
# Steps in which a case may change hands (I2): everybody else's step leaves its owner as it was.
HANDING = {"hand_over", "accept", "disable", "enable", "approve", "approve_alone", "take_role"}
# Steps in which somebody gives a case to somebody by name: never to one who may not open it (I1).
GIVING = {"accept", "hand_over", "decide", "name_lead"}
BLIND = (
    "SELECT c.id FROM case_file c WHERE c.state NOT IN ('closed','interrupted','reopened') AND (EXISTS (SELECT 1 FROM "
    "conflict k JOIN case_person p ON p.person_id = k.person_id WHERE p.case_id = c.id AND k.staff_id = c.owner_id AND "
    "k.ended_at IS NULL) OR c.protected AND EXISTS (SELECT 1 FROM case_person p JOIN person x ON x.id = p.person_id "
    "WHERE p.case_id = c.id AND p.role = 'subject' AND x.protected AND NOT EXISTS (SELECT 1 FROM protection_grant g "
    "WHERE g.person_id = x.id AND g.staff_id = c.owner_id AND g.ends_at > '{now}')))"
)
WORK = (
    "intake",
    "case_file",
    "case_step",
    "referral",
    "consent",
    "disclosure",
    "agenda_item",
    "item_member",
    "decision",
    "action_item",
    "plan",
    "evaluation",
    "outreach_episode",
    "visit",
    "participation_need",
    "note",
    "alert",
)
OF_A_CASE = (
    "referral", "consent", "note", "note_segment", "plan", "decision", "agenda_item", "item_member", "alert",
    "action_item", "disclosure", "access_grant", "emergency_access", "case_person", "outreach_episode",
)  # fmt: skip
DECIDED = "'decided','active','under_review','revised','completed'"
FIXED = {
    "plan": (f"state IN ({DECIDED})", ("issues", "wish", "long_term_goal")),
    "agenda_item": (
        "meeting_id IN (SELECT id FROM meeting WHERE state IN ('minutes_confirmed','closed'))", ("minutes", "purpose")
    ),
    "note_segment": ("1 = 1", ("text", "said_by", "segment_class", "origin_basis", "origin_item")),
    "decision": ("1 = 1", ("policy", "verdict", "lead_id", "lead_agency", "decided_by")),
}  # fmt: skip


class Watch:
    """Remembers what may not change, and says what is broken."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._asked: list[tuple[str, str]] = []
        self._owners: dict[Any, tuple[Any, Any]] = {}
        self._fixed: dict[tuple[str, Any], tuple[Any, ...]] = {}
        self._members: dict[Any, set[Any]] = {}
        self._consents = self._alerts = self._entries = 0
        self._erased: set[Any] = set()
        self._blind: set[Any] = set()  # cases that their owner may not open

    def rows(self, query: str) -> list[Any]:
        return list(self._db.exec_driver_sql(query))

    def none(self, rule: str, query: str) -> None:
        """Ask for what breaks a rule; the questions of one look are sent together, in `_answered`."""
        self._asked.append((rule, query))

    def _answered(self) -> None:
        parts = [
            f"SELECT {n}, CAST(x.id AS VARCHAR(40)) FROM ({q}) AS x" for n, (_, q) in enumerate(self._asked)
        ]
        broken = [(self._asked[row[0]][0], row[1]) for row in self.rows(" UNION ALL ".join(parts))]
        self._asked.clear()
        assert not broken, f"{broken[:3]}"

    def stored(self) -> tuple[int, ...]:
        """How many rows each table of the work holds."""
        self._db.rollback()
        counts = ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in WORK)
        return tuple(int(n) for n in self.rows(f"SELECT {counts}")[0])

    def look(self, run: Run) -> None:
        """Check everything; AssertionError names the rule."""
        self._db.rollback()
        self._erasures()
        self._owned(run)
        self._hands(run)
        self._referrals()
        self._endings()
        self._plans()
        self._consent(run)
        self._meetings()
        self._sight(run)
        self._given(run)
        self._answered()
        self._immutable()
        self._trail()

    def begin(self, run: Run) -> None:
        """Take a city as it stands for the first of a run's moments."""
        self._hands_now()
        run.last = ("", "", False)
        self.look(run)

    def owners_now(self, run: Run) -> None:
        """In the middle of a step: whatever is open belongs to somebody who may work there today (I1)."""
        self._db.rollback()
        self._owned(run)
        self._answered()

    def _owned(self, run: Run) -> None:
        for table, open_ in OPEN.items():
            self.none(
                f"I1 {table} without an owner who works there",
                f"SELECT t.id FROM {table} t WHERE t.{open_} AND NOT EXISTS (SELECT 1 FROM staff s JOIN staff_role r "
                "ON r.staff_id = s.id WHERE s.id = t.owner_id AND s.disabled_at IS NULL AND r.agency = t.owner_agency "
                f"AND (r.valid_until IS NULL OR r.valid_until >= '{run.day()}'))",
            )

    def _hands(self, run: Run) -> None:
        before = self._owners
        now = self._hands_now()
        moved = [k for k, owner in before.items() if now.get(k) != owner and k not in self._erased]
        name, _, done = run.last
        assert not moved or (done and name in HANDING), f"I2: {name} moved {moved}"

    def _hands_now(self) -> dict[Any, tuple[Any, Any]]:
        rows = self.rows("SELECT id, owner_id, owner_agency FROM case_file")
        self._owners = {row[0]: (row[1], row[2]) for row in rows}
        return self._owners

    def _erasures(self) -> None:
        """消去: by two people, of the whole record; what else vanishes has vanished against I10, I18 or I29."""
        erased = {row[0] for row in self.rows("SELECT record_id FROM erasure WHERE state = 'erased'")}
        if erased != self._erased:  # consents, alerts and members went with their record
            self._erased, self._consents, self._alerts = erased, 0, 0
            self._members = {meeting: kept for meeting, kept in self._members.items() if self._still(kept)}
        self.none(
            "erased by one", "SELECT id FROM erasure WHERE state = 'erased' AND proposed_by = decided_by"
        )
        gone = "IN (SELECT record_id FROM erasure WHERE state = 'erased')"
        for table in ("case_file", "intake"):
            self.none(f"{table} erased and still there", f"SELECT id FROM {table} WHERE id {gone}")
        for table in OF_A_CASE:
            self.none(f"{table} outlived its case", f"SELECT case_id AS id FROM {table} WHERE case_id {gone}")

    def _still(self, members: set[Any]) -> bool:
        """Whether all of a meeting's members are there: some left with an erased case."""
        there = {row[0] for row in self.rows("SELECT id FROM item_member")}
        return members <= there

    def _given(self, run: Run) -> None:
        """An owner may lose sight of a case by what others do; nobody is given one that they may not open."""
        now = run.world.clock.now().strftime("%Y-%m-%d %H:%M:%S")
        before, self._blind = self._blind, {row[0] for row in self.rows(BLIND.format(now=now))}
        name, _, done = run.last
        assert not (done and name in GIVING) or self._blind <= before, f"I1: {name} gave a case to the blind"

    def _sight(self, run: Run) -> None:
        """I12: who saw a protected person has a grant of their own; a leave that ended shows no case any more."""
        name, who, done = run.last
        if name == "look_at_person" and done:
            seen, me = run.seen.hex, run.people[who].id.hex
            self.none(
                f"I12 {who} saw a protected person",
                f"SELECT id FROM person WHERE id = '{seen}' AND protected AND NOT EXISTS "
                f"(SELECT 1 FROM protection_grant g WHERE g.person_id = person.id AND g.staff_id = '{me}')",
            )
        if name == "read_by_leave" and done:
            now, case = run.world.clock.now().strftime("%Y-%m-%d %H:%M:%S"), run.seen.hex
            leave = f"SELECT 1 FROM access_grant WHERE case_id = '{case}' AND ends_at > '{now}'"
            assert self.rows(leave), "a case was read by a leave that had ended"

        if name in ("open_in_emergency", "read_in_emergency") and done:
            now, case = run.world.clock.now().strftime("%Y-%m-%d %H:%M:%S"), run.seen.hex
            ours, me = run.people[who].memberships[0].agency, run.people[who].id.hex
            self.none(
                f"I22 {who} sees a case that is protected, or without an access in force",
                f"SELECT c.id FROM case_file c WHERE c.id = '{case}' AND '{ours}' NOT IN (owner_agency, lead_agency) "
                "AND (c.protected OR NOT EXISTS (SELECT 1 FROM emergency_access e WHERE e.case_id = c.id "
                f"AND e.staff_id = '{me}' AND e.ends_at > '{now}'))",
            )

    def _referrals(self) -> None:
        self.none(
            "I2 accepted by nobody",
            "SELECT id FROM referral WHERE state = 'accepted' AND accepted_by IS NULL",
        )
        self.none(
            "I3 returned without reason",
            "SELECT id FROM referral WHERE state = 'returned' AND return_reason IS NULL",
        )
        self.none(
            "I3 twice returned and not before a meeting",
            "SELECT case_id AS id FROM referral WHERE state = 'returned' GROUP BY case_id HAVING COUNT(*) > 1 AND "
            "NOT EXISTS (SELECT 1 FROM meeting_proposal p WHERE p.case_id = referral.case_id)",
        )
        self.none(
            "I11 sent without a record of the disclosure",
            "SELECT r.case_id AS id FROM referral r GROUP BY r.case_id HAVING COUNT(*) > "
            "(SELECT COUNT(*) FROM disclosure d WHERE d.case_id = r.case_id)",
        )
        self.none(
            "I11 told in an emergency that nobody wrote down",
            "SELECT d.id FROM disclosure d WHERE d.ground = 'emergency' AND NOT EXISTS "
            "(SELECT 1 FROM alert a WHERE a.case_id = d.case_id)",
        )
        self.none(
            "I7 carried out of its meeting",
            "SELECT rs.referral_id AS id FROM referral_segment rs JOIN note_segment n ON n.id = rs.segment_id "
            "WHERE n.origin_item IS NOT NULL",
        )

    def _endings(self) -> None:
        self.none(
            "I4 ended without reason and place",
            "SELECT id FROM intake WHERE (state = 'answered' AND (answer_reason IS NULL OR next_place IS NULL)) OR "
            "(state IN ('kept_by_division','referred','emergency') AND case_id IS NULL)",
        )
        self.none(
            "I15 closed without evaluation, reason or who comes after",
            "SELECT id FROM case_file c WHERE state = 'closed' AND (close_reason IS NULL OR after_lead_id IS NULL OR "
            "after_lead_agency IS NULL OR NOT EXISTS (SELECT 1 FROM evaluation e WHERE e.case_id = c.id) OR NOT EXISTS "
            "(SELECT 1 FROM decision d JOIN agenda_item a ON a.id = d.agenda_item_id WHERE a.case_id = c.id AND "
            "d.verdict = 'close'))",
        )
        self.none(
            "I15 interrupted without attempts",
            "SELECT id FROM case_file c WHERE state = 'interrupted' AND "
            "(SELECT COUNT(DISTINCT method) FROM contact_attempt k WHERE k.case_id = c.id) < 2",
        )
        self.none(
            "I14 out of 多機関協働 without a lead",
            "SELECT c.id FROM case_file c JOIN case_step s ON s.case_id = c.id WHERE s.kind = 'stepped_out' AND "
            "NOT c.multi_agency AND c.lead_id IS NULL",
        )
        self.none(
            "I29 hidden danger",
            "SELECT id FROM case_file c WHERE NOT danger AND id IN (SELECT case_id FROM alert)",
        )
        alerts = int(self.rows("SELECT COUNT(*) FROM alert")[0][0])
        assert alerts >= self._alerts, "I29: an alert vanished"
        self._alerts = alerts

    def _plans(self) -> None:
        self.none(
            "I16 active without roles, person or review",
            "SELECT id FROM plan p WHERE state = 'active' AND (next_review_on IS NULL OR responsible_id IS NULL OR "
            "NOT EXISTS (SELECT 1 FROM plan_role r WHERE r.plan_id = p.id))",
        )
        self.none(
            "I17 supported without decision or mark",
            "SELECT id FROM case_file c WHERE state = 'supporting' AND NOT to_be_approved AND NOT EXISTS "
            f"(SELECT 1 FROM plan p WHERE p.case_id = c.id AND p.state IN ({DECIDED}))",
        )
        self.none(
            "I19 action without date or person",
            "SELECT id FROM action_item WHERE due_on IS NULL OR owner_id IS NULL",
        )

    def _consent(self, run: Run) -> None:
        consents = int(self.rows("SELECT COUNT(*) FROM consent")[0][0])
        assert consents >= self._consents, "I10: a consent vanished"
        self._consents = consents
        name, _, done = run.last
        if name == "take_plan_conference" and done:
            item = run.things["item"][-1].hex
            self.none(
                "I6 put to a conference without consent",
                "SELECT a.id FROM agenda_item a JOIN case_person cp ON cp.case_id = a.case_id AND "
                f"cp.role = 'subject' WHERE a.basis = 'plan_conference' AND a.id = '{item}' AND NOT EXISTS "
                "(SELECT 1 FROM consent k WHERE k.person_id = cp.person_id AND "
                "k.purpose = 'plan_conference_sharing' AND k.state = 'given' AND "
                "k.revision = (SELECT MAX(revision) FROM consent x WHERE "
                "x.thread_id = k.thread_id))",
            )

    def _meetings(self) -> None:
        self.none(
            "I8 without basis or convener", "SELECT id FROM meeting WHERE basis IS NULL OR convener IS NULL"
        )
        self.none(
            "I8 an item on another basis than its meeting",
            "SELECT a.id FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id WHERE a.basis <> m.basis",
        )
        shared = self.rows(
            "SELECT m.id, i.id FROM meeting m JOIN agenda_item a ON a.meeting_id = m.id JOIN item_member i ON "
            "i.agenda_item_id = a.id WHERE m.shared_at IS NOT NULL"
        )
        now: dict[Any, set[Any]] = {}
        for meeting, member in shared:
            now.setdefault(meeting, set()).add(member)
        for meeting, members in self._members.items():
            assert now.get(meeting) == members, "I8: the member list changed after the material opened"
        self._members = now

    def _immutable(self) -> None:
        for table, (where, columns) in FIXED.items():
            for row in self.rows(f"SELECT id, {', '.join(columns)} FROM {table} WHERE {where}"):
                kept = self._fixed.setdefault((table, row[0]), tuple(row))
                assert kept == tuple(row), f"I18: {table} was rewritten"

    def _trail(self) -> None:
        count, last = self.rows("SELECT COUNT(*), COALESCE(MAX(seq), 0) FROM audit_entry")[0]
        assert count == last, "the trail has a gap"
        assert count >= self._entries, "the trail lost an entry"
        self._entries = count
