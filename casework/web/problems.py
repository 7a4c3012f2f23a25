"""Refusals as problem bodies: a stable code, a Japanese sentence, and the field it belongs to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, request
from marshmallow import fields
from werkzeug.exceptions import HTTPException

from ..kernel.errors import CaseworkError
from .house import house
from .schema import Fault, OutSchema

log = logging.getLogger("casework.web")

STATUSES = frozenset({400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 503})
HTTP_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "body_too_large",
    415: "json_expected",
    429: "too_many",
}


class InvalidInput(CaseworkError):
    """Several faults of one input, by field, as marshmallow tells them."""

    status = 422

    def __init__(self, messages: Any) -> None:
        super().__init__("invalid")
        self.messages = messages


class FaultOut(OutSchema):
    field = fields.String()
    code = fields.String()
    text = fields.String()


class ProblemOut(OutSchema):
    """RFC 9457 body; `errors` stands beside the fields, `current` shows the present state after a conflict."""

    type = fields.String()
    status = fields.Integer()
    code = fields.String()
    title = fields.String()
    errors = fields.List(fields.Nested(FaultOut))
    current = fields.Dict(allow_none=True)


def refused(refusal: CaseworkError) -> Response:
    messages = house().messages
    if isinstance(refusal, InvalidInput):
        faults = [
            {
                "field": field,
                "code": str(fault),
                "text": messages.error(str(fault), getattr(fault, "facts", {})),
            }
            for field, fault in walk(refusal.messages)
        ]
    elif refusal.field is not None:
        text = messages.error(refusal.code, refusal.facts)
        faults = [{"field": refusal.field, "code": refusal.code, "text": text}]
    else:
        faults = []
    title = messages.error(refusal.code, refusal.facts)
    return problem(refusal.status, refusal.code, title, faults, getattr(refusal, "current", None))


def problem(
    status: int,
    code: str,
    title: str,
    faults: list[dict[str, str]] | None = None,
    current: dict[str, Any] | None = None,
) -> Response:
    body = {"type": "about:blank", "status": status, "code": code, "title": title, "errors": faults or []}
    if current is not None:
        body["current"] = current
    answer = Response(current_app.json.dumps(body), status=status, mimetype="application/problem+json")
    if status in (429, 503):
        answer.headers["Retry-After"] = "5"
    return answer


def walk(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Flatten marshmallow's nested messages to (dotted field, fault)."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            here = path if name == "_schema" else f"{path}.{name}" if path else str(name)
            yield from walk(inner, here)
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from walk(inner, path)
    else:
        yield path, messages if isinstance(messages, Fault) else str(messages)


def http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    code = HTTP_CODES.get(status, "bad_request" if status < 500 else "fault")
    answer = problem(status, code, house().messages.error(code))
    if status == 405:
        answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
    return answer


def fault(trouble: Exception) -> Response:
    """A fault of ours: only its type and place are logged, because messages and values may hold personal data."""
    place = trouble.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "?"
    log.error("fault %s at %s in %s", type(trouble).__name__, where, request.endpoint)
    return problem(500, "fault", house().messages.error("fault"))
