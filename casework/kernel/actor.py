"""Who acts: roles of the work, permissions, and the actor a request or a command speaks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """Roles of flow.md section 4. A person may hold several, each in an agency and with a start and an end."""

    COUNSELOR = "counselor"  # 相談支援員
    COORDINATOR = "coordinator"  # 多機関協働 coordinator
    OUTREACH_WORKER = "outreach_worker"  # アウトリーチ支援員
    PARTICIPATION_COORDINATOR = "participation_coordinator"  # 参加支援コーディネーター
    CHAIR = "chair"  # 会議の長
    SECRETARIAT = "secretariat"  # 事務局
    AGENCY_MEMBER = "agency_member"  # 構成員
    SUPERVISOR = "supervisor"  # 管理職
    PRIVACY_OFFICER = "privacy_officer"  # 文書・個人情報担当
    REPORT_OFFICER = "report_officer"  # 統計報告担当
    ADMINISTRATOR = "administrator"  # システム管理者
    SYSTEM = "system"  # commands and scheduled work


class Permission(StrEnum):
    """What can be asked of the house; casework/policy/ says by whom and for which rows."""

    SIGN_IN = "account.sign_in"
    SESSION_OWN = "account.own_session"
    ACCOUNT_READ = "account.read"
    ACCOUNT_MANAGE = "account.manage"
    ACCOUNT_APPROVE = "account.approve"
    DIRECTORY_READ = "directory.read"
    DIRECTORY_MANAGE = "directory.manage"
    CODE_MANAGE = "code.manage"

    PERSON_READ = "person.read"
    PERSON_WRITE = "person.write"
    PERSON_SEARCH = "person.search"
    KNOWN_ELSEWHERE = "person.known_elsewhere"
    PROTECTION_SET = "protection.set"
    PROTECTION_ASK_RELEASE = "protection.ask_release"
    PROTECTION_RELEASE = "protection.release"
    PROTECTION_REVIEW = "protection.review"
    PROTECTION_END = "protection.end_grant"
    PROTECTION_SUCCEED = "protection.succeed"
    CONFLICT_MANAGE = "conflict.manage"

    RESOURCE_READ = "resource.read"
    RESOURCE_WRITE = "resource.write"

    CASE_READ = "case.read"
    CASE_LIST = "case.list"
    CASE_WRITE = "case.write"
    CASE_ASSESS = "case.assess"
    CASE_PLAN = "case.plan"
    CASE_DECIDE = "case.decide"
    CASE_EVALUATE = "case.evaluate"
    CASE_CLOSE = "case.close"
    CASE_INTERRUPT = "case.interrupt"
    CASE_REOPEN = "case.reopen"
    CASE_FOLLOW_UP = "case.follow_up"
    CASE_ASSIGN = "case.assign"
    CASE_HAND_OVER = "case.hand_over"
    CASE_STEP_OUT = "case.step_out"
    CASE_PROPOSE = "case.propose_for_meeting"
    CASE_GRANT = "case.grant"
    CASE_EMERGENCY = "case.emergency"
    EMERGENCY_READ = "emergency.read"
    EMERGENCY_REVIEW = "emergency.review"
    EMERGENCY_WATCH = "emergency.watch"
    ALERT_RAISE = "alert.raise"
    NOTE_READ = "note.read"
    NOTE_WRITE = "note.write"
    CONSENT_READ = "consent.read"
    CONSENT_WRITE = "consent.write"
    DISCLOSURE_WRITE = "disclosure.write"

    INTAKE_RECEIVE = "intake.receive"
    INTAKE_READ = "intake.read"
    INTAKE_SCREEN = "intake.screen"
    INTAKE_MERGE = "intake.merge"
    INTAKE_REVIEW = "intake.review_answered"

    REFERRAL_SEND = "referral.send"
    REFERRAL_READ = "referral.read"
    REFERRAL_ANSWER = "referral.answer"
    REFERRAL_WITHDRAW = "referral.withdraw"
    REFERRAL_COMPLETE = "referral.complete"
    REFERRAL_WATCH = "referral.watch"

    MEETING_PLAN = "meeting.plan"
    MEETING_READ = "meeting.read"
    MEETING_CONVENE = "meeting.convene"
    MEETING_RUN = "meeting.run"
    MEETING_DECIDE = "meeting.decide"
    MEETING_CONFIRM = "meeting.confirm"
    AGENDA_READ = "agenda.read"
    SHEET_WRITE = "sheet.write"
    SECRECY_CONFIRM = "secrecy.confirm"
    ACTION_READ = "action.read"
    ACTION_ANSWER = "action.answer"
    ACTION_TRACK = "action.track"

    PLAN_READ = "plan.read"
    PLAN_WRITE = "plan.write"
    PLAN_DECIDE = "plan.decide"
    EVALUATION_WRITE = "evaluation.write"

    OUTREACH_READ = "outreach.read"
    OUTREACH_WRITE = "outreach.write"
    OUTREACH_START = "outreach.start"

    PARTICIPATION_READ = "participation.read"
    PARTICIPATION_WRITE = "participation.write"
    PARTICIPATION_REQUEST = "participation.request"

    DISCLOSURE_REGISTER = "disclosure_request.register"
    DISCLOSURE_READ = "disclosure_request.read"
    DISCLOSURE_DECIDE = "disclosure_request.decide"
    DISCLOSURE_REVIEW = "disclosure_request.review"
    DISCLOSURE_EXPORT = "disclosure_request.export"

    RETENTION_READ = "retention.read"
    RETENTION_HOLD = "retention.hold"
    ERASURE_PROPOSE = "erasure.propose"
    ERASURE_DECIDE = "erasure.decide"
    ERASURE_RUN = "erasure.run"

    DOCUMENT_PRINT = "document.print"
    WORKLIST_READ = "worklist.read"
    STATISTICS_READ = "statistics.read"
    STATISTICS_SEAL = "statistics.seal"
    STATISTICS_REPORT = "statistics.report"
    EVALUATION_REPORT = "evaluation.report"
    OPERATIONS_READ = "operations.read"
    AUDIT_VERIFY = "audit.verify"
    AUDIT_SEAL = "audit.seal"
    AUDIT_READ = "audit.read"
    ACCESS_SCAN = "access.scan"
    ACCESS_REVIEW = "access.review"
    HOUSEKEEPING = "house.keep"
    KEYS_READ = "keys.read"
    KEYS_RETIRE = "keys.retire"
    KEYS_KEEP = "keys.keep"
    BACKUP_MAKE = "backup.make"


@dataclass(frozen=True, slots=True)
class Membership:
    """A role held in an agency, already known to be in force."""

    role: Role
    agency: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The actor in one role: what a reason is asked with. `agencies` are those in which the role is held."""

    id: UUID
    role: Role
    agencies: frozenset[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at the gate, with the memberships in force at `now`; `session_id` is the row behind the cookie.

    `confirmed_at`: when this person last proved at the keyboard who they are (sign-in or step-up).
    `rights`: counts in the session row how often rights were taken from this person while it was open.
    """

    id: UUID
    name: str
    memberships: tuple[Membership, ...]
    now: datetime
    session_id: UUID | None = None
    confirmed_at: datetime | None = None
    rights: int = 0
    roles: frozenset[Role] = field(init=False)
    standings: tuple[Standing, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(m.role for m in self.memberships))
        standings = tuple(
            Standing(self.id, role, frozenset(m.agency for m in self.memberships if m.role is role), self.now)
            for role in sorted(self.roles)
        )
        object.__setattr__(self, "standings", standings)

    @property
    def agencies(self) -> frozenset[str]:
        return frozenset(m.agency for m in self.memberships)

    def in_agency(self, agency: str) -> bool:
        return any(m.agency == agency for m in self.memberships)


SYSTEM_ID = UUID(int=1)


def system_actor(now: datetime) -> Actor:
    """The house itself: commands and scheduled work. It stands in the same policy table as everyone."""
    return Actor(SYSTEM_ID, "casework", (Membership(Role.SYSTEM, ""),), now)


OPERATOR_ID = UUID(int=3)


def operator_actor(now: datetime) -> Actor:
    """Whoever runs the machine and types `casework user`: the system's rights, under a name of their own."""
    return Actor(OPERATOR_ID, "casework user", (Membership(Role.SYSTEM, ""),), now)


def nobody(now: datetime) -> Actor:
    """Somebody who has not signed in."""
    return Actor(UUID(int=0), "", (), now)
