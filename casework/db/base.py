"""Base class of all tables, the marks a table can carry, and the column types of the house."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    event,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column, registry
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

from ..kernel.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every change to a row is recorded by the gate, unless the table is marked Unrecorded."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime(), date: Date(), UUID: Uuid(as_uuid=True), str: Text()},
    )


class Confidential:
    """Rows that may only be read on somebody's behalf: through Context.load, select or parts."""

    # Name of the foreign key to the row whose access this one shares (read through Context.parts).
    __part_of__: ClassVar[str | None] = None
    # Name of the attribute that holds the owner of the data key that seals this row's texts.
    __sealed_by__: ClassVar[str | None] = None
    # What erasure (usecase/erasing.py) needs to know: links to records with which this row falls though it could do
    # without them; links that are emptied and keep nothing alive; rows that several records name and that fall with the
    # last; a column with the path of a page; a column with the id of a row of any table, without a foreign key.
    __follows__: ClassVar[tuple[str, ...]] = ()
    __lets_go__: ClassVar[tuple[str, ...]] = ()
    __shared__: ClassVar[bool] = False
    __path__: ClassVar[str | None] = None
    __names__: ClassVar[str | None] = None


class Unrecorded:
    """Rows whose changes are not events: the trail itself and bookkeeping without content."""


class Versioned:
    """Rows that several people edit: a concurrent change is found, never overwritten."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Owned:
    """Work that must have exactly one owner, person and division, as long as it is open (I1)."""

    # Roles of which the owner must hold one in the owning division to see the row; empty: any that carries work.
    __carried_by__: ClassVar[frozenset[str]] = frozenset()

    owner_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff.id", deferrable=True, initially="DEFERRED"), index=True
    )
    owner_agency: Mapped[str] = mapped_column(
        ForeignKey("agency.code", deferrable=True, initially="DEFERRED"), index=True
    )

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """WHERE clause: the work still needs its owner; work that does not say when it ends never does."""
        return true()


class Dated:
    """A right given to one person by name (`staff_id`) that ends at a moment (`ends_at`), or when their rights end."""


def key() -> MappedColumn[UUID]:
    """Primary key: a UUIDv7, known before the row is sealed."""
    return mapped_column(primary_key=True, default=new_id)


def ref(target: str, *, index: bool = True, primary_key: bool = False) -> MappedColumn[Any]:
    """Foreign key checked at commit, so that rows of one act may be written in any order."""
    return mapped_column(
        ForeignKey(target, deferrable=True, initially="DEFERRED"), index=index, primary_key=primary_key
    )


def sealed() -> MappedColumn[Any]:
    """Text encrypted at rest; written and read through Context.seal and Context.unseal only."""
    return mapped_column(LargeBinary, info={"sealed": True})


def moment() -> MappedColumn[Any]:
    return mapped_column(UtcDateTime())


def code_column(list_name: str, *, index: bool = False) -> MappedColumn[Any]:
    """A value of a dated code list, checked by the use case against the codes in force that day."""
    return mapped_column(String(64), info={"code_list": list_name}, index=index)


def state_column(states: type[StrEnum], *, name: str = "state", index: bool = True) -> MappedColumn[Any]:
    """A state of a flow; the database refuses any other word."""
    return mapped_column(name, String(32), info={"enum": states}, index=index)


@event.listens_for(Column, "after_parent_attach")
def _only_known_words(column: Column[Any], parent: object) -> None:
    """Give each state column its CHECK on the table, where migrations see it."""
    if isinstance(parent, Table) and "enum" in column.info:
        words = ", ".join(f"'{member.value}'" for member in column.info["enum"])
        parent.append_constraint(CheckConstraint(f"{column.name} IN ({words})", name=column.name))
