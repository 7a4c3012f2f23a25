"""From a request to a Context: who, when, on which version, for which purpose."""

from __future__ import annotations

import re
from typing import cast

from flask import g, request
from flask_login import current_user

from ..db import GuardedSession, db
from ..kernel.actor import Actor
from ..kernel.errors import BadInput, NotSignedIn
from ..usecase import Context, Reply
from .house import house

PURPOSE = re.compile(r"[a-z][a-z0-9_]{0,63}")
ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?')


def session() -> GuardedSession:
    return cast(GuardedSession, db.session())


def signed_in() -> Actor:
    """The actor behind the cookie; NotSignedIn (401) when there is none."""
    actor = getattr(current_user, "actor", None)
    if not isinstance(actor, Actor):
        raise NotSignedIn()
    return actor


def context(actor: Actor | None = None, reply: Reply | None = None) -> Context:
    """The Context of this request, for the signed-in actor unless another is given (sign-in itself)."""
    home = house()
    made = Context(
        actor=actor or signed_in(),
        session=session(),
        now=home.clock.now(),
        policy=home.policy,
        keys=home.keys,
        settings=home.settings,
        purpose=_purpose(),
        reply=reply,
        standing=home.standing,
    )
    made.expected_version, made.precondition = _expected_version()
    return made


def _purpose() -> str:
    purpose = request.headers.get("X-Purpose", "")
    if purpose and not PURPOSE.fullmatch(purpose):
        raise BadInput("purpose_invalid", "X-Purpose")
    return purpose


def _expected_version() -> tuple[int | None, bool]:
    typed = request.headers.get("If-Match")
    if typed is not None:
        match = ETAG.fullmatch(typed.strip())
        if match is None:
            raise BadInput("if_match_invalid", "If-Match")
        return int(match.group(1)), True
    return g.get("body_version"), False
