"""Tables of staff, their memberships, sessions and sign-in attempts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Unrecorded, Versioned, ref
from ..db.base import key
from ..kernel.actor import Role

ROLES = ", ".join(f"'{role.value}'" for role in Role)


class Staff(Versioned, Base):
    """Somebody who signs in. The password is an Argon2id hash; `disabled_at` ends every right at once."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("login"),)
    id: Mapped[UUID] = key()
    login: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    agency: Mapped[str] = ref("agency.code")
    password_hash: Mapped[str]
    password_changed_at: Mapped[datetime]
    must_change_password: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffRole(Base):
    """A role held in an agency, with a start and an end; contractors hold roles like everyone, only dated."""

    __tablename__ = "staff_role"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="period"),
    )
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    role: Mapped[str] = mapped_column(String(32))
    agency: Mapped[str] = ref("agency.code")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    given_by: Mapped[UUID | None]


class StaffSession(Unrecorded, Base):
    """A signed-in session behind the cookie: only the hash of its 256-bit token is kept."""

    __tablename__ = "staff_session"
    id: Mapped[UUID] = key()
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[UUID] = ref("staff.id")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]  # when the person last proved who they are: sign-in or step-up
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str]


class SignInAttempt(Unrecorded, Base):
    """A failed sign-in, for throttling: the login is kept as a keyed digest, never as typed."""

    __tablename__ = "sign_in_attempt"
    id: Mapped[UUID] = key()
    login_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    source_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
