"""Tables of staff, their memberships, sessions and sign-in attempts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Unrecorded, Versioned, ref, state_column
from ..db.base import key
from ..kernel.actor import Role
from .rules import ChangeKind, ChangeState, Level, NoticeKind
from .sheet import TransferKind

LEVELS = ", ".join(f"'{level.value}'" for level in Level)
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


class RightsChange(Base):
    """A change of somebody's rights that one person proposes and another approves; never the subject themselves."""

    __tablename__ = "rights_change"
    __table_args__ = (
        CheckConstraint("staff_id <> proposed_by", name="not_oneself"),
        CheckConstraint("decided_by IS NULL OR decided_by <> staff_id", name="not_by_subject"),
        CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_when"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_whom"),
        CheckConstraint(f"role IN ({ROLES})", name="role"),
        CheckConstraint("state = 'proposed' OR password_hash IS NULL", name="secret_kept_while_waiting"),
    )
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    kind: Mapped[str] = state_column(ChangeKind, name="kind", index=False)
    role: Mapped[str | None] = mapped_column(String(32))
    agency: Mapped[str | None] = ref("agency.code", index=False)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    role_id: Mapped[UUID | None]  # the role that ends; it may be gone when the change is decided
    to_staff_id: Mapped[UUID | None] = ref("staff.id", index=False)
    password_hash: Mapped[str | None]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = state_column(ChangeState)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class PlannedTransfer(Base):
    """A line of the transfer list (異動の一覧) that waits for its day, or could not be done on it (`fault`: why)."""

    __tablename__ = "planned_transfer"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'stuck', 'cancelled')", name="state"),
        CheckConstraint("staff_id <> to_staff_id", name="not_oneself"),
        CheckConstraint("staff_id <> planned_by", name="not_by_subject"),
    )
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    kind: Mapped[str] = state_column(TransferKind, name="kind", index=False)
    agency: Mapped[str | None] = ref("agency.code", index=False)
    to_staff_id: Mapped[UUID | None] = ref("staff.id", index=False)
    effective_on: Mapped[date]
    planned_by: Mapped[UUID]
    planned_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(32), index=True)
    fault: Mapped[str | None] = mapped_column(String(64))


class StaffSession(Unrecorded, Base):
    """A signed-in session behind the cookie: only the hash of its 256-bit token is kept."""

    __tablename__ = "staff_session"
    __table_args__ = (CheckConstraint(f"level IN ({LEVELS})", name="level"),)
    id: Mapped[UUID] = key()
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_id: Mapped[UUID] = ref("staff.id")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]  # when the person last proved who they are: sign-in or step-up
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str]
    level: Mapped[str] = mapped_column(String(16))  # what it was opened with
    rights: Mapped[int] = mapped_column(default=0)  # how often rights were taken while it was open


class SignInAttempt(Unrecorded, Base):
    """A failed sign-in, for throttling: the login is kept as a keyed digest, never as typed."""

    __tablename__ = "sign_in_attempt"
    id: Mapped[UUID] = key()
    login_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    source_digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class AccountNotice(Base):
    """アカウントの動き: what happened to an account and how often, until its owner says that they know of it."""

    __tablename__ = "account_notice"
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    kind: Mapped[str] = state_column(NoticeKind, name="kind", index=False)
    times: Mapped[int]
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class TotpSeed(Versioned, Base):
    """The seed of a member's code app, sealed with a key of its own purpose; `last_step`: no code of it or before
    counts ever again. A new seed waits in `pending` until its first code has come."""

    __tablename__ = "totp_seed"
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = mapped_column(
        ForeignKey("staff.id", deferrable=True, initially="DEFERRED"), unique=True
    )
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    since: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger)
    pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    pending_since: Mapped[datetime | None]


class RecoveryCode(Versioned, Base):
    """A code for the day on which the telephone is lost: kept as a keyed digest, good once."""

    __tablename__ = "recovery_code"
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Versioned, Base):
    """A passkey (WebAuthn): the public key of a credential bound to this origin; never a secret."""

    __tablename__ = "passkey"
    id: Mapped[UUID] = key()
    staff_id: Mapped[UUID] = ref("staff.id")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str]  # how its owner tells it from others
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpentToken(Unrecorded, Base):
    """The digest of a one-time value that was used (challenge of a passkey, state of a sign-on): never again."""

    __tablename__ = "spent_token"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
