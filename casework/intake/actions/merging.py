"""The same matter received twice: merged, and taken apart again."""

from __future__ import annotations

from uuid import UUID

from ...cases.models import Case
from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, use_case
from .. import queries
from ..models import Intake
from ..rules import INTAKE, IntakeState, MergeDraft, MergeLine, ScreeningFacts
from .steps import decide


@use_case(P.INTAKE_MERGE, event="intake.merged")
def merge(ctx: Context, intake_id: UUID, draft: MergeDraft) -> MergeLine:
    """Merge a duplicate into the surviving intake or case; nothing is deleted and it can be undone."""
    row = ctx.load(Intake, intake_id)
    survivors = [s for s in (draft.into_intake, draft.into_case) if s is not None]
    facts = ScreeningFacts(survivors=len(survivors), itself=draft.into_intake == row.id)
    state = INTAKE.after(row.state, "merge", facts)
    if draft.into_intake is not None:
        survivor = ctx.load(Intake, draft.into_intake, field="into_intake")
        if survivor.state == IntakeState.MERGED_DUPLICATE:
            raise Refused("survivor_merged", "into_intake")
    if draft.into_case is not None:
        ctx.load(Case, draft.into_case, field="into_case")
    row.merged_into_intake = draft.into_intake
    row.merged_into_case = draft.into_case
    decide(ctx, row, state)
    ctx.session.flush()
    return queries.merge_line(ctx, row)


@use_case(P.INTAKE_MERGE, event="intake.merged_by_number")
def merge_numbered(ctx: Context, intake_id: UUID, number: str) -> MergeLine:
    """Merge a duplicate into the intake or case of that number, as people tell each other."""
    wanted = number.strip().upper()
    intake = ctx.one(ctx.select(Intake).where(Intake.number == wanted))
    case = None if intake is not None else ctx.one(ctx.select(Case).where(Case.number == wanted))
    if intake is None and case is None:
        raise BadInput("survivor_unknown", "number")
    try:
        return merge(ctx, intake_id, MergeDraft(intake and intake.id, case and case.id))
    except (BadInput, Refused) as fault:
        fault.field = "number"
        raise


@use_case(P.INTAKE_MERGE, event="intake.unmerged")
def unmerge(ctx: Context, intake_id: UUID) -> MergeLine:
    """Undo a merge: the intake is open again and back in screening with its owner."""
    row = ctx.load(Intake, intake_id)
    row.state = INTAKE.after(row.state, "unmerge").value
    row.merged_into_intake = row.merged_into_case = None
    row.decided_by = row.decided_at = None
    ctx.session.flush()
    return queries.merge_line(ctx, row)
