"""The JSON door of the case file, under /api/v1/cases."""

from __future__ import annotations

from ..people.schemas import LiftIn, NameGrantIn, ProtectedOut, ProtectIn, ProtectionGrantOut, ReleaseOut
from ..web.door import ApiBlueprint
from ..web.schema import PageArgs, page_of
from . import actions, queries
from . import schemas as s

bp = ApiBlueprint("cases", doc="ケース")
CASE = "/cases/<uuid:case_id>"
EMERGENCY = "/emergency/<uuid:access_id>"
CONSENTS = f"{CASE}/people/<uuid:person_id>/consents"

bp.door("GET", "/cases", queries.list_cases, query=s.ListArgs, gives=page_of(s.CaseLineOut))
bp.door("GET", CASE, queries.read_case, gives=s.CaseOut)
bp.door("GET", f"{CASE}/file", queries.read_file, query=s.FileArgs, gives=s.FileOut)
bp.door("GET", f"{CASE}/timeline", queries.timeline, query=PageArgs, gives=page_of(s.TimelineOut))
bp.door(
    "PATCH",
    f"{CASE}/issues",
    actions.edit_issues,
    takes=s.IssuesIn,
    gives=s.CaseOut,
    edits=True,
    shows=queries.read_case,
)

for name, move, takes in (
    ("assess", actions.start_assessment, s.MoveIn),
    ("plan", actions.start_planning, s.MoveIn),
    ("follow_up", actions.follow_up, s.MoveIn),
    ("hand_over", actions.hand_over, s.HandOverIn),
    ("lead", actions.name_lead, s.LeadIn),
    ("take_up", actions.take_up, s.MoveIn),
    ("step_out", actions.step_out, s.StepOutIn),
):
    bp.door("POST", f"{CASE}/{name}", move, takes=takes, gives=s.CaseOut)
bp.door("POST", f"{CASE}/reopen", actions.reopen, takes=s.ReopenIn, gives=s.CaseOut, status=201)

bp.door("POST", f"{CASE}/people", actions.add_person, takes=s.AddPersonIn, gives=s.CasePersonOut, status=201)
bp.door(
    "POST", f"{CASE}/household", actions.record_household, takes=s.HouseholdIn, gives=s.CaseOut, status=201
)

bp.door("GET", f"{CASE}/assessment", queries.read_assessment, query=s.AssessmentArgs, gives=s.AssessmentOut)
bp.door(
    "POST",
    f"{CASE}/assessments",
    actions.save_assessment,
    takes=s.AssessmentIn,
    gives=s.AssessmentOut,
    status=201,
    shows=queries.read_assessment,
)

bp.door(
    "POST", f"{CASE}/assignments", actions.assign, takes=s.AssignmentIn, gives=s.AssignmentOut, status=201
)
bp.door(
    "POST",
    f"{CASE}/assignments/<uuid:assignment_id>/end",
    actions.end_assignment,
    gives=s.AssignmentOut,
)
bp.door("GET", f"{CASE}/grants", queries.grants, gives=s.GrantOut, many=True)
bp.door("POST", f"{CASE}/grants", actions.grant_access, takes=s.GrantIn, gives=s.GrantOut, status=201)
bp.door("POST", f"{CASE}/grants/<uuid:grant_id>/end", actions.end_grant, gives=s.GrantOut)

bp.door("GET", "/grants", queries.grants_in_force, query=s.GrantsArgs, gives=page_of(s.GrantLineOut))

bp.door("GET", "/emergency", queries.emergencies, query=s.EmergenciesArgs, gives=page_of(s.EmergencyOut))
bp.door("POST", "/emergency", actions.open_emergency, takes=s.EmergencyIn, gives=s.EmergencyOut, status=201)
bp.door("GET", EMERGENCY, queries.read_emergency, gives=s.EmergencyOut)
bp.door("POST", f"{EMERGENCY}/end", actions.end_emergency, gives=s.EmergencyOut)
bp.door("POST", f"{EMERGENCY}/stop", actions.stop_emergency, gives=s.EmergencyOut)
bp.door("POST", f"{EMERGENCY}/review", actions.review_emergency, takes=s.ReviewIn, gives=s.EmergencyOut)
bp.door("GET", f"{CASE}/emergency", queries.emergencies_of, gives=s.EmergencyOut, many=True)

bp.door("GET", CONSENTS, queries.consents, gives=s.ConsentOut, many=True)
bp.door("POST", CONSENTS, actions.record_consent, takes=s.ConsentIn, gives=s.ConsentOut, status=201)
bp.door(
    "POST",
    f"{CASE}/consents/<uuid:thread_id>/change",
    actions.change_consent,
    takes=s.ConsentChangeIn,
    gives=s.ConsentOut,
    status=201,
)
bp.door("GET", f"{CASE}/consent_in_force", queries.consent_in_force, query=s.InForceArgs, gives=s.InForceOut)

bp.door("GET", f"{CASE}/notes", queries.read_notes, query=s.NotesArgs, gives=page_of(s.NoteOut))
bp.door("POST", f"{CASE}/notes", actions.write_note, takes=s.NoteIn, gives=s.NoteOut, status=201)
bp.door("POST", f"{CASE}/notes/quote", actions.quote, takes=s.NoteIn, gives=s.NoteOut, status=201)
bp.door(
    "POST",
    f"{CASE}/notes/<uuid:note_id>/correct",
    actions.correct_note,
    takes=s.NoteIn,
    gives=s.NoteOut,
    status=201,
)

bp.door("GET", f"{CASE}/alerts", queries.alerts, gives=s.AlertOut, many=True)
bp.door("POST", f"{CASE}/alerts", actions.raise_alert, takes=s.AlertIn, gives=s.AlertOut, status=201)
bp.door("GET", f"{CASE}/disclosures", queries.disclosures, gives=s.DisclosureOut, many=True)
bp.door(
    "POST", f"{CASE}/disclosures", actions.disclose, takes=s.DisclosureIn, gives=s.DisclosureOut, status=201
)
bp.door(
    "POST",
    f"{CASE}/propose",
    actions.propose_for_meeting,
    takes=s.ProposalIn,
    gives=s.ProposalOut,
    status=201,
)

bp.door(
    "POST",
    f"{CASE}/people/<uuid:person_id>/protect",
    actions.protect_person,
    takes=ProtectIn,
    gives=ProtectedOut,
    status=201,
)

PERSON = "/persons/<uuid:person_id>"
bp.door(
    "POST",
    f"{PERSON}/protection/grants",
    actions.name_grant,
    takes=NameGrantIn,
    gives=ProtectionGrantOut,
    status=201,
)
bp.door("POST", f"{PERSON}/protection/lift", actions.ask_lift, takes=LiftIn, gives=ReleaseOut, status=201)
bp.door("POST", "/release-requests/<uuid:request_id>/lift", actions.lift, gives=ReleaseOut)

for path, worklist in (
    ("mine_open", queries.mine_open),
    ("no_contact", queries.no_contact),
    ("without_lead", queries.without_lead),
    ("contact_due", queries.contact_due),
    ("to_be_approved", queries.to_be_approved),
    ("in_danger", queries.in_danger),
    ("unseen_by_owner", queries.unseen_by_owner),
):
    bp.door("GET", f"/worklists/cases/{path}", worklist, query=PageArgs, gives=page_of(s.CaseLineOut))
