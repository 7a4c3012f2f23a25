"""The Context a use case works with: the actor's sight of the store, sealed texts, and what is to be recorded."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Final, TypeVar, cast
from uuid import UUID

from sqlalchemy import Row as Tuple
from sqlalchemy import Select, bindparam, inspect, select, true
from sqlalchemy.orm import Session

from ..codes import lookup
from ..codes.lookup import Choice
from ..crypto import Binding, CryptoError, KeyRing
from ..db import CLEARED, SCOPE, Base, Confidential, Versioned
from ..db.reasons import Sight, of_the_house, stand_in
from ..kernel.actor import Actor, Permission
from ..kernel.clock import tokyo_date
from ..kernel.errors import BadInput, NotFound, Refused, UncheckedUseCase, UnscopedQuery, VersionConflict
from ..kernel.flow import Flow
from ..kernel.ids import new_id
from ..kernel.policy import Policy
from ..settings import Settings
from .look import StoreLook
from .parts import part_link, parts_query, primary_key
from .replies import Reply
from .standing import Standing
from .visit import Visit

Row = TypeVar("Row", bound=Base)
Columns = Select[*tuple[Any, ...]]  # a SELECT of any columns


# Rows that people change; the directory is not locked, because everybody's work names the same few agencies.
LOCKED: Final = (Confidential, Versioned)


class Unreadable(str):
    """A sealed text that cannot be opened; says why in place of the text and is never saved over it."""

    code: str

    def __new__(cls, code: str) -> Unreadable:
        made = super().__new__(cls, f"【この項目は復号できません: {code}】")
        made.code = code
        return made


@dataclass
class Context:
    """One actor, one moment, one transaction. Doors make it; use cases receive it as their first argument."""

    actor: Actor
    session: Session
    now: datetime
    policy: Policy
    keys: KeyRing
    settings: Settings
    purpose: str = ""
    expected_version: int | None = None
    precondition: bool = False
    reply: Reply | None = None
    standing: Standing | None = None  # asked by the gate of a person's session; None: the system, and tests
    visits: list[Visit] = field(default_factory=list)
    done: list[Visit] = field(default_factory=list)
    notices: list[Callable[[], None]] = field(default_factory=list)
    last: Visit | None = None  # the outermost visit, kept for the trace of a refusal
    opened: set[UUID] = field(default_factory=set)  # owners of the keys with which texts were opened
    _seen: set[tuple[str, Any]] = field(default_factory=set)  # table and key of rows within sight
    _passed: set[tuple[str, Any]] = field(default_factory=set)  # those whose bars were asked while reading
    leave: list[tuple[Permission, str, str]] = field(default_factory=list)  # confidential rows asked by name
    _told: dict[Any, list[Any]] = field(default_factory=dict)  # what concerns the actor alone
    _reading: StoreLook | None = None

    # -- who and when ------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The calendar day in Japan."""
        return tokyo_date(self.now)

    @property
    def visit(self) -> Visit:
        if not self.visits:
            raise UncheckedUseCase("the context was used outside a use case")
        return self.visits[-1]

    # -- sight -------------------------------------------------------------------------------------

    def select(self, *models: type[Base], permission: Permission | None = None) -> Select[Any]:
        """SELECT narrowed to the rows the actor may touch for the permission (the use case's own by default)."""
        visit = self.visit
        visit.asked = True
        wanted = permission or visit.permission
        query = cast(Select[Any], select(*models))
        for model in models:
            query = query.where(self._sight(wanted, model))
        return query.execution_options(**{SCOPE: frozenset(m.__tablename__ for m in models)})

    def _sight(self, permission: Permission, model: type[Base]) -> Sight:
        known = ("sight", permission, model, self.actor.roles)
        found: Sight | None = self.policy.statements.get(known)
        if found is None:
            weighed = permission in self.policy.weighed
            bars = () if weighed else self.policy.barriers(self.actor, model, stand_in)
            found = Sight(*self.policy.clauses(self.actor, permission, model, stand_in), bars=bars)
            self.policy.statements[known] = found
        return found

    def prepared(
        self, name: Hashable, build: Callable[[], Columns], permission: Permission | None = None
    ) -> Select[Any]:
        """A scoped statement built once per set of roles, for the reads that are asked most.

        `build` narrows with `select` and leaves everything else that differs between requests to `bindparam`:
        the statement outlives the request. Building one anew costs more than running it.
        """
        visit = self.visit
        visit.asked = True
        known = (name, permission or visit.permission, self.actor.roles)
        found = self.policy.statements.get(known)
        if found is None:
            found = self.policy.statements[known] = build()
        return cast(Select[Any], found)

    def load(
        self,
        model: type[Row],
        key: Any,
        *,
        permission: Permission | None = None,
        field: str | None = None,
        edited: bool = True,
    ) -> Row:
        """The row within the actor's sight, locked if the use case writes; what cannot be seen does not exist.

        The first row loaded is the subject of the event, and its version is compared with the one the client
        started from, unless what is edited is a part of it (`edited=False`: the use case calls `compare`). With
        `field` the key came in the body: BadInput("unknown_reference") names that field.
        """
        visit = self.visit
        visit.sought(model.__tablename__, str(key))
        first = not self._seen
        lock = not visit.reads and _locked(model)

        def build() -> Select[Any]:
            query = self.select(model, permission=permission).where(primary_key(model) == bindparam("key"))
            if lock:
                query = query.with_for_update(of=model).execution_options(populate_existing=first)
            return query

        query = self.prepared((model, lock, lock and first), build, permission)
        row: Row | None = self.session.scalars(query, {"key": key}).one_or_none()
        if row is None:
            if field is not None:
                raise BadInput("unknown_reference", field)
            raise NotFound(model.__tablename__, str(key))
        found = getattr(row, "version", None)
        if first and edited and found is not None:
            self.compare(found)
        visit.about(row)
        self._loaded(row, permission or visit.permission)
        return row

    def _loaded(self, row: Base, permission: Permission) -> None:
        place = _place(row)
        self._seen.add(place)
        if self.visit.reads and permission not in self.policy.weighed:
            self._passed.add(place)
        if _confidential(type(row)):
            self.leave.append((permission, place[0], str(place[1])))

    def in_sight(self, permission: Permission, table: str, key: str) -> bool:
        """Whether the actor may still do this to a row, or still read it, for whatever reason."""
        model: Any = next(m.class_ for m in Base.registry.mappers if m.class_.__tablename__ == table)
        typed = UUID(key) if primary_key(model).type.python_type is UUID else key
        row = self.session.get(model, typed, execution_options={CLEARED: True})
        reading = (p for p in Permission if p is permission or p.value.endswith(".read"))
        look = self._look()
        return row is not None and any(self.policy.allows(self.actor, p, row, look) for p in reading)

    def all(self, query: Select[Any], **values: Any) -> list[Any]:
        """Rows of a scoped query, remembered so that their parts may be read."""
        rows = list(self.session.scalars(query, values))
        self._seen.update(map(_place, rows))
        return rows

    def tuples(self, model: type[Base], query: Columns, **values: Any) -> Sequence[Tuple[Any]]:
        """Tuples of a scoped query for columns of the model, `id` among them: lists show no more of a row."""
        rows = self.session.execute(query, values).all()
        self._seen.update((model.__tablename__, row.id) for row in rows)
        return rows

    def one(self, query: Select[Any]) -> Any | None:
        rows = self.all(query.limit(2))
        return rows[0] if rows else None

    def parts(self, parent: Base, child: type[Row], *where: Any, order: Any = None) -> list[Row]:
        """Rows that share the access of a row already loaded (`__part_of__` names the foreign key)."""
        return self.parts_of([parent], child, *where, order=order).get(_key(parent), [])

    def parts_of(
        self, parents: Iterable[Base | Tuple[Any]], child: type[Row], *where: Any, order: Any = None
    ) -> dict[Any, list[Row]]:
        """Parts of several rows or tuples read before, in one statement, by the parent's key."""
        link = part_link(child)
        target = _target(link)
        found: dict[Any, list[Row]] = {}
        for parent in parents:
            place = _place(parent) if isinstance(parent, Base) else (target, parent.id)
            if place not in self._seen or place[0] != target:
                raise UnscopedQuery(f"{child.__tablename__} read through a row that was not loaded")
            found[place[1]] = []
        if not found:
            return found
        query = parts_query(self.policy, self.actor, child, order)
        for row in self.session.scalars(query.where(*where) if where else query, {"owners": list(found)}):
            found[getattr(row, link.key)].append(row)
            self._seen.add(_place(row))
        return found

    def may(self, permission: Permission, row: Base) -> bool:
        """Whether the actor could do this to the row: for buttons, links and fields shown per role."""
        look, passed = self._look(), _place(row) in self._passed
        return self.policy.allows(self.actor, permission, row, look, passed=passed)

    def _look(self) -> StoreLook:
        """While a use case reads, nothing changes: one look serves all its questions. A change asks anew each time."""
        if not (self.visits and self.visits[0].reads):
            return StoreLook(self.session, self._told)
        if self._reading is None:
            self._reading = StoreLook(self.session, self._told)
        return self._reading

    def moves(self, flow: Flow, row: Any) -> tuple[str, ...]:
        """Names of the moves that leave the row's state and that this actor may make: the buttons of a form."""
        arrows = flow.open_moves(row.state)
        look, passed = self._look(), _place(row) in self._passed
        open_ = {arrow.permission: False for arrow in arrows}
        for permission in open_:
            open_[permission] = self.policy.allows(self.actor, permission, row, look, passed=passed)
        return tuple(dict.fromkeys(arrow.name for arrow in arrows if open_[arrow.permission]))

    def need(self, permission: Permission, row: Base) -> None:
        """Refuse with NotFound unless the actor may do this to the row, for rows reached otherwise."""
        self.visit.asked = True
        if not self.may(permission, row):
            raise NotFound(row.__tablename__, str(_key(row)))

    def count(self, query: Select[Any], *models: type[Base]) -> int:
        """A bare count over tables whose rows are not handed out (capacity, limits); never shown to anyone."""
        scope = frozenset(m.__tablename__ for m in models)
        return int(self.session.scalar(query, execution_options={SCOPE: scope}) or 0)

    def countable(self, model: type[Base]) -> Any:
        """WHERE clause: rows that may be counted for numbers others will read; the protected are not among them.

        It is the model's bar as it stands before the house itself, so nobody's grant or kinship changes a figure.
        """
        bar = self.policy.bars.get(model)
        if bar is None:
            return true()
        found = self.policy.statements.get(("countable", model))
        if found is None:
            found = Sight(bar.alone.clause(cast(Any, of_the_house())))
            self.policy.statements["countable", model] = found
        return found

    @staticmethod
    def whole(query: Select[Any], *models: type[Base]) -> Select[Any]:
        """A query over whole tables whose rows are not handed out: the name table, counts, and setting protection."""
        return query.execution_options(**{SCOPE: frozenset(m.__tablename__ for m in models)})

    def codes(self, *choices: Choice) -> None:
        """Refuse any (list, code, field) that is not on offer today; None and empty codes are passed over."""
        lookup.require(self.session, [c for c in choices if c[1]], self.today)

    def compare(self, found: int) -> None:
        """Refuse with VersionConflict if the client started from another version than the one found."""
        if self.expected_version is not None and found != self.expected_version:
            raise VersionConflict(expected=self.expected_version, found=found, precondition=self.precondition)

    # -- writing -----------------------------------------------------------------------------------

    def add(self, *rows: Base) -> None:
        """Add new rows; what the use case made it may also read the parts of."""
        for row in rows:
            _name(row)
        self.session.add_all(rows)
        self._seen.update(map(_place, rows))

    @staticmethod
    def touch(row: Versioned) -> None:
        """Give a row a new version because its parts change, so that two editors of the parts find each other."""
        row.version += 1

    def delete(self, row: Base) -> None:
        self.session.delete(row)

    def seal(self, row: Base, **texts: str | None) -> None:
        """Encrypt texts into the row's sealed columns; an unreadable value is never overwritten."""
        for column, text in texts.items():
            if getattr(row, column) is not None and isinstance(self.unseal(row, column), Unreadable):
                raise Refused("sealed_unreadable", column)
            setattr(row, column, None if text is None else self.keys.seal(text, _binding(row, column)))

    def unseal(self, row: Base | Tuple[Any], column: str, model: type[Base] | None = None) -> str | None:
        """The text of a sealed column, None if empty, Unreadable with the reason if it cannot be opened.

        `row` is a row, or a tuple of columns of `model` that names the row and the owner of its key.
        """
        blob = getattr(row, column)
        if blob is None:
            return None
        place = _binding(row, column, model)
        self.opened.add(place.owner)
        try:
            return self.keys.open(blob, place)
        except CryptoError as failure:
            return Unreadable(failure.code)

    def new_owner(self, *owners: UUID) -> None:
        """Make data keys for new cases or persons, before their first text is sealed."""
        self.keys.new_owner(*owners)

    def prefetch_keys(self, owners: Sequence[UUID]) -> None:
        self.keys.prefetch(owners)

    def witness(self, event: str, kind: str, target: Any, case_id: Any = "") -> None:
        """Record that this visit also read another row, so that whoever asks for that row's readers finds it."""
        asks, case = self.visit.permission, str(case_id or "")
        visit = Visit(asks, event, reads=True, asked=True, kind=kind, target=str(target), case_id=case)
        self.done.append(visit)

    def after_commit(self, notice: Callable[[], None]) -> None:
        self.notices.append(notice)

    # -- inside ------------------------------------------------------------------------------------

    def at(self, now: datetime, rights: int) -> None:
        """Go on as the same person at a later moment, with the rights that are left."""
        self.now = now
        self.actor = replace(self.actor, now=now, rights=rights)

    def forget(self) -> None:
        """Start over, for a retry of the whole use case."""
        for begun in (self.visits, self.done, self.notices, self.leave):
            begun.clear()
        for known in (self.opened, self._seen, self._passed, self._told):
            known.clear()
        self.last = None
        self._reading = None


def _locked(model: type) -> bool:
    return issubclass(model, LOCKED)


def _confidential(model: type) -> bool:
    return issubclass(model, Confidential)


def _key(row: Base) -> Any:
    return getattr(row, primary_key(type(row)).key)


def _place(row: Base) -> tuple[str, Any]:
    return row.__tablename__, _key(row)


def _target(link: Any) -> str:
    (foreign_key,) = link.property.columns[0].foreign_keys
    return str(foreign_key.target_fullname).split(".")[0]


def _binding(row: Any, column: str, model: type[Base] | None = None) -> Binding:
    kind: type[Any] = model or type(row)
    owner = getattr(kind, "__sealed_by__", None)
    if owner is None:
        raise UnscopedQuery(f"{kind.__tablename__} does not say whose key seals it")
    row_id = _name(row) if model is None else row.id
    return Binding(kind.__tablename__, column, row_id, getattr(row, owner))


@cache
def _has_id(model: type[Base]) -> bool:
    return "id" in inspect(model).columns


def _name(row: Base) -> Any:
    """The row's id, given now if it has none: it must be known before anything is sealed for it."""
    if not _has_id(type(row)):
        return None
    if getattr(row, "id", None) is None:
        vars(type(row))["id"].__set__(row, new_id())
    return vars(type(row))["id"].__get__(row, type(row))
