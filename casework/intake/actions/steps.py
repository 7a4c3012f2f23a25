"""Steps that several acts on an intake share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ...cases.actions.consent import first_consent
from ...cases.rules import ConsentDraft, ConsentState
from ...usecase import Context
from .. import queries
from ..models import Intake, IntakeTopic
from ..rules import IntakeDraft, IntakeEdit, IntakeState, IntakeView, ReceptionConsentDraft, TopicDraft


def check_codes(ctx: Context, draft: IntakeDraft | IntakeEdit) -> None:
    relation = draft.visitor.relation if draft.visitor else None
    ctx.codes(
        *(("consult_topic", t.code, f"topics.{n}.code") for n, t in enumerate(draft.topics)),
        ("intake_route", draft.intake_route or "", "intake_route"),
        ("urgency", draft.urgency or "", "urgency"),
        ("relation", relation or "", "visitor.relation"),
    )


def fill(ctx: Context, row: Intake, draft: IntakeDraft | IntakeEdit) -> None:
    visitor, safe = draft.visitor, draft.safe_ways
    row.visitor_relation = visitor.relation if visitor else None
    row.intake_route = draft.intake_route
    row.urgency = draft.urgency
    row.message_ok = safe.message_ok if safe else None
    row.letter_ok = safe.letter_ok if safe else None
    row.next_contact_on = draft.next_contact_on
    wanted: dict[str, str | None] = {
        "visitor_name": visitor.name if visitor else None,
        "visitor_phone": visitor.phone if visitor else None,
        "safe_hours": safe.hours if safe else None,
        "safe_remarks": safe.remarks if safe else None,
        "wishes": draft.wishes,
        "narrative": draft.narrative,
    }
    ctx.seal(row, **{column: text for column, text in wanted.items() if ctx.unseal(row, column) != text})


def record_topics(ctx: Context, row: Intake, topics: Iterable[TopicDraft]) -> None:
    ctx.add(*(IntakeTopic(intake_id=row.id, sort=n, code=t.code, main=t.main) for n, t in enumerate(topics)))


def consented(ctx: Context, row: Intake, draft: ReceptionConsentDraft) -> None:
    """The person's consent, held by the division that received it and good for every case of the person (I10)."""
    first_consent(
        ctx,
        row.person_id,
        ConsentDraft(
            purpose=draft.purpose,
            state=ConsentState.GIVEN,
            recipients=draft.recipients,
            items=draft.items,
            holder=row.owner_agency,
            form=draft.form,
            given_on=draft.given_on,
            expires_on=draft.expires_on,
            proxy=draft.proxy,
            this_case_only=False,
        ),
        None,
    )


def decide(ctx: Context, row: Intake, state: StrEnum) -> None:
    """An intake's end names who decided it and when (I19)."""
    row.state = IntakeState(state).value
    row.decided_by = ctx.actor.id
    row.decided_at = ctx.now


def saved(ctx: Context, row: Intake) -> IntakeView:
    ctx.session.flush()
    return queries.view(ctx, row)
