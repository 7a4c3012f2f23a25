"""The name table: search keys of all persons, decrypted once into this process's memory and never written to disk.

An index at rest would give names away (security.md, "Finding people"). Each field is one long text with a line per
person, so that finding a part of a name is a scan by the C library; a change is appended as a newer line, and only a
person's newest line counts. Merged persons and restricted values are never in it; no search finds protected persons,
only the look for those whom staff declared does.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ..crypto import Binding, CryptoError, KeyRing
from ..kernel.folding import fold, fold_address, fold_phone
from .models import Person, PersonAddress, PersonContact, SearchChange
from .rules.relations import Key, same_person

CHUNK = 500
FIELDS = ("name", "kana", "birth", "phone", "address")


@dataclass(slots=True)
class Column:
    """One search field of all persons: texts joined by line feeds, and where each line begins."""

    parts: list[str]
    starts: list[int]
    size: int = 0
    joined: str | None = None

    def add(self, text: str) -> None:
        self.starts.append(self.size)
        self.parts.append(text)
        self.size += len(text) + 1
        self.joined = None

    def find(self, text: str) -> Iterator[int]:
        """Line numbers that contain the text, in order."""
        if self.joined is None:
            self.joined = "\n".join(self.parts)
        at = self.joined.find(text)
        while at >= 0:
            line = bisect_right(self.starts, at) - 1
            yield line
            following = self.starts[line + 1] if line + 1 < len(self.starts) else self.size
            at = self.joined.find(text, following)


class NameTable:
    """Kept fresh from person_search_change before every search; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seq = 0
        self._lines: list[UUID] = []
        self._newest: dict[UUID, int] = {}
        self._apart: set[UUID] = set()  # protected: no search finds them
        self._columns = {name: Column([], []) for name in FIELDS}

    def refresh(self, session: Session, keys: KeyRing, scope: Any) -> None:
        """Take in what changed since the last search. `scope` makes a SELECT that may read these tables."""
        with self._lock:
            newest = session.scalar(select(func.max(SearchChange.seq))) or 0
            if newest <= self._seq:
                return
            query = select(SearchChange.person_id).where(SearchChange.seq > self._seq).distinct()
            changed = list(session.scalars(query))
            for start in range(0, len(changed), CHUNK):
                self._take(session, keys, scope, changed[start : start + CHUNK])
            self._seq = newest

    def find(self, terms: dict[str, str]) -> dict[UUID, list[str]]:
        """Person -> names of the fields in which a term was found."""
        with self._lock:
            found: dict[UUID, list[str]] = {}
            for name, text in terms.items():
                for line in self._columns[name].find(text) if text else ():
                    person = self._lines[line]
                    if self._newest.get(person) == line and person not in self._apart:
                        found.setdefault(person, []).append(name)
            return found

    def exactly(self, terms: dict[str, str]) -> set[UUID]:
        """Persons whose fields are these texts, whole and all of them."""
        with self._lock:
            found = [self._holders(name, text) for name, text in terms.items()]
            return set.intersection(*found) if found else set()

    def _holders(self, name: str, text: str) -> set[UUID]:
        column = self._columns[name]
        lines = [line for line in column.find(text) if column.parts[line] == text] if text else []
        newest = {self._lines[line] for line in lines if self._newest.get(self._lines[line]) == line}
        return newest - self._apart

    def namesakes(self, key: Key) -> list[UUID]:
        """Everybody whose name or reading is the declared one, the protected included; see `same_person`."""
        with self._lock:
            texts = {name: getattr(key, name) for name in ("name", "kana")}
            lines = {n for name, text in texts.items() if text for n in self._columns[name].find(text)}
            newest = {n for n in lines if self._newest.get(self._lines[n]) == n}
            return [self._lines[n] for n in sorted(newest) if same_person(key, self._key(n))]

    def _key(self, line: int) -> Key:
        return Key(*(self._columns[name].parts[line] for name in ("name", "kana", "birth")))

    def _take(self, session: Session, keys: KeyRing, scope: Any, ids: Sequence[UUID]) -> None:
        keys.prefetch(ids)
        for person in ids:
            self._newest.pop(person, None)
            self._apart.discard(person)
        persons = session.execute(
            scope(select(Person.id, Person.name, Person.kana, Person.birth, Person.protected), Person).where(
                Person.id.in_(ids), Person.merged_into.is_(None)
            )
        ).all()
        extra = _extras(session, keys, scope, [row.id for row in persons])
        for row in persons:
            phones, addresses = extra.get(row.id, ([], []))
            texts = {
                "name": fold(_open(keys, "person", "name", row.id, row.id, row.name)),
                "kana": fold(_open(keys, "person", "kana", row.id, row.id, row.kana)),
                "birth": _open(keys, "person", "birth", row.id, row.id, row.birth),
                "phone": " ".join(phones),
                "address": " ".join(addresses),
            }
            if row.protected:
                self._apart.add(row.id)
            self._newest[row.id] = len(self._lines)
            self._lines.append(row.id)
            for name in FIELDS:
                self._columns[name].add(texts[name].replace("\n", " "))


def _extras(
    session: Session, keys: KeyRing, scope: Any, ids: Sequence[UUID]
) -> dict[UUID, tuple[list[str], list[str]]]:
    """Unrestricted phones and addresses by person, in two statements."""
    found: dict[UUID, tuple[list[str], list[str]]] = {person: ([], []) for person in ids}
    contacts = scope(select(PersonContact.id, PersonContact.person_id, PersonContact.value), PersonContact)
    for row in session.execute(
        contacts.where(PersonContact.person_id.in_(ids), PersonContact.restricted.is_(False))
    ):
        text = _open(keys, "person_contact", "value", row.id, row.person_id, row.value)
        found[row.person_id][0].append(fold_phone(text) or fold(text))
    addresses = scope(select(PersonAddress.id, PersonAddress.person_id, PersonAddress.address), PersonAddress)
    for row in session.execute(
        addresses.where(PersonAddress.person_id.in_(ids), PersonAddress.restricted.is_(False))
    ):
        text = _open(keys, "person_address", "address", row.id, row.person_id, row.address)
        found[row.person_id][1].append(fold_address(text))
    return found


def _open(keys: KeyRing, table: str, column: str, row: UUID, owner: UUID, blob: bytes | None) -> str:
    """A text for the table; what cannot be opened is not found, and says so where it is shown."""
    if blob is None:
        return ""
    try:
        return keys.open(blob, Binding(table, column, row, owner))
    except CryptoError:
        return ""


_tables: dict[tuple[str, int], tuple[int, NameTable]] = {}
_guard = threading.Lock()


def table_of(engine: Engine, keys: KeyRing) -> NameTable:
    """The table of this process for a database and its keys; made anew when keys were erased, for it holds names."""
    place = (str(engine.url), id(keys))
    with _guard:
        made_in, table = _tables.get(place, (None, None))
        if table is None or made_in != keys.generation:
            table = NameTable()
            _tables[place] = (keys.generation, table)
        return table
