"""The JSON door, declared: a route, its use case, what it takes and gives. Parsing, replies and errors are the same."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

import marshmallow as ma
from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import ValidationError
from webargs.flaskparser import FlaskParser

from ..kernel.errors import BadInput, PreconditionRequired, VersionConflict
from ..usecase import Context, Gated, Replayed, Reply, UseCase
from .problems import STATUSES, InvalidInput
from .request import context

KEY = re.compile(r"[A-Za-z0-9_\-:.]{8,128}")


class Parser(FlaskParser):
    """Unknown fields are refused everywhere; faults become problem bodies."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": ma.RAISE, "query": ma.RAISE}

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        raise InvalidInput(
            error.messages[next(iter(error.messages))] if _by_location(error) else error.messages
        )

    def load_json(self, req: Any, schema: Any) -> Any:
        if not req.is_json:
            raise BadInput("json_expected")
        try:
            return super().load_json(req, schema)
        except RecursionError as trouble:
            raise BadInput("json_invalid") from trouble

    def _handle_invalid_json_error(self, error: Any, req: Any, *args: Any, **kwargs: Any) -> NoReturn:
        raise BadInput("json_invalid")


def _by_location(error: ValidationError) -> bool:
    return isinstance(error.messages, dict) and set(error.messages) <= {"json", "query"}


class ApiBlueprint(Blueprint):
    """A house's part of /api/v1. Its routes are made by `door` only, so each one names its use case."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, *, doc: str) -> None:
        super().__init__(f"{name}_api", name, url_prefix="/api/v1", description=doc)
        self.use_cases: dict[str, UseCase] = {}

    def door(
        self,
        method: str,
        path: str,
        action: Gated[..., Any],
        *,
        takes: type[ma.Schema] | None = None,
        query: type[ma.Schema] | None = None,
        gives: type[ma.Schema] | None = None,
        status: int = 200,
        edits: bool = False,
        many: bool = False,
        shows: Gated[..., Any] | None = None,
    ) -> None:
        """Open a route for a use case `action(ctx, *path ids, draft?, **query)`.

        `takes` is the JSON body's schema, `query` that of the query string (its values become keyword arguments),
        `gives` shapes the result. `edits` demands a version (If-Match or "version"); after a conflict `shows` reads
        the present state for the answer. POST honours Idempotency-Key.
        """
        about = action.use_case
        endpoint = f"{about.name.rsplit('.', 1)[-1]}_{method.lower()}"
        while endpoint in self.use_cases:
            endpoint += "_"
        shape = None if gives is None else gives(many=many)
        door = Door(action, shape, status, edits=edits, takes=takes is not None, shows=shows)

        def view(*loaded: Any, **path_ids: Any) -> Response:
            return door.enter(loaded, path_ids)

        view.__name__ = endpoint
        view.__doc__ = f"{about.summary}\n\nPermission: {about.permission.value}. Event: {about.event}."
        handler = self._documented(view, method, takes, query, shape, status, edits)
        self.route(path, methods=[method], endpoint=endpoint)(handler)
        self.use_cases[endpoint] = about

    def download(
        self,
        path: str,
        action: Gated[..., Any],
        *,
        query: type[ma.Schema],
        mimetype: str,
        write: Callable[[Any], str],
    ) -> None:
        """Open a GET route that gives what a use case reads as a file; faults are problem bodies as everywhere."""
        about = action.use_case
        endpoint = f"{about.name.rsplit('.', 1)[-1]}_{mimetype.rsplit('/', 1)[-1]}"

        def view(given: dict[str, Any], **path_ids: Any) -> Response:
            return Response(write(action(context(), *path_ids.values(), **given)), mimetype=mimetype)

        view.__name__ = endpoint
        view.__doc__ = f"{about.summary}\n\nPermission: {about.permission.value}. Event: {about.event}."
        handler = self._documented(view, "GET", None, query, {"type": "string"}, 200, False, mimetype)
        self.route(path, methods=["GET"], endpoint=endpoint)(handler)
        self.use_cases[endpoint] = about

    def _documented(
        self,
        view: Callable[..., Any],
        method: str,
        takes: type[ma.Schema] | None,
        query: type[ma.Schema] | None,
        shape: ma.Schema | dict[str, str] | None,
        status: int,
        edits: bool,
        mimetype: str | None = None,
    ) -> Callable[..., Any]:
        """The view with its parsing and everything the OpenAPI document says of it."""
        handler = view
        for code in sorted(_statuses(method, takes is not None or query is not None, edits), reverse=True):
            handler = self.alt_response(code, response=HTTPStatus(code).name)(handler)
        handler = self.response(status, shape, content_type=mimetype)(handler)
        if query is not None:
            handler = self.arguments(query, location="query")(handler)
        if takes is not None:
            handler = self.arguments(takes, location="json")(handler)
        documented: Callable[..., Any] = self.doc(**_parameters(method))(handler)
        return documented


@dataclass(frozen=True, slots=True)
class Door:
    """One route at work: what was parsed goes to the use case, what it returns becomes the answer."""

    action: Gated[..., Any]
    shape: ma.Schema | None
    status: int
    edits: bool
    takes: bool
    shows: Gated[..., Any] | None

    def enter(self, loaded: tuple[Any, ...], path_ids: dict[str, Any]) -> Response:
        """The answer; a version conflict carries the present state, as far as the actor may see it."""
        try:
            return self._answer(loaded, path_ids)
        except VersionConflict as conflict:
            if self.shows is not None and self.shape is not None:
                conflict.current = self.shape.dump(self.shows(_reading(), *path_ids.values()))
            raise

    def _answer(self, loaded: tuple[Any, ...], path_ids: dict[str, Any]) -> Response:
        body = loaded[:1] if self.takes else ()
        query = loaded[len(body)] if len(loaded) > len(body) else {}
        render = functools.partial(_render, self.shape, self.status)
        ctx = context(reply=_reply(render))
        if self.edits and ctx.expected_version is None:
            raise PreconditionRequired()
        try:
            result = self.action(ctx, *path_ids.values(), *body, **query)
        except Replayed as before:
            return _response(before.body, before.status, None)
        code, text = render(result)
        return _response(text, code, getattr(result, "version", None))


def _reading() -> Context:
    """A Context that looks at what is there now, whatever version the client started from."""
    ctx = context()
    ctx.expected_version = None
    return ctx


def _render(shape: ma.Schema | None, status: int, result: Any) -> tuple[int, str]:
    if shape is None:
        return status, ""
    return status, current_app.json.dumps(shape.dump(result))


def _response(body: str, status: int, version: int | None) -> Response:
    answer = Response(body, status=status, mimetype="application/json" if body else None)
    if version is not None:
        answer.set_etag(str(version))
    return answer


def _reply(render: Callable[[Any], tuple[int, str]]) -> Reply | None:
    typed = request.headers.get("Idempotency-Key")
    if request.method != "POST" or typed is None:
        return None
    if not KEY.fullmatch(typed):
        raise BadInput("idempotency_key_invalid", "Idempotency-Key")
    digest = hashlib.sha256(request.get_data(cache=True)).digest()
    route = f"{request.method} {request.path}"
    return Reply(route, typed, digest, render)


def _statuses(method: str, has_input: bool, edits: bool) -> set[int]:
    found = {401, 403, 404, 405, 422, 429, 503}
    if method != "GET":
        found |= {400, 409, 413, 415}
    if edits or method != "GET":
        found |= {412, 428}
    return found & STATUSES if has_input or method != "GET" else found


def _parameters(method: str) -> dict[str, Any]:
    headers = [_header("X-Purpose", "purpose recorded with the visit (a code)", PURPOSE_PATTERN)]
    if method != "GET":
        headers.append(_header("X-CSRFToken", "token of GET /api/v1/session", None))
        headers.append(_header("If-Match", "version the edit starts from", r'^"?\d{1,9}"?$'))
    if method == "POST":
        headers.append(_header("Idempotency-Key", "one effect per key", f"^{KEY.pattern}$"))
    return {"parameters": headers}


PURPOSE_PATTERN = "^[a-z][a-z0-9_]{0,63}$"


def _header(name: str, description: str, pattern: str | None) -> dict[str, Any]:
    schema = {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}
    return {"in": "header", "name": name, "description": description, "required": False, "schema": schema}
