"""Tables of the directory. Keys are the codes of the municipality's own lists; nothing is renamed or deleted."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, code_column, ref


class Agency(Base):
    """A division (課) or an outside agency. `support_meeting_member`: one of the ten of 取組 2-2-1-2."""

    __tablename__ = "agency"
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = code_column("agency_kind")
    support_meeting_member: Mapped[bool]
    sort: Mapped[int]
    retired_on: Mapped[date | None]


class Window(Base):
    """A window (窓口) where a resident can ask for help, and the agency that staffs it."""

    __tablename__ = "service_window"
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    agency: Mapped[str] = ref("agency.code")
    initiative: Mapped[str | None]
    field: Mapped[str]
    sort: Mapped[int]
    retired_on: Mapped[date | None]


class District(Base):
    """行政地域 (kind administrative) or 地区社協 area (kind welfare_area) with its parent."""

    __tablename__ = "district"
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent: Mapped[str | None]
    sort: Mapped[int]


class Initiative(Base):
    """取組 of the city plan; `key` is unique, the printed number is not."""

    __tablename__ = "initiative"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    printed_number: Mapped[str]
    name: Mapped[str]
    divisions: Mapped[str]
    tracking: Mapped[str]
    restated: Mapped[bool]
    sort: Mapped[int]
