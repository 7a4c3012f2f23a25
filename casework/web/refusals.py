"""Where refusals part: problem bodies under /api and for machines, pages that say what to do next for people."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from ..kernel.errors import CaseworkError, Unavailable
from . import problems
from .pages import refused as pages

MACHINES = ("/api/", "/healthz", "/readyz", "/static/")


def install(app: Flask) -> None:
    app.register_error_handler(CaseworkError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
    for gone in (
        OperationalError,
        InterfaceError,
    ):  # before a use case begins: who is it, are they still signed in
        app.register_error_handler(gone, _store_gone)


def _refused(refusal: CaseworkError) -> Response:
    return problems.refused(refusal) if _machine() else pages.refused(refusal)


def _http(error: HTTPException) -> Response:
    answer = problems.http(error)
    status = answer.status_code
    if _machine() or status < 400:
        return answer
    return pages.refusal(status, problems.HTTP_CODES.get(status, "fault"))


def _store_gone(_: Exception) -> Response:
    """The database does not answer, or went away while it did: ask again, with the same key."""
    return _refused(Unavailable("store_unavailable"))


def _fault(trouble: Exception) -> Response:
    answer = problems.fault(trouble)
    return answer if _machine() else pages.refusal(500, "fault")


def _machine() -> bool:
    return request.path.startswith(MACHINES)
