"""What comes into the house of meetings and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from ...kernel.errors import BadInput
from ...kernel.withheld import Withheld
from .flow import LEAD

SHEET_TEXTS = ("household_picture", "current_efforts", "wanted_agencies", "requests")


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """A meeting to be planned: exactly one legal basis and one convener (I8). `minutes` is its length."""

    basis: str
    convener: str
    chair_id: UUID
    secretariat_id: UUID
    planned_at: datetime
    deputy_id: UUID | None = None
    place: str | None = None
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class AgendaDraft:
    """A proposal that waits, or a case directly. `items` are the consent_item codes that will be told."""

    purpose: str
    proposal_id: UUID | None = None
    case_id: UUID | None = None
    plan_id: UUID | None = None
    starts_at: datetime | None = None
    items: tuple[str, ...] = ("consultation",)


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """Who is convened for one case and why; without a person the agency sends somebody."""

    agency: str
    ground: str
    staff_id: UUID | None = None
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MembersDraft:
    members: tuple[MemberDraft, ...]


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """準備シート of one agency: four texts of the form."""

    agency: str
    household_picture: str | None = None
    current_efforts: str | None = None
    wanted_agencies: str | None = None
    requests: str | None = None


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    member_id: UUID
    attendance: str
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class AttendanceDraft:
    lines: tuple[AttendanceLine, ...]


@dataclass(frozen=True, slots=True)
class MinutesDraft:
    text: str


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """対応事項: agency, person and date (I19), the part it plays, and what is to be done."""

    task: str
    agency: str | None = None
    staff_id: UUID | None = None
    due_on: date | None = None
    role: str = "support"
    initiative: str | None = None


@dataclass(frozen=True, slots=True)
class MissingDraft:
    """A resource the meeting found missing (地域づくり)."""

    text: str
    place_kind: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """決定: 方針, verdict, 主担当, 役割分担, what is missing, the next meeting."""

    policy: str
    verdict: str | None = None
    lead_agency: str | None = None
    lead_id: UUID | None = None
    actions: tuple[ActionDraft, ...] = ()
    missing: tuple[MissingDraft, ...] = ()
    next_meeting_on: date | None = None
    plan_agreed: bool = False


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """What is taken down while a case is discussed: its minutes, and the decision as soon as there is one."""

    text: str
    policy: str | None = None
    verdict: str | None = None
    lead_agency: str | None = None
    lead_id: UUID | None = None
    actions: tuple[ActionDraft, ...] = ()
    missing: tuple[MissingDraft, ...] = ()
    next_meeting_on: date | None = None
    plan_agreed: bool = False

    def decision(self) -> DecisionDraft | None:
        """The decision if anything of it was written; BadInput without its 方針."""
        parts = (self.verdict, self.lead_agency, self.lead_id, self.actions, self.missing)
        if not (self.policy or any(parts) or self.next_meeting_on or self.plan_agreed):
            return None
        if not self.policy:
            raise BadInput("decision_policy_missing", "policy")
        return DecisionDraft(
            self.policy,
            self.verdict,
            self.lead_agency,
            self.lead_id,
            self.actions,
            self.missing,
            self.next_meeting_on,
            self.plan_agreed,
        )


@dataclass(frozen=True, slots=True)
class DoneDraft:
    done_on: date | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class ReassignDraft:
    agency: str
    staff_id: UUID | None = None
    due_on: date | None = None


def check_decision(draft: DecisionDraft, *, today: date, has_plan: bool) -> None:
    """Every decision names agency, person and date (I19); a supporting decision names its lead."""
    for n, action in enumerate(draft.actions):
        at = f"actions.{n}"
        if not action.agency:
            raise BadInput("action_agency_missing", f"{at}.agency")
        if action.staff_id is None:
            raise BadInput("action_person_missing", f"{at}.staff_id")
        if action.due_on is None:
            raise BadInput("action_date_missing", f"{at}.due_on")
        if action.due_on < today:
            raise BadInput("action_date_past", f"{at}.due_on")
        if action.role == LEAD:
            raise BadInput("lead_named_apart", f"{at}.role")
    if draft.verdict is None and not draft.actions:
        raise BadInput("decision_empty", "actions")
    if (draft.lead_agency is None) != (draft.lead_id is None):
        raise BadInput("lead_incomplete", "lead_id" if draft.lead_id is None else "lead_agency")
    if draft.lead_id is None and (draft.actions or draft.verdict in (None, "continue", "replan")):
        raise BadInput("decision_lead_missing", "lead_id")
    if draft.next_meeting_on is not None and draft.next_meeting_on < today:
        raise BadInput("action_date_past", "next_meeting_on")
    if draft.plan_agreed and not has_plan:
        raise BadInput("no_plan_on_item", "plan_agreed")


def check_sheet(draft: SheetDraft) -> None:
    if all(getattr(draft, name) is None for name in SHEET_TEXTS):
        raise BadInput("sheet_empty", "household_picture")


# -- what is given -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberView:
    id: UUID
    agenda_item_id: UUID
    agency: str
    staff_id: UUID | None
    ground: str
    invited_at: datetime
    access_ends_at: datetime | None
    attendance: str | None
    proxy: str | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in the list of a meeting. Before secrecy only its number is told."""

    sort: int
    id: UUID | Withheld
    case_id: UUID | Withheld
    purpose: str | Withheld | None
    starts_at: datetime | Withheld | None
    decided: bool | Withheld
    number: str | None = None  # of the case, for those who may see it on a list


@dataclass(frozen=True, slots=True)
class MeetingLine:
    id: UUID
    basis: str
    convener: str
    state: str
    planned_at: datetime
    place: str | None
    secrecy_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class MeetingView:
    id: UUID
    version: int
    basis: str
    convener: str
    chair_id: UUID
    deputy_id: UUID | None
    secretariat_id: UUID
    place: str | None
    planned_at: datetime
    minutes: int
    state: str
    secrecy_confirmed: bool
    cancel_reason: str | Withheld | None
    items: tuple[ItemLine, ...]
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    id: UUID
    version: int
    agenda_item_id: UUID
    agency: str
    household_picture: str | None
    current_efforts: str | None
    wanted_agencies: str | None
    requests: str | None
    written_by: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A meeting as it lies on the table: its cases, and the sheets of those one may see."""

    meeting: MeetingView
    sheets: tuple[SheetView, ...]


@dataclass(frozen=True, slots=True)
class MissingView:
    place_kind: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class ActionView:
    id: UUID
    version: int
    agenda_item_id: UUID
    case_id: UUID
    state: str
    owner_id: UUID
    owner_agency: str
    role: str
    initiative: str | None
    due_on: date
    overdue: bool
    task: str | None
    reason: str | None
    done_on: date | None
    result: str | None
    moves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionView:
    policy: str | None
    verdict: str | None
    lead_agency: str | None
    lead_id: UUID | None
    plan_agreed: bool
    next_meeting_on: date | None
    decided_by: UUID
    decided_at: datetime
    actions: tuple[ActionView, ...]
    missing: tuple[MissingView, ...]


@dataclass(frozen=True, slots=True)
class AdditionView:
    text: str | None
    added_by: UUID
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ItemView:
    """One case of a meeting as its chair, secretariat and convened members see it."""

    id: UUID
    version: int
    meeting_id: UUID
    case_id: UUID
    sort: int
    basis: str
    plan_id: UUID | None
    starts_at: datetime | None
    purpose: str | None
    withdrawn: bool
    items: tuple[str, ...]
    minutes: str | Withheld | None
    additions: tuple[AdditionView, ...] | Withheld
    members: tuple[MemberView, ...] | Withheld
    decision: DecisionView | Withheld | None
    meeting_state: str | None = None  # of the meeting, for those who may see it
    number: str | None = None  # of the case, for those who may see it on a list


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A case that waits for a meeting, as the secretariat sees it."""

    id: UUID
    case_id: UUID
    cause: str
    basis: str
    reason: str | None
    proposed_by: UUID
    proposed_at: datetime
    number: str | None = None


@dataclass(frozen=True, slots=True)
class ConvenedLine:
    """An item the actor is convened for."""

    id: UUID
    meeting_id: UUID
    sort: int
    basis: str
    planned_at: datetime
    place: str | None
    purpose: str | None
