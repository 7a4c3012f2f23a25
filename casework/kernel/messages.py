"""Every sentence and label that people read, by code, from config/messages/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _read(path: Path, _changed: int) -> dict[str, Any]:
    """A file of sentences; read again only after it changed."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Messages:
    """Errors by code (`[errors]`), labels by enumeration and member (`[labels.<enum>]`), and what fields are called
    (`[fields.<schema>]`, `[fields.every]`): a label, or a label and the rule behind the field.
    """

    def __init__(self, folder: Path) -> None:
        self._errors: dict[str, str] = {}
        self._labels: dict[str, dict[str, str]] = {}
        self._fields: dict[str, dict[str, tuple[str, str]]] = {}
        for path in sorted(folder.glob("*.toml")):
            self._take(path.name, _read(path, path.stat().st_mtime_ns))

    def _take(self, name: str, content: Mapping[str, Any]) -> None:
        for code, text in content.get("errors", {}).items():
            if self._errors.setdefault(code, text) != text:
                raise ValueError(f"{name}: error {code} is worded twice")
        for kind, members in content.get("labels", {}).items():
            self._labels.setdefault(kind, {}).update(members)
        for schema, names in content.get("fields", {}).items():
            known = self._fields.setdefault(schema, {})
            for name, words in names.items():
                label, hint = (words, "") if isinstance(words, str) else words
                known[name] = (label, hint)

    def knows(self, code: str) -> bool:
        return code in self._errors

    def error(self, code: str, facts: Mapping[str, Any] | None = None) -> str:
        """The sentence for a code with its facts filled in; the code itself when nobody worded it."""
        text = self._errors.get(code, code)
        return text.format_map(_Facts(facts or {}))

    def field(self, schemas: Iterable[str], name: str) -> tuple[str, str]:
        """(label, support text) of an input field, asked of a schema and its ancestors; its own name if unworded."""
        for schema in (*schemas, "every"):
            if name in self._fields.get(schema, {}):
                return self._fields[schema][name]
        return (name, "")

    def has_field(self, schemas: Iterable[str], name: str) -> bool:
        return any(name in self._fields.get(schema, {}) for schema in (*schemas, "every"))

    def label(self, kind: str, member: str) -> str:
        return self._labels.get(kind, {}).get(member, member)

    def has_label(self, kind: str, member: str) -> bool:
        return member in self._labels.get(kind, {})


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "―"
