"""The bare equivalents: Flask, a JSON check, AES-256-GCM and durable commits, and nothing else.

Once through the plain driver, once through SQLAlchemy's ORM. No sign-in, no policy, no trail, one key for all fields:
what the machine and the libraries cost, so that the product's figures can be read as ratios.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import threading
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import Engine, ForeignKey, Index, LargeBinary, String, create_engine, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from tests.bench.city import AGENCIES, AGENDA, BATCH, GIVEN, RICH, SURNAMES, TIMELINE

FIELDS = ("name", "kana", "address", "phone", "wishes", "narrative")
TOPICS = 2
CIPHER = AESGCM(bytes(range(32)))
PAGE = 25
AGENCY = AGENCIES[0]


def seal(text: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + CIPHER.encrypt(nonce, text.encode(), b"bare")


def unseal(blob: bytes) -> str:
    return CIPHER.decrypt(blob[:12], blob[12:], b"bare").decode()


class BareBase(DeclarativeBase):
    """Tables of the bare equivalents."""


class BareIntake(BareBase):
    __tablename__ = "bare_intake"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[str] = mapped_column(String(40))
    name: Mapped[bytes] = mapped_column(LargeBinary)
    kana: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[bytes] = mapped_column(LargeBinary)
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    wishes: Mapped[bytes] = mapped_column(LargeBinary)
    narrative: Mapped[bytes] = mapped_column(LargeBinary)


class BareTopic(BareBase):
    __tablename__ = "bare_topic"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    intake_id: Mapped[str] = mapped_column(ForeignKey("bare_intake.id"), index=True)
    code: Mapped[str] = mapped_column(String(64))


class BareCase(BareBase):
    __tablename__ = "bare_case"
    __table_args__ = (Index("ix_bare_case_list", "agency", "at", "id"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    agency: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(32))
    name: Mapped[bytes] = mapped_column(LargeBinary)


class BareNote(BareBase):
    __tablename__ = "bare_note"
    __table_args__ = (Index("ix_bare_note", "case_id", "at"),)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("bare_case.id"))
    at: Mapped[str] = mapped_column(String(40))
    text: Mapped[bytes] = mapped_column(LargeBinary)


class BareSheet(BareBase):
    __tablename__ = "bare_sheet"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("bare_case.id"), index=True)
    sort: Mapped[int]
    text: Mapped[bytes] = mapped_column(LargeBinary)


def fill_bare(url: str, cases: int) -> None:
    """As many cases as the city, the first ones with a timeline of 20, sheets for eight of them."""
    rng = random.Random(7)
    engine = _engine(url)
    BareBase.metadata.create_all(engine)
    now = datetime.now(UTC)
    with engine.begin() as connection:
        for start in range(0, cases, BATCH):
            rows, notes = [], []
            for n in range(start, min(start + BATCH, cases)):
                at = (now - timedelta(minutes=5 * n)).isoformat()
                name = rng.choice(SURNAMES) + rng.choice(GIVEN)
                agency = AGENCIES[n % len(AGENCIES)]
                case = {"id": f"case-{n}", "agency": agency, "at": at, "state": "open", "name": seal(name)}
                rows.append(case)
                count = TIMELINE if n < RICH else 1
                notes += [_note(f"case-{n}", at, number) for number in range(count)]
            connection.execute(insert(BareCase), rows)
            connection.execute(insert(BareNote), notes)
        sheets = [_sheet(f"case-{n % AGENDA}", n) for n in range(AGENDA * 3)]
        connection.execute(insert(BareSheet), sheets)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()


def _note(case: str, at: str, number: int) -> dict[str, Any]:
    text = seal("架空の訪問の記録。" * 12)
    return {"id": f"{case}-{number}", "case_id": case, "at": f"{at}-{number:02d}", "text": text}


def _sheet(case: str, number: int) -> dict[str, Any]:
    return {"id": f"sheet-{number}", "case_id": case, "sort": number, "text": seal("架空の把握" * 20)}


class Store(Protocol):
    """One way of reaching the database."""

    def create(self, values: dict[str, bytes], topics: list[str]) -> str: ...
    def opened(self, case: str) -> dict[str, Any]: ...
    def listed(self) -> list[dict[str, Any]]: ...
    def named(self, ids: list[str]) -> list[dict[str, Any]]: ...
    def agenda(self) -> list[dict[str, Any]]: ...
    def all_names(self) -> list[tuple[str, bytes]]: ...


class DriverStore:
    """sqlite3 or psycopg, one connection per thread, statements as text."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()
        self._sqlite = url.startswith("sqlite")

    def _connection(self) -> Any:
        found = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._connect()
        return found

    def _connect(self) -> Any:
        if not self._sqlite:
            return psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True)
        made = sqlite3.connect(self._url.removeprefix("sqlite:///"), isolation_level=None)
        _pragmas(made, None)
        return made

    def _ask(self, text: str, *values: Any) -> list[Any]:
        sql = text if self._sqlite else text.replace("?", "%s")
        return list(self._connection().execute(sql, values).fetchall())

    def _do(self, text: str, *values: Any) -> None:
        self._connection().execute(text if self._sqlite else text.replace("?", "%s"), values)

    def create(self, values: dict[str, bytes], topics: list[str]) -> str:
        made = str(uuid4())
        self._do("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        text = "INSERT INTO bare_intake (id, at, name, kana, address, phone, wishes, narrative)"
        self._do(f"{text} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", made, _now(), *(values[name] for name in FIELDS))
        for code in topics:
            self._do(
                "INSERT INTO bare_topic (id, intake_id, code) VALUES (?, ?, ?)", str(uuid4()), made, code
            )
        self._do("COMMIT")
        return made

    def opened(self, case: str) -> dict[str, Any]:
        ((agency, state, name),) = self._ask("SELECT agency, state, name FROM bare_case WHERE id = ?", case)
        text = "SELECT at, text FROM bare_note WHERE case_id = ? ORDER BY at DESC LIMIT 25"
        notes = [{"at": at, "text": unseal(blob)} for at, blob in self._ask(text, case)]
        return {"agency": agency, "state": state, "name": unseal(name), "notes": notes}

    def listed(self) -> list[dict[str, Any]]:
        text = "SELECT id, at, state, name FROM bare_case WHERE agency = ? ORDER BY at DESC, id DESC LIMIT 25"
        return [_line(*row) for row in self._ask(text, AGENCY)]

    def named(self, ids: list[str]) -> list[dict[str, Any]]:
        if self._sqlite:
            chosen = "SELECT id, at, state, name FROM bare_case WHERE id IN (SELECT value FROM json_each(?))"
            return [_line(*row) for row in self._ask(chosen, json.dumps(ids))]
        chosen = "SELECT id, at, state, name FROM bare_case WHERE id = ANY(?)"
        return [_line(*row) for row in self._ask(chosen, ids)]

    def agenda(self) -> list[dict[str, Any]]:
        text = "SELECT c.id, c.name, s.text FROM bare_sheet s JOIN bare_case c ON c.id = s.case_id ORDER BY s.sort"
        return [
            {"id": id_, "name": unseal(name), "text": unseal(blob)} for id_, name, blob in self._ask(text)
        ]

    def all_names(self) -> list[tuple[str, bytes]]:
        return self._ask("SELECT id, name FROM bare_case")


class OrmStore:
    """The same through mapped classes and a session."""

    def __init__(self, url: str) -> None:
        self._session: sessionmaker[Session] = sessionmaker(_engine(url), expire_on_commit=False)

    def create(self, values: dict[str, bytes], topics: list[str]) -> str:
        made = str(uuid4())
        with self._session() as session:
            session.add(BareIntake(id=made, at=_now(), **values))
            session.flush()
            session.add_all(BareTopic(id=str(uuid4()), intake_id=made, code=code) for code in topics)
            session.commit()
        return made

    def opened(self, case: str) -> dict[str, Any]:
        with self._session() as session:
            row = session.get_one(BareCase, case)
            query = select(BareNote).where(BareNote.case_id == case).order_by(BareNote.at.desc()).limit(PAGE)
            notes = [{"at": note.at, "text": unseal(note.text)} for note in session.scalars(query)]
            return {"agency": row.agency, "state": row.state, "name": unseal(row.name), "notes": notes}

    def listed(self) -> list[dict[str, Any]]:
        query = select(BareCase).where(BareCase.agency == AGENCY)
        query = query.order_by(BareCase.at.desc(), BareCase.id.desc()).limit(PAGE)
        return self._lines(query)

    def named(self, ids: list[str]) -> list[dict[str, Any]]:
        return self._lines(select(BareCase).where(BareCase.id.in_(ids)))

    def _lines(self, query: Any) -> list[dict[str, Any]]:
        with self._session() as session:
            return [_line(row.id, row.at, row.state, row.name) for row in session.scalars(query)]

    def agenda(self) -> list[dict[str, Any]]:
        query = select(BareSheet, BareCase).join(BareCase, BareCase.id == BareSheet.case_id)
        with self._session() as session:
            return [
                {"id": case.id, "name": unseal(case.name), "text": unseal(sheet.text)}
                for sheet, case in session.execute(query.order_by(BareSheet.sort))
            ]

    def all_names(self) -> list[tuple[str, bytes]]:
        with self._session() as session:
            return [(id_, name) for id_, name in session.execute(select(BareCase.id, BareCase.name))]


def _line(id_: str, at: str, state: str, name: bytes) -> dict[str, Any]:
    return {"id": id_, "at": at, "state": state, "name": unseal(name)}


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
    return engine


def _pragmas(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


class Names:
    """All names, decrypted once into one text; a search is a scan of it."""

    def __init__(self, store: Store) -> None:
        found = [(id_, unseal(blob)) for id_, blob in store.all_names()]
        self._ids = [id_ for id_, _ in found]
        self._text = "\n".join(name for _, name in found)
        self._starts = [0]
        for _, name in found:
            self._starts.append(self._starts[-1] + len(name) + 1)

    def find(self, part: str) -> list[str]:
        found: list[str] = []
        at = self._text.find(part)
        while at >= 0 and len(found) < PAGE:
            line = bisect_right(self._starts, at) - 1
            found.append(self._ids[line])
            at = self._text.find(part, self._starts[line + 1])
        return found


def make_bare(kind: str, url: str) -> Flask:
    """The five operations over one of the stores."""
    app = Flask("bare")
    store: Store = DriverStore(url) if kind == "driver" else OrmStore(url)
    names = Names(store)

    @app.post("/create")
    def create() -> Any:
        body = request.get_json()
        if set(body) != {*FIELDS, "topics"} or not all(isinstance(body[f], str) for f in FIELDS):
            abort(422)
        if not (isinstance(body["topics"], list) and len(body["topics"]) == TOPICS):
            abort(422)
        return jsonify(id=store.create({f: seal(body[f]) for f in FIELDS}, body["topics"])), 201

    @app.get("/open/<case>")
    def opened(case: str) -> Response:
        return jsonify(store.opened(case))

    @app.get("/list")
    def listed() -> Response:
        return jsonify(items=store.listed())

    @app.post("/search")
    def search() -> Response:
        return jsonify(store.named(names.find(request.get_json()["name"])))

    @app.get("/agenda")
    def agenda() -> Response:
        return jsonify(store.agenda())

    return app
