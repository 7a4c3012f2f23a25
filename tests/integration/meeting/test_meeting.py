"""会議 through the gate: who is convened sees what, until when; two bases; confirmed minutes stay (I6-I9, I11, I18)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.audit.models import AuditEntry
from casework.cases import actions as case_actions
from casework.cases import queries as cases
from casework.cases.rules import ConsentChange, ConsentState, NoteDraft, SegmentClass, SegmentDraft
from casework.db import CLEARED
from casework.kernel.actor import Actor
from casework.kernel.errors import BadInput, NotAllowed, NotFound, Refused
from casework.meeting import actions, queries
from casework.meeting.rules import (
    ActionDraft,
    AgendaDraft,
    AttendanceDraft,
    AttendanceLine,
    DoneDraft,
    MeetingDraft,
    MemberDraft,
    MembersDraft,
    MinutesDraft,
    ReasonDraft,
    ReassignDraft,
    SheetDraft,
)
from casework.usecase import WITHHELD
from tests.integration.meeting.conftest import Table
from tests.support.watched import watched


def test_a_division_that_was_not_convened_does_not_find_meeting_or_item(table: Table) -> None:
    meeting_id, item_id, _ = table.convened()
    table.world.run(actions.share, table.secretariat, meeting_id)
    for use_case, key in ((queries.read_meeting, meeting_id), (queries.read_item, item_id)):
        with pytest.raises(NotFound):
            table.world.run(use_case, table.outsider, key)
    with pytest.raises(NotFound):
        table.world.run(actions.confirm_secrecy, table.outsider, meeting_id)
    assert table.world.run(queries.my_items, table.outsider).items == ()


def test_before_secrecy_a_member_sees_date_place_and_numbers_only(table: Table) -> None:
    meeting_id, item_id, _ = table.convened()
    view = table.world.run(queries.read_meeting, table.member, meeting_id)
    assert (view.place, view.secrecy_confirmed) == ("架空の会議室", False)
    assert [(line.sort, line.id, line.case_id, line.purpose) for line in view.items] == [
        (1, WITHHELD, WITHHELD, WITHHELD)
    ]
    with pytest.raises(NotFound):
        table.world.run(queries.read_item, table.member, item_id)
    after = table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    assert [line.id for line in after.items] == [item_id]
    assert table.world.run(queries.read_item, table.member, item_id).purpose == "架空の議題"


def test_a_member_sees_own_items_only_and_never_the_case(table: Table) -> None:
    meeting_id, item_id, case_id = table.convened()
    other_case = table.proposed()
    other = table.take(meeting_id, other_case)
    table.convene(meeting_id, other_case, "shogai_fukushi")
    view = table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    assert [line.id for line in view.items] == [item_id]
    with pytest.raises(NotFound):
        table.world.run(queries.read_item, table.member, other)
    with pytest.raises(NotFound):
        table.world.run(cases.read_case, table.member, case_id)


def test_sheets_of_others_open_to_members_when_the_material_is_shared(table: Table) -> None:
    meeting_id, item_id, _ = table.convened()
    table.world.run(
        actions.write_sheet,
        table.desk.counselor,
        item_id,
        SheetDraft("fukushi_somu", requests="架空のお願い"),
    )
    table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    table.world.run(
        actions.write_sheet, table.member, item_id, SheetDraft("kodomo_shien", current_efforts="架空の取組")
    )
    assert [s.agency for s in table.world.run(queries.sheets, table.member, item_id)] == ["kodomo_shien"]
    table.world.run(actions.share, table.secretariat, meeting_id)
    assert {s.agency for s in table.world.run(queries.sheets, table.member, item_id)} == {
        "fukushi_somu",
        "kodomo_shien",
    }


def test_the_material_of_a_meeting_holds_the_sheets_one_may_see_and_names_each_case_in_the_trail(
    table: Table,
) -> None:
    meeting_id, item_id, case_id = table.convened()
    other = table.proposed()
    table.take(meeting_id, other)
    table.convene(meeting_id, other, "shogai_fukushi")
    draft = SheetDraft("fukushi_somu", requests="架空のお願い")
    table.world.run(actions.write_sheet, table.desk.counselor, item_id, draft)
    assert table.world.run(queries.material, table.member, meeting_id).sheets == ()
    table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    table.world.run(actions.share, table.secretariat, meeting_id)
    found = table.world.run(queries.material, table.member, meeting_id)
    assert found.meeting == table.world.run(queries.read_meeting, table.member, meeting_id)
    assert found.sheets == table.world.run(queries.sheets, table.member, item_id)
    assert len(table.world.run(queries.material, table.secretariat, meeting_id).meeting.items) == 2
    told = select(AuditEntry.target, AuditEntry.case_id).where(
        AuditEntry.actor == str(table.member.id), AuditEntry.event == "meeting.sheets_read"
    )
    with table.world.writing() as session:
        rows = [tuple(row) for row in session.execute(told, execution_options={CLEARED: True})]
    assert rows == [(str(item_id), str(case_id))] * 2
    assert table.world.run(queries.material, table.outsider, meeting_id).sheets == ()
    with pytest.raises(NotAllowed):
        table.world.run(queries.material, table.desk.world.actor("privacy_officer"), meeting_id)


def test_access_of_members_ends_by_rule_after_the_meeting(table: Table) -> None:
    meeting_id, item_id, _ = table.held()
    table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    table.world.run(queries.read_item, table.member, item_id)
    table.world.later(days=table.world.settings.member_access_days_after_meeting + 1)
    with pytest.raises(NotFound):
        table.world.run(queries.read_item, table.member, item_id)
    table.world.run(queries.read_item, table.secretariat, item_id)


def test_a_removed_member_loses_sight_at_once(table: Table) -> None:
    meeting_id, item_id, _ = table.convened()
    table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    listed = table.world.run(queries.read_item, table.secretariat, item_id).members
    table.world.run(actions.remove_member, table.secretariat, item_id, listed[0].id)
    with pytest.raises(NotFound):
        table.world.run(queries.read_item, table.member, item_id)


def test_sharing_records_a_disclosure_to_each_convened_agency(table: Table) -> None:
    meeting_id, _, case_id = table.convened()
    assert table.world.run(cases.disclosures, table.desk.counselor, case_id) == ()
    table.world.run(actions.share, table.secretariat, meeting_id)
    told = table.world.run(cases.disclosures, table.desk.counselor, case_id)
    assert {(d.to_agency, d.ground) for d in told} == {
        ("kodomo_shien", "act_106_6"),
        ("chiiki_kyosei", "act_106_6"),
    }


def test_a_plan_conference_needs_consent_for_its_convener_and_its_members(table: Table) -> None:
    person = table.desk.person()
    case_id = table.desk.led(person)
    meeting_id = table.meeting("plan_conference", table.desk.coordinator, "shakyo")
    with pytest.raises(Refused, match="consent_missing_use_support_meeting"):
        table.take(meeting_id, case_id, table.desk.coordinator, items=("health",))
    thread = table.desk.consent(case_id, person, recipients=("shakyo", "kodomo_shien"))
    item_id = table.take(meeting_id, case_id, table.desk.coordinator, items=("health",))
    with pytest.raises(Refused, match="consent_missing_use_support_meeting"):
        table.convene(meeting_id, case_id, "shogai_fukushi", by=table.desk.coordinator)
    table.convene(meeting_id, case_id, "kodomo_shien", by=table.desk.coordinator)
    table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    assert table.world.run(queries.read_item, table.member, item_id).id == item_id
    table.world.run(
        case_actions.change_consent,
        table.desk.counselor,
        case_id,
        thread,
        ConsentChange(ConsentState.WITHDRAWN, reason="架空の理由"),
    )
    with pytest.raises(NotFound):
        table.world.run(queries.read_item, table.member, item_id)
    assert table.world.run(queries.my_items, table.member).items == ()


def test_a_support_meeting_is_called_by_a_city_division_only(table: Table) -> None:
    outside = table.world.actor("secretariat", "shakyo")
    draft = MeetingDraft("act_106_6", "shakyo", outside.id, outside.id, table.world.clock.now())
    with pytest.raises(Refused, match="convener_not_city"):
        table.world.run(actions.plan_meeting, outside, draft)
    with pytest.raises(Refused, match="basis_not_for_coordinator"):
        table.meeting("internal", table.desk.coordinator, "shakyo")


def test_a_member_for_a_case_not_on_the_agenda_is_refused(table: Table) -> None:
    meeting_id, _, _ = table.convened()
    with pytest.raises(BadInput, match="case_not_on_agenda") as refusal:
        table.convene(meeting_id, table.desk.open(), "seishonen")
    assert refusal.value.field == "members.0.case_id"
    member = MemberDraft("seishonen", "架空の根拠")
    with pytest.raises(BadInput, match="case_not_on_agenda"):
        table.world.run(actions.convene, table.secretariat, meeting_id, MembersDraft((member,)))


def test_a_division_outside_the_ten_is_not_convened(table: Table) -> None:
    meeting_id, _, case_id = table.convened()
    with pytest.raises(BadInput, match="not_a_meeting_division"):
        table.convene(meeting_id, case_id, "koho")


def test_the_member_list_is_fixed_once_the_material_is_open(table: Table) -> None:
    meeting_id, _, case_id = table.convened()
    table.convene(meeting_id, case_id, "seishonen")
    table.world.run(actions.share, table.secretariat, meeting_id)
    with pytest.raises(Refused, match="members_fixed"):
        table.convene(meeting_id, case_id, "shogai_fukushi")


def test_a_cancelled_meeting_gives_its_proposals_back(table: Table) -> None:
    case_id = table.proposed()
    (waiting,) = table.world.run(queries.proposals, table.secretariat).items
    assert waiting.case_id == case_id
    meeting_id = table.meeting()
    draft = AgendaDraft(purpose="架空の議題", proposal_id=waiting.id)
    table.world.run(actions.take, table.secretariat, meeting_id, draft)
    assert table.world.run(queries.proposals, table.secretariat).items == ()
    table.world.run(actions.cancel, table.secretariat, meeting_id, ReasonDraft("架空の理由"))
    assert [p.id for p in table.world.run(queries.proposals, table.secretariat).items] == [waiting.id]


def test_a_decision_assigns_the_agencies_and_begins_multi_agency_work(table: Table) -> None:
    _, item_id, case_id = table.decided()
    cover = table.world.run(cases.read_case, table.desk.counselor, case_id)
    assert (cover.lead_id, cover.multi_agency) == (table.desk.counselor.id, True)
    decision = table.world.run(queries.read_item, table.chair, item_id).decision
    assert [(a.owner_id, a.owner_agency, a.state) for a in decision.actions] == [
        (table.member.id, "kodomo_shien", "assigned")
    ]
    with pytest.raises(Refused, match="already_decided"):
        table.world.run(actions.decide, table.chair, item_id, table.decision())


@pytest.mark.parametrize(
    ("missing", "code", "field"),
    [
        ("staff_id", "action_person_missing", "actions.0.staff_id"),
        ("due_on", "action_date_missing", "actions.0.due_on"),
    ],
)
def test_a_decision_without_person_or_date_is_refused(
    table: Table, missing: str, code: str, field: str
) -> None:
    _, item_id, _ = table.held()
    named: dict[str, object] = {"staff_id": table.member.id, "due_on": table.world.ctx().today}
    action = ActionDraft(task="架空", agency="kodomo_shien", **(named | {missing: None}))  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=code) as refusal:
        table.world.run(actions.decide, table.chair, item_id, table.decision(actions=(action,)))
    assert refusal.value.field == field


def test_confirmed_minutes_change_no_more_and_take_additions(table: Table) -> None:
    meeting_id, item_id, _ = table.confirmed()
    text, sheet = MinutesDraft("架空の書き換え"), SheetDraft("chiiki_kyosei", requests="架空")
    for use_case, draft in (
        (actions.write_minutes, text),
        (actions.decide, table.decision()),
        (actions.write_sheet, sheet),
        (actions.withdraw, ReasonDraft("架空")),
        (actions.take_attendance, AttendanceDraft(())),
        (actions.choose_members, MembersDraft(())),
    ):
        with pytest.raises(Refused, match="minutes_confirmed"):
            table.world.run(use_case, table.secretariat, item_id, draft)
    with pytest.raises(Refused, match="minutes_confirmed"):
        table.world.run(actions.convene, table.secretariat, meeting_id, MembersDraft(()))
    view = table.world.run(actions.add_to_minutes, table.secretariat, item_id, MinutesDraft("架空の訂正"))
    assert (view.minutes, [a.text for a in view.additions]) == ("架空の会議録", ["架空の訂正"])


def test_only_the_chair_confirms_complete_minutes(table: Table) -> None:
    meeting_id, item_id, _ = table.decided()
    table.world.run(actions.draft_minutes, table.secretariat, meeting_id)
    with pytest.raises(NotAllowed):
        table.world.run(actions.confirm, table.secretariat, meeting_id)
    with pytest.raises(Refused, match="minutes_missing"):
        table.world.run(actions.confirm, table.chair, meeting_id)
    table.world.run(actions.write_minutes, table.secretariat, item_id, MinutesDraft("架空の会議録"))
    assert table.world.run(actions.confirm, table.chair, meeting_id).state == "minutes_confirmed"
    assert table.world.run(actions.close, table.secretariat, meeting_id).state == "closed"


def test_attendance_names_a_proxy_only_for_a_proxy(table: Table) -> None:
    _, item_id, _ = table.held()
    (member,) = table.world.run(queries.read_item, table.secretariat, item_id).members
    line = AttendanceLine(member.id, "proxy")
    with pytest.raises(BadInput, match="proxy_name"):
        table.world.run(actions.take_attendance, table.secretariat, item_id, AttendanceDraft((line,)))
    line = AttendanceLine(member.id, "proxy", "架空 代理")
    view = table.world.run(actions.take_attendance, table.secretariat, item_id, AttendanceDraft((line,)))
    assert [(m.attendance, m.proxy) for m in view.members] == [("proxy", "架空 代理")]


def test_what_is_noted_from_a_meeting_keeps_its_origin(table: Table) -> None:
    meeting_id, item_id, _ = table.held()
    table.world.run(actions.confirm_secrecy, table.member, meeting_id)
    segment = SegmentDraft(SegmentClass.FACT, "架空の事実")
    draft = NoteDraft(table.world.clock.now(), "support_meeting", "kodomo_shien", (segment,))
    note = table.world.run(actions.note_from_meeting, table.member, item_id, draft)
    assert [(s.origin_basis, s.origin_item) for s in note.segments] == [("act_106_6", item_id)]


def the_action(table: Table) -> UUID:
    (row,) = table.world.run(queries.action_items, table.member).items
    return row.id


def test_an_objection_returns_to_the_secretariat_which_reassigns_it(table: Table) -> None:
    table.decided()
    action = the_action(table)
    with pytest.raises(BadInput, match="objection_reason_missing"):
        table.world.run(actions.object_, table.member, action, ReasonDraft())
    table.world.run(actions.object_, table.member, action, ReasonDraft("架空の理由"))
    objected = table.world.run(queries.action_items, table.secretariat, which="objected").items
    assert [row.id for row in objected] == [action]
    due = table.world.ctx().today + timedelta(days=9)
    draft = ReassignDraft("shogai_fukushi", table.outsider.id, due)
    view = table.world.run(actions.reassign, table.secretariat, action, draft)
    assert (view.owner_id, view.owner_agency, view.state) == (table.outsider.id, "shogai_fukushi", "assigned")
    assert table.world.run(actions.accept, table.outsider, action).state == "accepted"


def test_an_overdue_action_can_still_be_done_by_its_agency(table: Table) -> None:
    table.decided()
    action = the_action(table)
    table.world.run(actions.accept, table.member, action)
    table.world.later(days=8)
    assert actions.mark_overdue(table.world.ctx()) == 1
    assert table.world.run(queries.read_action, table.secretariat, action).overdue is True
    draft = DoneDraft(table.world.ctx().today, "架空の結果")
    assert table.world.run(actions.done, table.member, action, draft).state == "done"


def test_somebody_else_does_not_answer_an_action_item(table: Table) -> None:
    table.decided()
    with pytest.raises(NotFound):
        table.world.run(actions.accept, table.outsider, the_action(table))


def test_the_statements_of_a_meeting_do_not_grow_with_its_cases(table: Table) -> None:
    meeting_id = table.meeting()
    counts = []
    for cases_wanted in (2, 8):
        while len(table.world.run(queries.read_meeting, table.secretariat, meeting_id).items) < cases_wanted:
            case_id = table.proposed()
            item_id = table.take(meeting_id, case_id)
            table.convene(meeting_id, case_id, "kodomo_shien")
            sheet = SheetDraft("chiiki_kyosei", requests="架空のお願い")
            table.world.run(actions.write_sheet, table.secretariat, item_id, sheet)
        table.world.run(actions.confirm_secrecy, table.member, meeting_id)
        counts.append([_statements(table, actor, meeting_id) for actor in (table.secretariat, table.member)])
    assert counts[0] == counts[1]


def _statements(table: Table, actor: Actor, meeting_id: UUID) -> int:
    with watched() as sent:
        table.world.run(queries.read_meeting, actor, meeting_id)
    return len(sent)
