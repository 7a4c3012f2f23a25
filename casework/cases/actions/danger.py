"""Alerts, disclosures, proposals for a meeting, and protection of a person."""

from __future__ import annotations

from uuid import UUID

from ...kernel.actor import Permission as P
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, use_case
from ..models import Case
from ..queries.cover import alert_view, disclosure_view
from ..rules import (
    CHANNELS,
    DISCLOSING_BASES,
    REFERRAL_GROUNDS,
    AlertDraft,
    AlertView,
    DisclosureDraft,
    DisclosureView,
    ProposalDraft,
    ProposalView,
)
from .steps import add_alert, propose, record_disclosure


@use_case(P.ALERT_RAISE, event="alert.raised")
def raise_alert(ctx: Context, case_id: UUID, draft: AlertDraft) -> AlertView:
    """Raise abuse or danger to life; anyone who sees the case can, at any step and after its end (I29)."""
    case = ctx.load(Case, case_id)
    return alert_view(ctx, add_alert(ctx, case, draft))


@use_case(P.DISCLOSURE_WRITE, event="disclosure.recorded")
def disclose(ctx: Context, case_id: UUID, draft: DisclosureDraft) -> DisclosureView:
    """Record what was told outside the division; consent in force, a meeting's basis or an alert must allow it."""
    case = ctx.load(Case, case_id)
    if draft.channel not in CHANNELS:
        raise BadInput("unknown_channel", "channel")
    if draft.ground in REFERRAL_GROUNDS:
        raise Refused("ground_missing", "ground")  # only つなぎ itself states these
    if draft.ground in DISCLOSING_BASES and draft.channel != "meeting":
        raise Refused("basis_only_in_meeting", "channel")
    row = record_disclosure(
        ctx,
        case,
        to_agency=draft.to_agency,
        ground=draft.ground,
        channel=draft.channel,
        items=draft.items,
        what=draft.what,
    )
    return disclosure_view(ctx, row)


@use_case(P.CASE_PROPOSE, event="case.proposed_for_meeting")
def propose_for_meeting(ctx: Context, case_id: UUID, draft: ProposalDraft) -> ProposalView:
    """Put a case forward for a meeting, with the reason."""
    case = ctx.load(Case, case_id)
    cause = "coordinator" if ctx.may(P.CASE_PLAN, case) else "wished"
    row = propose(ctx, case, draft.reason, cause, draft.basis)
    return ProposalView(row.id, row.cause, row.basis, draft.reason, row.proposed_by, row.proposed_at)
