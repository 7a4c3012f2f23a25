"""The case file in one reading: what the screen shows when a case is opened."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ...kernel.actor import Permission as P
from ...people.models import Household
from ...people.queries import household_view, person_views, persons_in_sight
from ...people.rules import HouseholdView, PersonView
from ...usecase import WITHHELD, Context, Page, Withheld, use_case
from ..models import Case
from ..rules import CaseView, NoteView
from .cover import cover_of
from .notes import needs_purpose, note_page

SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class FileView:
    """A case file as it lies open: the subjects in sight, and the newest notes unless the role reads none."""

    case: CaseView
    persons: tuple[PersonView, ...]
    household: HouseholdView | None
    notes: Page[NoteView] | Withheld


@use_case(P.CASE_READ, event="case.file_opened", reads=True)
def read_file(ctx: Context, case_id: UUID, *, purpose: str = "") -> FileView:
    """Open a whole case file: cover, the persons it is about, household, and the newest notes for a purpose.

    Every person, the household and the notes have their own entry in the trail, as if opened one by one.
    """
    case = ctx.load(Case, case_id)
    cover = cover_of(ctx, case)
    subjects = [view.person_id for view in cover.people if view.role == SUBJECT]
    persons = person_views(ctx, persons_in_sight(ctx, subjects))
    for person in persons:
        ctx.witness("person.read", "person", person.id, case.id)
    notes: Page[NoteView] | Withheld = WITHHELD
    if ctx.may(P.NOTE_READ, case):
        needs_purpose(ctx, purpose)
        notes = note_page(ctx, case)
        ctx.witness("note.read", "case_file", case.id, case.id)
    return FileView(cover, tuple(persons), _household(ctx, case), notes)


def _household(ctx: Context, case: Case) -> HouseholdView | None:
    """The household as far as the actor may see it."""
    if case.household_id is None:
        return None
    query = ctx.select(Household, permission=P.PERSON_READ).where(Household.id == case.household_id)
    household: Household | None = ctx.one(query)
    if household is None:
        return None
    ctx.witness("household.read", "household", household.id, case.id)
    return household_view(ctx, household)
