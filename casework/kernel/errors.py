"""What can go wrong, in the words of the work. Doors turn these into HTTP and exit codes."""

from __future__ import annotations

from typing import Any


class CaseworkError(Exception):
    """A refusal with a stable code; its Japanese sentence stands in config/messages under that code.

    `field` names the input it belongs to (dotted for nested input: "topics.1.code"); `facts` fill the sentence
    and must never carry personal data, because refusals are logged and recorded.
    """

    status = 400

    def __init__(self, code: str, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts


class BadInput(CaseworkError):
    """What was typed cannot be taken (422); nothing was stored."""

    status = 422


class NotSignedIn(CaseworkError):
    """Nobody is signed in, or the session has ended (401)."""

    status = 401

    def __init__(self, code: str = "not_signed_in") -> None:
        super().__init__(code)


class NotAllowed(CaseworkError):
    """This role may never do this (403)."""

    status = 403

    def __init__(self, permission: str) -> None:
        super().__init__("not_allowed")
        self.permission = permission


class StepUpRequired(CaseworkError):
    """An act of weight wants the person to prove anew who they are (403); nothing was done."""

    status = 403

    def __init__(self) -> None:
        super().__init__("step_up_required")


class NotFound(CaseworkError):
    """What the actor cannot see does not exist (404): unknown, forbidden, erased and protected look alike."""

    status = 404

    def __init__(self, kind: str = "", target: str = "") -> None:
        super().__init__("not_found")
        self.kind = kind
        self.target = target


class Refused(CaseworkError):
    """A rule of the work forbids it now (409): the sentence says which and what would be needed."""

    status = 409


class MoveRefused(Refused):
    """The state machine knows no such move from the present state (409)."""

    def __init__(self, flow: str, move: str, state: str) -> None:
        super().__init__("move_refused", flow=flow, move=move, state=state)


class VersionConflict(CaseworkError):
    """Somebody else changed the row in between (409 with `version`, 412 with If-Match)."""

    status = 409

    def __init__(self, *, expected: int, found: int, precondition: bool = False) -> None:
        super().__init__("version_conflict", expected=expected, found=found)
        self.status = 412 if precondition else 409
        self.current: dict[str, Any] | None = None  # the present state, as far as the actor may see it


class PreconditionRequired(CaseworkError):
    """An edit must say which version it starts from (428)."""

    status = 428

    def __init__(self) -> None:
        super().__init__("precondition_required")


class TooMany(CaseworkError):
    """A rate limit was reached (429)."""

    status = 429


class Unavailable(CaseworkError):
    """The house cannot answer safely now (503), for instance because the trail cannot be written."""

    status = 503


class OutsideTheGate(RuntimeError):
    """A programming fault: data was changed, or raw SQL was sent, outside a use case."""


class UnscopedQuery(RuntimeError):
    """A programming fault: a confidential table was read without saying on whose behalf."""


class UncheckedUseCase(RuntimeError):
    """A programming fault: a use case ended without asking leave for what it touched."""
