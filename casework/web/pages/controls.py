"""A form as the templates see it: one control per schema field, with label, hint, choices, typed text and errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from ...kernel.book import Book, Option
from ...kernel.messages import Messages
from .. import schema as s
from .beside import MINE, OTHER, PICK, THEIRS, Beside, compare, differing, judge, plain
from .tree import declared_at, rows_of

MANY = 8  # up to so many choices are shown as radio buttons, more as a list
DATE_HINT = "例: R8.4.1、令和8年4月1日、2026-04-01"


@dataclass
class Control:
    """One field. `kind` chooses the component: text, lines, secret, date, moment, radios, select, search, checks,
    tick, group (fields of a nested record) or rows (a repeated group)."""

    name: str
    kind: str
    label: str
    hint: str = ""
    required: bool = False
    values: Sequence[str] = ()
    options: Sequence[Option] = ()
    errors: Sequence[str] = ()
    limit: int | None = None
    parts: Sequence[Control] = ()
    rows: Sequence[Sequence[Control]] = ()
    beside: Beside | None = None  # after a conflict: both texts, if they differ
    complete: str = "off"  # autocomplete token
    mode: str = ""  # inputmode
    source: str = ""  # of a search: the list that is offered while one types

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def described_by(self) -> str:
        """Ids of hint and error, for aria-describedby."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)

    @property
    def first_id(self) -> str:
        """Where a link of the error summary leads."""
        return f"{self.id}-0" if self.kind in ("radios", "checks") else self.id

    def part(self, name: str) -> Control:
        return next(p for p in self.parts if p.name.rsplit(".", 1)[-1] == name)


@dataclass(frozen=True)
class Rival:
    """What somebody else saved in between: all the record holds, or what stood beside some fields of a posted form.

    `base` are digests of what the record held when the form was opened, None if that is not known.
    """

    held: MultiDict[str, str]
    base: Mapping[str, str] | None = None
    only: frozenset[str] | None = None
    picks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def posted(cls, form: MultiDict[str, str]) -> Rival | None:
        """The comparison that the posted form carried; None if it carried none."""
        names = differing(form)
        if not names:
            return None
        held = MultiDict((name, value) for name in names for value in form.getlist(THEIRS + name))
        picks = {name: form.get(PICK + name, "") for name in names}
        return cls(held, None, frozenset(names), picks)

    @property
    def names(self) -> list[str]:
        return list(self.held)

    def concerns(self, name: str) -> bool:
        return self.only is None or name in self.only


@dataclass
class Form:
    """A schema with what was typed and what is wrong with it.

    `choices` gives the options of fields by dotted name without row numbers, or the name of a list of the book;
    `blank_rows` how many empty rows a repeated group offers beyond the filled ones.
    """

    schema: Schema
    book: Book
    messages: Messages
    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    choices: Mapping[str, Sequence[Option] | str] = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset({"version"})
    blank_rows: int = 1
    key: str = ""
    version: int | None = None
    draft: str = ""  # mark of the kept text that this form goes on with
    base: str = ""  # what the record held when the form was opened (beside.note)
    rival: Rival | None = None  # after a conflict
    searched: set[str] = field(default_factory=set)  # long lists that the controls made so far offer

    def __getitem__(self, path: str) -> Control:
        """The control of a dotted field name ("person.addresses.0.address")."""
        schema, prefix, parts = self.schema, "", path.split(".")
        while True:
            name = parts.pop(0)
            declared = schema.load_fields[name]
            inner = declared.inner if isinstance(declared, fields.List) else declared
            if not parts or not isinstance(inner, fields.Nested):
                return self._control(schema, declared, prefix + name, name)
            prefix += f"{name}."
            if isinstance(declared, fields.List):
                prefix += f"{parts.pop(0)}."
            schema = inner.schema

    def __iter__(self) -> Iterator[Control]:
        return iter(self._controls(self.schema, ""))

    def only(self, *names: str) -> list[Control]:
        return [self[name] for name in names]

    def but(self, *names: str) -> list[Control]:
        return [control for control in self if control.name not in names]

    @property
    def keeps(self) -> bool:
        """Whether the form may be kept while it is typed: never with a secret in it."""
        return keeps(self.schema)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(id of the field or "", sentence) for every fault, in the order of the fields."""
        said = [(self._faulty(name), text) for name, texts in self.faults.items() for text in texts]
        bare = self.messages.error("field_required")  # says nothing without the field's name
        return [
            (c.first_id, f"{c.label}: {text}" if text == bare else text) if c else ("", text)
            for c, text in said
        ]

    def _faulty(self, name: str) -> Control | None:
        try:
            return self[name] if name else None
        except (KeyError, ValueError, IndexError):
            return None

    def _controls(self, schema: Schema, prefix: str) -> list[Control]:
        return [
            self._control(schema, declared, prefix + name, name)
            for name, declared in schema.load_fields.items()
            if prefix + name not in self.leave_out and self._bare(prefix + name) not in self.leave_out
        ]

    @staticmethod
    def _bare(path: str) -> str:
        return re.sub(r"\.\d+(?=\.|$)", "", path)

    def _control(self, schema: Schema, declared: fields.Field[Any], path: str, name: str) -> Control:
        label, hint = self.messages.field(family(schema), name)
        needed = declared.required or bool(declared.metadata.get("needed"))  # by a rule of the use case
        control = Control(path, "text", label, hint, needed, errors=self._faults(path, declared))
        control.values = self.typed.getlist(path)
        inner = declared.inner if isinstance(declared, fields.List) else declared
        if isinstance(inner, fields.Nested):
            self._nest(control, inner.schema, repeated=isinstance(declared, fields.List))
            return control
        self._shape(control, declared, inner)
        if self.rival is not None and control.kind != "secret" and self.rival.concerns(path):
            control.beside = self._compared(self.rival, control)
        return control

    def _compared(self, rival: Rival, control: Control) -> Beside | None:
        """After a conflict: what was typed and what the record holds, unless they are the same."""
        name, held = control.name, self._said(control, rival.held.getlist(control.name))
        mine, theirs = plain(control.kind, control.values), plain(control.kind, held)
        if mine == theirs:
            return None
        who = judge(rival.base, name, mine, theirs)
        pick = rival.picks.get(name, {"they": OTHER, "you": MINE}.get(who, ""))
        labels = {o.value: o.label for o in control.options}
        pieces = compare(*(self._shown(labels, control.kind, text) for text in (mine, theirs)))
        return Beside(*pieces, tuple(held), who, pick)

    def _shown(self, labels: Mapping[str, str], kind: str, text: str) -> str:
        if kind == "tick":
            return self.messages.label("answer", "yes" if text else "no")
        return "、".join(labels.get(v, v) for v in text.split("\n")) if labels else text

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every field that holds one text, with what stands in it."""
        for control in leaves(self):
            if control.kind != "secret":
                yield control.name, plain(control.kind, control.values)

    @property
    def differences(self) -> list[Control]:
        """The fields in which two editors differ, in the order of the form."""
        return [control for control in leaves(self) if control.beside is not None]

    def _said(self, control: Control, values: Sequence[str]) -> Sequence[str]:
        """Codes of a searched list as the texts that people type."""
        texts = self.book.texts(control.source) if control.source else {}
        return [texts.get(value, value) for value in values]

    def _faults(self, path: str, declared: fields.Field[Any]) -> Sequence[str]:
        """Sentences of the field, and of the entries of a plain list."""
        found = list(self.faults.get(path, ()))
        if isinstance(declared, fields.List) and not isinstance(declared.inner, fields.Nested):
            entries = (
                texts for name, texts in self.faults.items() if re.fullmatch(rf"{re.escape(path)}\.\d+", name)
            )
            found += [text for texts in entries for text in texts]
        return found

    def _nest(self, control: Control, schema: Schema, *, repeated: bool) -> None:
        if not repeated:
            control.kind, control.parts = "group", self._controls(schema, f"{control.name}.")
            return
        held = self.rival.names if self.rival is not None else ()
        filled = rows_of([*self.typed, *held], control.name)
        first = (filled[-1] + 1) if filled else 0
        wanted = [*filled, *range(first, first + self.blank_rows)]
        control.kind = "rows"
        control.rows = [self._controls(schema, f"{control.name}.{at}.") for at in wanted]

    def _shape(self, control: Control, declared: fields.Field[Any], inner: fields.Field[Any]) -> None:
        options = self._options(control, inner)
        several = isinstance(declared, fields.List)
        if not several and self._searched(control, inner):
            control.kind, control.values = "search", self._said(control, control.values)
        elif options is not None:
            control.options = options
            few = len(options) <= MANY and not any(o.group for o in options)
            control.kind = "checks" if several else "radios" if few else "select"
            if control.kind == "radios" and not control.required and not declared.load_default:
                control.options = self._unset(options)
        elif isinstance(inner, fields.Boolean):
            control.kind = "radios" if inner.allow_none or inner.required else "tick"
            control.options = _yes_no(self.messages, unknown=not inner.required)
        elif isinstance(inner, s.JapaneseDate | s.JapanesePartialDate):
            control.kind, control.hint = "date", control.hint or DATE_HINT
        elif isinstance(inner, fields.AwareDateTime):
            control.kind, control.hint = "moment", control.hint or "例: R8.4.1 14:30"
        elif isinstance(inner, fields.Integer):
            control.mode = "numeric"
        elif getattr(inner, "secret", False):
            control.kind, control.values = "secret", ()  # what is secret is never shown again
        elif isinstance(inner, s.Text):
            control.kind = "lines" if inner.multiline else "text"
            control.limit = inner.limit
            if several:
                control.limit, control.values = None, ("\n".join(control.values),)

    def _searched(self, control: Control, inner: fields.Field[Any]) -> bool:
        """Whether the field offers a long list; the page then carries that list once."""
        given = self.choices.get(self._bare(control.name))
        name = (given if isinstance(given, str) else "") if given is not None else list_of(inner)
        if not name or not self.book.texts(name):
            return False
        self.searched.add(name)
        control.source, control.options = name, ()
        return True

    def _options(self, control: Control, inner: fields.Field[Any]) -> Sequence[Option] | None:
        """Choices named by the page, by the field's code list, or by the words that its validator knows."""
        given = self.choices.get(self._bare(control.name))
        if given is not None and not isinstance(given, str):
            return given
        listed = given or getattr(inner, "code_list", "")
        if listed:
            return self.book.offered(listed, *control.values)
        if isinstance(inner, fields.UUID):
            return self.book.offered("staff", *control.values)
        enum = getattr(inner, "enum", None) or getattr(inner, "states", None)
        if enum is not None:
            return self._words([member.value for member in enum], snake(enum.__name__))
        words = getattr(inner, "words", None) or _one_of(inner) or inner.metadata.get("enum")
        if words is None:
            return None
        return self._words(words, str(inner.metadata.get("label_of", control.name.rsplit(".")[-1])))

    def _unset(self, options: Sequence[Option]) -> Sequence[Option]:
        """A radio button once chosen cannot be emptied: one that says nothing was chosen stands last."""
        if not options or any(not option.value for option in options):
            return options
        return [*options, Option("", self.messages.label("answer", "none"))]

    def _words(self, words: Sequence[Any], kind: str) -> list[Option]:
        return [Option(str(word), self.messages.label(kind, str(word))) for word in words]


def list_of(declared: fields.Field[Any]) -> str:
    """The list of the book that a field chooses from, "" for none."""
    return str(getattr(declared, "code_list", "")) or ("staff" if isinstance(declared, fields.UUID) else "")


def codes_of(schema: Schema, book: Book, posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed into searched fields as the codes it names; other fields, and what names nothing, as typed."""
    found: MultiDict[str, str] = MultiDict()
    for name, value in posted.items(multi=True):
        declared = declared_at(schema, name)
        codes = book.codes(list_of(declared)) if declared is not None else {}
        found.add(name, codes.get(value.strip(), value))
    return found


def family(schema: Schema) -> list[str]:
    """Names of the schema's class and its ancestors, nearest first: what an edit inherits is worded once."""
    return [cls.__name__ for cls in type(schema).__mro__]


def keeps(schema: Schema) -> bool:
    return not secrets_of(schema)


def secrets_of(schema: Schema) -> frozenset[str]:
    return frozenset(
        name for name, declared in schema.load_fields.items() if getattr(declared, "secret", False)
    )


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def leaves(controls: Iterable[Control]) -> Iterator[Control]:
    """The controls that hold one value each, those of groups and rows among them."""
    for control in controls:
        inside = (*control.parts, *(part for row in control.rows for part in row))
        if control.kind in ("group", "rows"):
            yield from leaves(inside)
        else:
            yield control


def _yes_no(messages: Messages, *, unknown: bool) -> list[Option]:
    answers = [Option("1", messages.label("answer", "yes")), Option("0", messages.label("answer", "no"))]
    return [*answers, Option("", messages.label("answer", "unknown"))] if unknown else answers


def _one_of(declared: fields.Field[Any]) -> list[Any] | None:
    rules = declared.validate
    for rule in rules if isinstance(rules, list | tuple) else [rules]:
        if isinstance(rule, validate.OneOf):
            return list(rule.choices)
    return None
