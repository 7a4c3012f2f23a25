"""Accounts (職員アカウント): shapes, passwords, waits after failed sign-ins, and who may carry work. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from ...kernel.actor import Role
from ...kernel.errors import BadInput, Refused

LOGIN = re.compile(r"[a-z0-9][a-z0-9._\-]{2,63}")
PASSWORD_LIMIT = 256  # characters; bounds the work of hashing
WEIGHED = 32  # characters; the time to weigh a password grows fast with its length
UNGUESSABLE = 3  # of the scores 0 to 4 of zxcvbn

# Roles that see no case by their office; work handed to somebody who holds only these would be nobody's.
WITHOUT_WORK = frozenset(
    {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.REPORT_OFFICER, Role.SUPERVISOR, Role.SYSTEM}
)
# The system is an actor, never a member of staff.
GIVEN_TO_STAFF = tuple(role for role in Role if role is not Role.SYSTEM)

# A whole office may share one address, so an address gets more free attempts than one login.
SOURCE_ALLOWANCE = 10

# What guessing tries first: runs of keys, usual words, names of the system and the city, words in kana. What is left
# once they are taken away is weighed as well; zxcvbn is told them too.
BLOCKED = frozenset(
    {
        "password",
        "passw0rd",
        "passphrase",
        "administrator",
        "casework",
        "kamakura",
        "qwerty",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "iloveyou",
        "letmein",
        "welcome",
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890123456789",
        "12345678901234567890",
        "98765432109876543210",
        "パスワード",
        "ぱすわーど",
    }
)


@dataclass(frozen=True, slots=True)
class SignInDraft:
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sign-in comes from: network address, browser, and the device mark of an earlier sign-in."""

    source: str
    agent: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class PasswordDraft:
    current: str
    new: str


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """A role in an agency from a day on (today if None) through its last day (open if None)."""

    role: Role
    agency: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class RoleEnd:
    """`last_day` None: at once; then work left without a role to carry it goes to `to_staff_id` (I1)."""

    last_day: date | None = None
    to_staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StaffDraft:
    """A new account. With `must_change` the password serves only to set another one."""

    login: str
    name: str
    agency: str
    password: str
    roles: tuple[RoleDraft, ...] = ()
    must_change: bool = True


@dataclass(frozen=True, slots=True)
class ResetDraft:
    password: str


@dataclass(frozen=True, slots=True)
class HandOverDraft:
    """Who takes over the open work (I1); None is enough only where there is none."""

    to_staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MoveDraft:
    """A transfer (異動): the new agency, the roles held there, and who takes over the work left behind."""

    agency: str
    roles: tuple[Role, ...]
    to_staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RoleView:
    id: UUID
    role: str
    agency: str
    valid_from: date
    valid_until: date | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class StaffView:
    id: UUID
    login: str
    name: str
    agency: str
    roles: tuple[RoleView, ...]
    created_at: datetime
    disabled_at: datetime | None
    must_change_password: bool
    version: int


class ChangeKind(StrEnum):
    """What two people must want before it happens to somebody's rights."""

    ROLE_ADD = "role_add"
    ROLE_END = "role_end"
    ENABLE = "enable"
    RESET = "reset"


class ChangeState(StrEnum):
    """Where a change of rights stands; it waits for some days and then counts no more."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of somebody's rights as it is proposed; `password_hash` never leaves the table."""

    kind: ChangeKind
    role: Role | None = None
    agency: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    role_id: UUID | None = None
    to_staff_id: UUID | None = None
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of rights that waits for its second person, or was decided."""

    id: UUID
    staff_id: UUID
    kind: str
    role: str | None
    agency: str | None
    valid_from: date | None
    valid_until: date | None
    proposed_by: UUID
    proposed_at: datetime
    until: datetime
    state: str
    decided_by: UUID | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffDetail:
    """An account with the number of open pieces of work it owns: how many, never what."""

    id: UUID
    login: str
    name: str
    agency: str
    roles: tuple[RoleView, ...]
    created_at: datetime
    disabled_at: datetime | None
    must_change_password: bool
    open_work: int
    second_factor: bool
    version: int
    changes: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True)
class ColleagueView:
    """Whom work can be given to: name and the roles held in the agency today."""

    id: UUID
    name: str
    agency: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeView:
    id: UUID
    login: str
    name: str
    agency: str
    roles: tuple[RoleView, ...]
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    id: UUID
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str
    current: bool
    level: str
    confirmed_at: datetime


def fold_login(typed: str) -> str:
    """Logins are compared in one spelling: half width, lower case."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def check_login(typed: str) -> str:
    """The folded login; BadInput("login_invalid") unless it is 3 to 64 of a-z, 0-9, ".", "-", "_"."""
    login = fold_login(typed)
    if not LOGIN.fullmatch(login):
        raise BadInput("login_invalid", "login")
    return login


def same_password(typed: str) -> str:
    """One spelling for what keyboards compose differently (NIST SP 800-63B-4, 3.1.1.2: normalize)."""
    return unicodedata.normalize("NFC", typed)


def check_password(typed: str, *, login: str, name: str, least: int, field: str) -> str:
    """The password to be hashed; BadInput beside `field` if it is short, long, easily guessed or a name.

    NIST SP 800-63B-4, 3.1.1.2: length and a blocklist, no rules about kinds of characters. Common passwords, words,
    names, dates and runs of keys, also put together, are known by zxcvbn (ASVS 6.2.4).
    """
    password = same_password(typed)
    if len(password) < least:
        raise BadInput("password_short", field, least=least)
    if len(password) > PASSWORD_LIMIT:
        raise BadInput("password_long", field, most=PASSWORD_LIMIT)
    folded = "".join(unicodedata.normalize("NFKC", password).lower().split())
    if len(set(folded)) < 5 or _mostly_blocked(folded):
        raise BadInput("password_common", field)
    own = ["".join(unicodedata.normalize("NFKC", word).lower().split()) for word in (login, name)]
    if any(len(word) >= 3 and word in folded for word in own):
        raise BadInput("password_names_owner", field)
    if _easily_guessed(folded):
        raise BadInput("password_common", field)
    return password


def _easily_guessed(folded: str) -> bool:
    """Whether its beginning falls to fewer than 10^8 guesses of somebody who knows what people choose."""
    from zxcvbn import zxcvbn  # its lists of words take a moment to load, and few processes set a password

    return int(zxcvbn(folded[:WEIGHED], user_inputs=sorted(BLOCKED))["score"]) < UNGUESSABLE


def _mostly_blocked(folded: str) -> bool:
    """Whether little is left (under 8 characters) once blocked words, digits and signs are taken away."""
    rest = folded
    for word in sorted(BLOCKED, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest == folded and not folded.isdigit():
        return False
    return sum(c.isalpha() for c in rest) < 8


def wait_after(failures: int, *, free: int, first: int, longest: int) -> timedelta:
    """How long to wait after that many failures: none while they are free, then doubling."""
    if failures < free:
        return timedelta(0)
    doubled = min(failures - free, 30)
    return timedelta(seconds=min(first * 2**doubled, longest))


def check_period(valid_from: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until < valid_from:
        raise BadInput("role_period_reversed", "valid_until")


def in_force(valid_from: date, valid_until: date | None, today: date) -> bool:
    """`valid_until` is the last day on which the role counts."""
    return valid_from <= today and (valid_until is None or valid_until >= today)


def overlaps(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """Whether two periods share a day; an open end reaches for ever."""
    return a[0] <= (b[1] or date.max) and b[0] <= (a[1] or date.max)


def not_oneself(actor_id: UUID, staff_id: UUID) -> None:
    """Nobody changes their own rights (security.md, authorization)."""
    if actor_id == staff_id:
        raise Refused("own_account")


def receiver_needed(count: int, to_staff_id: UUID | None) -> None:
    """I1: open work always has exactly one owner."""
    if count and to_staff_id is None:
        raise Refused("open_work_left", "to_staff_id", count=count)


# Roles that open records or rights of others: a new password for one of them wants two people.
PRIVILEGED = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.PRIVACY_OFFICER,
        Role.SUPERVISOR,
        Role.REPORT_OFFICER,
        Role.CHAIR,
        Role.SECRETARIAT,
        Role.COORDINATOR,
    }
)
ADMINISTRATORS_NEEDED = 2  # from then on nobody changes rights alone, not even at the machine


def check_decision(state: str, until: datetime, now: datetime) -> None:
    """A change is decided once, while it waits."""
    if state != ChangeState.PROPOSED:
        raise Refused("change_decided")
    if until <= now:
        raise Refused("change_lapsed")


def second_person(actor_id: UUID, *, proposed_by: UUID, staff_id: UUID) -> None:
    """Never the subject, never the proposer."""
    not_oneself(actor_id, staff_id)
    if actor_id == proposed_by:
        raise Refused("change_needs_two")
