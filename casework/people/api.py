"""JSON door of persons, households, search and release of whereabouts."""

from __future__ import annotations

from ..web.door import ApiBlueprint
from . import actions, queries
from .schemas import (
    AddressIn,
    CandidateOut,
    CareIn,
    ConflictIn,
    ConflictOut,
    ContactIn,
    DeclarationIn,
    DeclarationOut,
    ExtendIn,
    HouseholdOut,
    LeaveIn,
    MemberIn,
    PersonEditIn,
    PersonOut,
    ProtectedOut,
    ProtectionGrantOut,
    ProtectionOut,
    ReleaseIn,
    ReleaseOut,
    RenewIn,
    SafeContactIn,
    SearchIn,
)

bp = ApiBlueprint("people", doc="本人・世帯・検索・所在の開示")

PERSON = "/persons/<uuid:person_id>"
HOUSEHOLD = "/households/<uuid:household_id>"
RELEASE = "/release-requests/<uuid:request_id>"

bp.door("POST", "/persons/search", queries.search, takes=SearchIn, gives=CandidateOut, many=True)
bp.door("GET", PERSON, queries.read_person, gives=PersonOut)
bp.door(
    "PATCH",
    PERSON,
    actions.edit_person,
    takes=PersonEditIn,
    gives=PersonOut,
    edits=True,
    shows=queries.read_person,
)
bp.door("POST", f"{PERSON}/addresses", actions.add_address, takes=AddressIn, gives=PersonOut, status=201)
bp.door("POST", f"{PERSON}/contacts", actions.add_contact, takes=ContactIn, gives=PersonOut, status=201)
bp.door(
    "POST",
    f"{PERSON}/safe-contact",
    actions.set_safe_contact,
    takes=SafeContactIn,
    gives=PersonOut,
    status=201,
)
bp.door("GET", HOUSEHOLD, queries.read_household, gives=HouseholdOut)
bp.door("POST", f"{HOUSEHOLD}/members", actions.add_member, takes=MemberIn, gives=HouseholdOut, status=201)
bp.door(
    "POST", f"{HOUSEHOLD}/members/<uuid:member_id>/leave", actions.leave, takes=LeaveIn, gives=HouseholdOut
)
bp.door("POST", f"{HOUSEHOLD}/care", actions.record_care, takes=CareIn, gives=HouseholdOut, status=201)
bp.door(
    "POST", f"{PERSON}/release-requests", actions.ask_release, takes=ReleaseIn, gives=ReleaseOut, status=201
)
bp.door("GET", "/release-requests", queries.releases, gives=ReleaseOut, many=True)
bp.door("GET", "/me/relations", queries.my_declarations, gives=DeclarationOut, many=True)
bp.door("POST", "/me/relations", actions.declare, takes=DeclarationIn, gives=DeclarationOut, status=201)
bp.door("GET", "/conflicts", queries.conflicts, gives=ConflictOut, many=True)
bp.door("POST", "/conflicts", actions.name_conflict, takes=ConflictIn, status=204)
bp.door("POST", "/conflicts/<uuid:conflict_id>/end", actions.end_conflict, status=204)
GRANT = "/protection-grants/<uuid:grant_id>"
bp.door("GET", "/protections", queries.protections, gives=ProtectionOut, many=True)
bp.door(
    "POST",
    f"{PERSON}/protection/renew",
    actions.renew_protection,
    takes=RenewIn,
    gives=ProtectedOut,
    status=201,
)
bp.door("POST", f"{GRANT}/extend", actions.extend_grant, takes=ExtendIn, gives=ProtectionGrantOut)
bp.door("POST", f"{GRANT}/end", actions.end_grant, gives=ProtectionGrantOut)
bp.door("POST", f"{RELEASE}/grant", actions.grant_release, gives=ReleaseOut)
bp.door("POST", f"{RELEASE}/refuse", actions.refuse_release, gives=ReleaseOut)
