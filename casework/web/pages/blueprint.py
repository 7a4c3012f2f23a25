"""The pages' door: a page or a form names its use case; errors stand beside their fields and nothing typed is lost."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import marshmallow as ma
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from ...kernel.book import Book, Option
from ...kernel.errors import BadInput, CaseworkError, NotAllowed, NotFound, VersionConflict
from ...kernel.ids import new_id
from ...usecase import Gated, Replayed, Reply, UseCase
from ..house import house
from ..problems import InvalidInput, walk
from ..request import context
from ..schema import Fault
from .beside import chosen, note, read, undecided
from .book import StoredText
from .controls import Form, Rival, codes_of, keeps, secrets_of
from .tree import collect, flatten, spoken, strangers

AGAIN = frozenset({400, 409, 412, 422, 428, 429, 503})  # refusals after which the form is shown again


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form's page shows around its fields, and what it starts from.

    `show` goes to the template; `initial` is nested data as the API gives it; `choices` gives options by field;
    `version` is that of the record being edited.
    """

    show: Mapping[str, Any] = field(default_factory=dict)
    initial: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Sequence[Option] | str] = field(default_factory=dict)
    version: int | None = None


Prepare = Callable[..., Setting]


@dataclass(frozen=True, slots=True)
class FormDoor:
    """One form at work. GET shows it, POST does its use case once and leads on; a refusal shows it again."""

    action: Gated[..., Any]
    takes: type[ma.Schema] | None
    template: str
    title: str
    prepare: Prepare
    then: Callable[..., str]
    blank_rows: int
    button: str

    @property
    def keeps(self) -> bool:
        """Whether what is typed may be kept or carried along: never a secret."""
        return self.takes is None or keeps(self.takes())

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the fields that nobody may carry along."""
        return frozenset() if self.takes is None else secrets_of(self.takes())

    def show(self, path_ids: dict[str, Any]) -> Response:
        """The empty form, the record to be edited, or what was typed before and not sent."""
        ctx = context()
        if not ctx.policy.ever(ctx.actor, self.action.use_case.permission):
            raise NotAllowed(self.action.use_case.permission.value)
        setting = self.prepare(**path_ids)
        kept = self._stored()
        if kept.saved_at is None:
            form = self._form(setting, self._held(setting), {})
        else:
            form = self._resumed(setting, MultiDict(kept.pairs))
        form.draft = kept.mark
        return self._page(setting, form, 200, kept=kept)

    def send(self, path_ids: dict[str, Any]) -> Response:
        """The use case, once per form shown; what it refuses comes back with everything typed."""
        mark = request.form.get("_draft", "")
        if "_again" in request.form:  # a button without effect: another row
            return self.again(None, path_ids)
        if "_forget" in request.form:
            house().desk.discard(request.path, mark)
            return to(request.path)
        try:
            address = self._do(path_ids)
        except (NotFound, NotAllowed):
            raise
        except CaseworkError as refusal:
            if refusal.status not in AGAIN:
                raise
            return self.again(refusal, path_ids)
        if mark:
            house().desk.discard(request.path, mark)
        return to(address)

    def again(self, refusal: CaseworkError | None, path_ids: dict[str, Any]) -> Response:
        """The form with what was typed, the faults beside their fields, and a new key if the old one is used up."""
        setting = self.prepare(**path_ids)
        faults = {} if refusal is None else faults_of(refusal)
        if isinstance(refusal, VersionConflict):
            form = self._beside(setting, request.form, faults)
        else:
            form = self._form(setting, request.form, faults)
            form.rival = Rival.posted(request.form)
            form.version = request.form.get("_version", type=int)
            form.base = request.form.get("_base", "")
        if refusal is None or refusal.code != "idempotency_key_reused":
            form.key = request.form.get("_key", "") or form.key
        form.draft = request.form.get("_draft", "")
        return self._page(setting, form, 200 if refusal is None else refusal.status, kept=StoredText())

    def _stored(self) -> StoredText:
        if not self.keeps:
            return StoredText()
        return house().desk.stored(request.path, request.args.get("draft", ""))

    def _resumed(self, setting: Setting, kept: MultiDict[str, str]) -> Form:
        """What was typed before: beside what the record holds, if somebody changed it since."""
        version = kept.get("_version", type=int)
        if setting.version is not None and version not in (None, setting.version):
            return self._beside(setting, kept, {})
        form = self._form(setting, kept, {})
        form.rival = Rival.posted(kept)
        return form

    def _beside(
        self, setting: Setting, typed: MultiDict[str, str], faults: Mapping[str, Sequence[str]]
    ) -> Form:
        """The form after somebody else saved the record: both texts, and sending again starts from theirs."""
        base = read(typed["_base"]) if "_base" in typed and not undecided(typed) else None
        form = self._form(setting, chosen(typed), faults)
        form.rival = Rival(self._held(setting), base)
        return form

    def _do(self, path_ids: dict[str, Any]) -> str:
        open_ = undecided(request.form)
        if open_:
            raise InvalidInput({name: [Fault("choose_whose")] for name in open_})
        draft = () if self.takes is None else (load(self.takes(), chosen(request.form), house().desk.book()),)
        ctx = context(reply=self._reply(path_ids))
        ctx.expected_version = request.form.get("_version", type=int)
        try:
            result = self.action(ctx, *path_ids.values(), *draft)
        except Replayed as before:
            return before.body
        return str(self.then(result, **path_ids))

    def _held(self, setting: Setting) -> MultiDict[str, str]:
        """What the record holds, as it would be typed."""
        return spoken((self.takes or ma.Schema)(), flatten(setting.initial))

    def _reply(self, path_ids: dict[str, Any]) -> Reply | None:
        key = request.form.get("_key", "")
        if not key:
            return None
        apart = ("csrf_token", "_key", "_draft")
        pairs = sorted(p for p in request.form.items(multi=True) if p[0] not in apart)
        digest = hashlib.sha256(repr(pairs).encode("utf-8", "surrogatepass")).digest()
        render = functools.partial(self._answer, path_ids)
        return Reply(f"page {request.path}", key[:128], digest, render)

    def _answer(self, path_ids: dict[str, Any], result: Any) -> tuple[int, str]:
        return 303, str(self.then(result, **path_ids))

    def _form(
        self, setting: Setting, typed: MultiDict[str, str], faults: Mapping[str, Sequence[str]]
    ) -> Form:
        home = house()
        form = Form(
            schema=(self.takes or ma.Schema)(),
            book=home.desk.book(),
            messages=home.messages,
            typed=typed,
            faults=faults,
            choices=setting.choices,
            blank_rows=self.blank_rows,
            key=new_id().hex,
            version=setting.version,
        )
        if setting.version is not None:
            form.base = note(replace(form, typed=self._held(setting), faults={}, searched=set()).texts())
        return form

    def _page(self, setting: Setting, form: Form, status: int, **show: Any) -> Response:
        around = {"title": self.title, "button": self.button, **setting.show, **show}
        body = render_template(self.template, **around, form=form)
        return Response(body, status)


class PageBlueprint(Blueprint):
    """A house's pages. Routes are made by `page` and `form` only, so each one names its use case."""

    def __init__(self, name: str, module: str) -> None:
        super().__init__(f"{name}_pages", module, template_folder="templates")
        self.use_cases: dict[str, UseCase] = {}
        self.forms: dict[str, FormDoor] = {}

    def page(self, path: str, reads: Gated[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A page that looks: `reads` is the use case that decides who may; the view may read more."""

        def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
            self.add_url_rule(path, view.__name__, view, methods=["GET"])
            self.use_cases[view.__name__] = replace(reads.use_case, reads=True)
            return view

        return wrap

    def form(
        self,
        path: str,
        action: Gated[..., Any],
        *,
        endpoint: str,
        title: str,
        then: Callable[..., str],
        takes: type[ma.Schema] | None = None,
        prepare: Prepare | None = None,
        template: str = "web/form.html",
        blank_rows: int = 1,
        button: str = "保存",
    ) -> None:
        """A page that does: `action(ctx, *path ids, draft?)`, then on to `then(result, **path ids)`."""
        door = FormDoor(action, takes, template, title, prepare or _nothing_else, then, blank_rows, button)

        def show(**path_ids: Any) -> Response:
            return door.show(path_ids)

        def send(**path_ids: Any) -> Response:
            return door.send(path_ids)

        sending = f"{endpoint}_send"
        self.add_url_rule(path, endpoint, show, methods=["GET"])
        self.add_url_rule(path, sending, send, methods=["POST"])
        self.use_cases[endpoint] = replace(action.use_case, reads=True)  # looking at the form does nothing
        self.use_cases[sending] = action.use_case
        self.forms[f"{self.name}.{sending}"] = door


def _nothing_else(**_: Any) -> Setting:
    return Setting()


def load(schema: ma.Schema, posted: MultiDict[str, str], book: Book) -> Any:
    """The draft behind a posted form; InvalidInput with every fault by field."""
    unknown = strangers(schema, posted)
    if unknown:
        raise BadInput("field_unknown", unknown[0])
    try:
        return schema.load(collect(schema, codes_of(schema, book, posted)))
    except ma.ValidationError as trouble:
        raise InvalidInput(trouble.messages) from None


def arguments(schema: type[ma.Schema]) -> dict[str, Any]:
    """The query of a list page, after the schema of the JSON list; blank values count as not given."""
    given = MultiDict((n, v) for n, v in request.args.items(multi=True) if v.strip())
    try:
        found: dict[str, Any] = schema().load(collect(schema(), given))
    except ma.ValidationError as trouble:
        raise InvalidInput(trouble.messages) from None
    return found


def to(address: str) -> Response:
    """On to another page of the house."""
    answer = redirect(address, 303)
    return Response(answer.get_data(), 303, answer.headers)


def page(template: str, **show: Any) -> Response:
    """A page from its template and the views it shows."""
    return Response(render_template(template, **show))


def faults_of(refusal: CaseworkError) -> dict[str, list[str]]:
    """Sentences by dotted field name; those of the whole form under ""."""
    messages = house().messages
    if refusal.code == "idempotency_key_reused":
        return {"": [messages.error("page_sent_before")]}
    if not isinstance(refusal, InvalidInput):
        return {refusal.field or "": [messages.error(refusal.code, refusal.facts)]}
    found: dict[str, list[str]] = {}
    for name, fault in walk(refusal.messages):
        found.setdefault(name, []).append(messages.error(str(fault), getattr(fault, "facts", {})))
    return found
