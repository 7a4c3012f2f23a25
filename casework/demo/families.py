"""Households of the demo city: who lives with the person, as what, and who cares for whom."""

from __future__ import annotations

from ..cases import actions as cases
from ..cases.rules import AddPersonDraft, HouseholdDraft
from ..kernel.wareki import parse_partial
from ..people import actions as people
from ..people.rules import AddressDraft, CareDraft, ContactDraft, MemberDraft, PersonDraft
from .staff import BY_LOGIN
from .table import Home, Resident
from .town import File, Town

ELDERLY_BORN = 1961
CHILDREN = frozenset({"eldest_son", "second_son", "son", "eldest_daughter", "second_daughter", "daughter"})
PARENTS = frozenset({"father", "mother"})
# Compound issues whose story tells of somebody who cares for somebody, and which of the two the first member is.
CARER_FIRST = frozenset({"double_care", "young_carer", "elder_to_elder"})
CARED_FIRST = frozenset({"carer"})


def person_of(file: File, resident: Resident) -> PersonDraft:
    """What was said of a person: in the demo city all of it is invented."""
    home = file.home
    if resident.name is None:
        return PersonDraft(anonymous=True)
    secret = file.tale.arc == "protected"
    return PersonDraft(
        name=resident.name,
        kana=resident.kana,
        birth=None if resident.year is None else parse_partial(str(resident.year)),
        sex=resident.sex,
        addresses=(AddressDraft(home.address, None if secret else home.district, restricted=secret),),
        contacts=(ContactDraft("phone_mobile", home.phone, restricted=secret),),
    )


def record_family(town: Town, file: File) -> None:
    """The holder of the first case of a home writes down who lives there."""
    if file.tale is not file.home.first or file.person is None:
        return
    agency = BY_LOGIN[file.holder].agency
    ids = [file.person]
    for place, resident in enumerate(file.home.members[1:], start=1):
        further = AddPersonDraft("household", person=person_of(file, resident))
        ids.append(town.do(file.holder, cases.add_person, file.case, further).person_id)
        town.residents[(file.home.number, place, agency)] = ids[-1]
    members = tuple(
        MemberDraft(person, resident.relation, cohabiting=True)
        for person, resident in zip(ids, file.home.members, strict=True)
    )
    draft = HouseholdDraft(members, household_type(file.home))
    case = town.do(file.holder, cases.record_household, file.case, draft)
    if len(ids) > 1 and file.home.compound in CARER_FIRST | CARED_FIRST:
        carer, cared = ids[:2] if file.home.compound in CARER_FIRST else ids[1::-1]
        town.do(file.holder, people.record_care, case.household_id, CareDraft(carer, cared))


def household_type(home: Home) -> str:
    """世帯類型, from who is there."""
    first, *others = home.members
    relations = {member.relation for member in others}
    if not others:
        return "single_elderly" if first.year is not None and first.year < ELDERLY_BORN else "single_other"
    if "grandparent" in relations or (relations & PARENTS and relations & CHILDREN):
        return "three_generations"
    if "spouse" in relations:
        return "couple_children" if relations & CHILDREN else "couple"
    if relations & PARENTS or first.year is None or first.year >= ELDERLY_BORN:
        adult = first.year is not None and first.year < 2000
        return "elderly_parent_child" if relations & PARENTS and adult else "single_parent"
    return (
        "elderly_parent_child" if relations & CHILDREN else "siblings" if "sibling" in relations else "other"
    )
