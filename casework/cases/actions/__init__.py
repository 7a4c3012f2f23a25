"""Working on case files: steps for other houses, moves, team, consent, notes, alerts and protection."""

from .assess import save_assessment
from .consent import change_consent, record_consent
from .danger import disclose, propose_for_meeting, raise_alert
from .emergency import end_emergency, open_emergency, review_emergency, stop_emergency
from .household import add_person, record_household
from .moves import (
    follow_up,
    hand_over,
    name_lead,
    reopen,
    start_assessment,
    start_planning,
    step_out,
    take_up,
)
from .notes import add_note, correct_note, quote, write_note
from .protection import ask_lift, lift, name_grant, protect, protect_person
from .steps import (
    add_alert,
    add_assignment,
    advance,
    change_owner,
    note_step,
    open_case,
    propose,
    record_disclosure,
    record_handing,
    set_lead,
    touch_contact,
)
from .team import assign, edit_issues, end_assignment, end_grant, grant_access

__all__ = [
    "add_alert",
    "add_assignment",
    "add_note",
    "add_person",
    "advance",
    "ask_lift",
    "assign",
    "change_consent",
    "change_owner",
    "correct_note",
    "disclose",
    "edit_issues",
    "end_assignment",
    "end_emergency",
    "end_grant",
    "follow_up",
    "grant_access",
    "hand_over",
    "lift",
    "name_grant",
    "name_lead",
    "note_step",
    "open_case",
    "open_emergency",
    "propose",
    "propose_for_meeting",
    "protect",
    "protect_person",
    "quote",
    "raise_alert",
    "record_consent",
    "record_disclosure",
    "record_handing",
    "record_household",
    "reopen",
    "review_emergency",
    "save_assessment",
    "set_lead",
    "start_assessment",
    "start_planning",
    "step_out",
    "stop_emergency",
    "take_up",
    "touch_contact",
    "write_note",
]
