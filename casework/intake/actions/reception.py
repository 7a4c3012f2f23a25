"""Receiving at any window, and correcting what was received."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, or_

from ...agencies.models import Window
from ...cases import actions as cases
from ...kernel.actor import Permission as P
from ...kernel.actor import Role
from ...kernel.errors import BadInput, Refused
from ...kernel.ids import new_id
from ...people import actions as people
from ...people.models import Person
from ...people.rules import PersonDraft, ProtectDraft
from ...usecase import Context, use_case
from .. import queries
from ..models import Intake, IntakeTopic
from ..rules import (
    INTAKE,
    OPEN,
    IntakeDraft,
    IntakeEdit,
    IntakeState,
    IntakeView,
    check_next_contact,
    check_reception,
    check_topics,
    number_for,
)
from .steps import check_codes, consented, fill, record_topics


@use_case(P.INTAKE_RECEIVE, event="intake.received")
def receive(ctx: Context, draft: IntakeDraft) -> IntakeView:
    """Receive a consultation at any window; its recorder and their division own it at once (I1, I5)."""
    check_reception(draft, ctx.today)
    window = _window(ctx, draft.window)
    check_codes(ctx, draft)
    ctx.codes(("cannot_ask_reason", draft.consent_reason or "", "consent_reason"))
    intake_id = new_id()
    row = Intake(
        id=intake_id,
        number=number_for("U", ctx.today, intake_id),
        state=INTAKE.start.value,
        window=window.code,
        received_on=draft.received_on or ctx.today,
        received_at=ctx.now,
        recorder_id=ctx.actor.id,
        owner_id=ctx.actor.id,
        owner_agency=_owner_agency(ctx, window),
        person_id=_person(ctx, draft, intake_id),
        consent=draft.consent.value,
        consent_reason=draft.consent_reason,
    )
    ctx.visit.about(row)
    ctx.add(row)
    fill(ctx, row, draft)
    record_topics(ctx, row, draft.topics)
    if draft.consent_given is not None:
        consented(ctx, row, draft.consent_given)
    if draft.protect_reason is not None:
        _own_word(ctx, row, draft.protect_reason)
    ctx.session.flush()
    return queries.view(ctx, row)


@use_case(P.INTAKE_SCREEN, event="intake.corrected")
def correct(ctx: Context, intake_id: UUID, draft: IntakeEdit) -> IntakeView:
    """Correct an intake that is still open."""
    row = ctx.load(Intake, intake_id)
    if IntakeState(row.state) not in OPEN:
        raise Refused("intake_ended")
    check_topics(draft.topics)
    if draft.next_contact_on != row.next_contact_on:
        check_next_contact(draft.next_contact_on, ctx.today)
    if row.state == IntakeState.SEEKING_CONSENT and draft.next_contact_on is None:
        raise BadInput("recontact_missing", "next_contact_on")
    check_codes(ctx, draft)
    fill(ctx, row, draft)
    for topic in ctx.parts(row, IntakeTopic):
        ctx.delete(topic)
    ctx.session.flush()
    record_topics(ctx, row, draft.topics)
    ctx.session.flush()
    return queries.view(ctx, row)


def _window(ctx: Context, code: str) -> Window:
    """A window in service; not locked, because many receive at one window at the same time."""

    def build() -> Select[Any]:
        standing = or_(Window.retired_on.is_(None), Window.retired_on > bindparam("today"))
        return ctx.select(Window).where(Window.code == bindparam("code"), standing)

    found = ctx.all(ctx.prepared("window", build), code=code, today=ctx.today)
    if not found:
        raise BadInput("unknown_window", "window")
    window: Window = found[0]
    return window


def _owner_agency(ctx: Context, window: Window) -> str:
    """The agency the recorder stands for: the window's own if the recorder is a counselor there."""
    held = [m.agency for m in ctx.actor.memberships if m.role is Role.COUNSELOR]
    return window.agency if window.agency in held else held[0]


def _person(ctx: Context, draft: IntakeDraft, intake_id: UUID) -> UUID:
    """Whom it is about: someone found by the search, or a new person, nameless if nothing is known (I5).

    The intake gets its data key here too: one commit of the keystore for both.
    """
    if draft.person_id is not None:
        found = ctx.load(Person, draft.person_id, permission=P.PERSON_READ, field="person_id")
        ctx.new_owner(intake_id)
        return found.id
    made = people.create_person(ctx, draft.person or PersonDraft(anonymous=True), beside=(intake_id,))
    return made.id


def _own_word(ctx: Context, row: Intake, reason: str) -> None:
    """The person asks not to be known of: from this moment only the recorder sees them (I12)."""
    person = ctx.load(Person, row.person_id, permission=P.PERSON_READ, field="person_id")
    cases.protect(ctx, person, ProtectDraft("own_word", reason, ctx.today), field="protect_reason")
