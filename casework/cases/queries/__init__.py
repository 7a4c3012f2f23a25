"""Reading case files: steps for other houses, the cover, lists, notes, consents and the timeline."""

from .consent import consent_in_force, consents
from .cover import alerts, cover_of, disclosures, grants, read_assessment, read_case
from .emergency import case_to_grant, emergencies, emergencies_of, grants_in_force, read_emergency
from .file import read_file
from .lists import (
    contact_due,
    in_danger,
    list_cases,
    mine_open,
    no_contact,
    titles,
    to_be_approved,
    unseen_by_owner,
    without_lead,
)
from .notes import read_notes, segment_view, timeline
from .page import read_page
from .steps import (
    an_agency,
    any_protected,
    consent_for,
    consents_of,
    people_of,
    segments_for,
    threads_of,
)

__all__ = [
    "alerts",
    "an_agency",
    "any_protected",
    "case_to_grant",
    "consent_for",
    "consent_in_force",
    "consents",
    "consents_of",
    "contact_due",
    "cover_of",
    "disclosures",
    "emergencies",
    "emergencies_of",
    "grants",
    "grants_in_force",
    "in_danger",
    "list_cases",
    "mine_open",
    "no_contact",
    "people_of",
    "read_assessment",
    "read_case",
    "read_emergency",
    "read_file",
    "read_notes",
    "read_page",
    "segment_view",
    "segments_for",
    "threads_of",
    "timeline",
    "titles",
    "to_be_approved",
    "unseen_by_owner",
    "without_lead",
]
