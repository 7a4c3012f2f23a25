"""Where the texts of a record stand: one line per table, the nature of each column, and whom it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...cases.models import (
    Alert,
    Assessment,
    AssessmentSection,
    Assignment,
    Case,
    CaseStep,
    Disclosure,
    Note,
    NoteSegment,
)
from ...cases.rules import BOUND_BASES, Section, SegmentClass
from ...db import Base
from ...intake.models import Intake
from ...meeting.models import ActionItem, AgendaItem, Decision, MinutesAddition
from ...outreach.models import OutreachEpisode, SafetyNote, Visit
from ...outreach.rules import OutreachBasis
from ...participation.models import Need, Placement, SettlingContact
from ...participation.rules import SettlingSide
from ...plan.models import Evaluation, GoalResult, Plan, PlanGoal, PlanLine, PlanRole
from ...referral.models import Referral
from ..rules import Nature, PartKind

N = Nature
Of = Callable[[Any], Nature]
CLASSES = {
    SegmentClass.FACT: N.FACT,
    SegmentClass.PERSON_WORD: N.OWN_WORD,
    SegmentClass.THIRD_PARTY_WORD: N.THIRD_PARTY,
    SegmentClass.AGENCY_INFORMATION: N.AGENCY,
    SegmentClass.OPINION: N.OPINION,
    SegmentClass.PLAN: N.POLICY,
}
SECTIONS = {Section.PRESENTING_ISSUE: N.OWN_WORD, Section.FAMILY_WISHES: N.THIRD_PARTY}


@dataclass(frozen=True)
class Source:
    """A table of a case's record. `parent` is the row it is part of (None: asked for by its own reason);
    `at` names the column with its day; `bound` tells from the row whether a secret meeting stands behind it."""

    kind: PartKind
    model: type[Base]
    fields: Mapping[str, Nature | Of]
    at: str
    parent: type[Base] | None = Case
    bound: Callable[[Any], bool] = field(default=lambda row: False)

    def nature(self, row: Any, column: str) -> Nature:
        found = self.fields[column]
        return found if isinstance(found, Nature) else found(row)


def _of_segment(row: NoteSegment) -> Nature:
    return CLASSES[SegmentClass(row.segment_class)]


def _of_section(row: AssessmentSection) -> Nature:
    return SECTIONS.get(Section(row.section), N.OPINION)


def _explained(row: Plan) -> Nature:
    """What was explained to the person is no longer the office's own deliberation."""
    return N.POLICY if row.explained_on is None else N.FACT


def _settling(row: SettlingContact) -> Nature:
    return N.FACT if row.side == SettlingSide.PERSON.value else N.THIRD_PARTY


def _visitor(row: Intake) -> Nature:
    """Who came to the window told it: the person, or somebody else."""
    return N.OWN_WORD if row.visitor_name is None else N.THIRD_PARTY


def _secret_item(row: AgendaItem) -> bool:
    return row.basis in BOUND_BASES


def _before_consent(row: OutreachEpisode | Visit) -> bool:
    return row.basis == OutreachBasis.SUPPORT_MEETING.value


K = PartKind
# Parents stand before their parts: a part is bound when its parent is.
OF_CASE: tuple[Source, ...] = (
    Source(K.CASE, CaseStep, {"why": N.AGENCY}, "at"),
    Source(K.CASE, Alert, {"text": N.AGENCY}, "raised_at"),
    Source(K.CASE, Assignment, {"task": N.POLICY}, "assigned_at"),
    Source(K.CASE, Disclosure, {"what": N.AGENCY}, "at", bound=lambda row: row.ground in BOUND_BASES),
    Source(
        K.NOTE,
        Note,
        {"with_whom": N.THIRD_PARTY, "next_step": N.POLICY},
        "happened_at",
        parent=None,
        bound=lambda row: row.method == "support_meeting",
    ),
    Source(
        K.NOTE,
        NoteSegment,
        {"text": _of_segment, "said_by": N.THIRD_PARTY},
        "",
        parent=Note,
        bound=lambda row: row.origin_basis in BOUND_BASES,
    ),
    Source(K.ASSESSMENT, Assessment, {}, "saved_at"),
    Source(K.ASSESSMENT, AssessmentSection, {"text": _of_section}, "", parent=Assessment),
    Source(
        K.PLAN,
        Plan,
        {
            "issues": N.OPINION,
            "wish": N.OWN_WORD,
            "long_term_goal": _explained,
            "emergency": _explained,
            "cancel_reason": N.AGENCY,
        },
        "period_from",
        parent=None,
    ),
    Source(K.PLAN, PlanGoal, {"text": N.POLICY}, "", parent=Plan),
    Source(K.PLAN, PlanLine, {"what": N.POLICY, "how_often": N.POLICY}, "", parent=Plan),
    Source(K.PLAN, PlanRole, {"task": N.POLICY}, "", parent=Plan),
    Source(
        K.EVALUATION,
        Evaluation,
        {"wish": N.OWN_WORD, "wish_absent_reason": N.AGENCY, "remains": N.OPINION},
        "evaluated_on",
    ),
    Source(K.EVALUATION, GoalResult, {"remark": N.OPINION}, "", parent=Evaluation),
    Source(
        K.REFERRAL,
        Referral,
        dict.fromkeys(("reason", "wishes", "return_text", "forward_text"), N.AGENCY),
        "sent_at",
    ),
    Source(
        K.MEETING,
        AgendaItem,
        {"purpose": N.POLICY, "minutes": N.POLICY, "withdraw_reason": N.AGENCY},
        "taken_at",
        bound=_secret_item,
    ),
    Source(K.MEETING, Decision, {"policy": N.POLICY}, "decided_at", parent=AgendaItem),
    Source(
        K.MEETING,
        ActionItem,
        {"task": N.POLICY, "reason": N.AGENCY, "result": N.AGENCY},
        "decided_at",
        parent=AgendaItem,
    ),
    Source(K.MEETING, MinutesAddition, {"text": N.POLICY}, "added_at", parent=AgendaItem),
    Source(
        K.OUTREACH,
        OutreachEpisode,
        {"background": N.AGENCY},
        "started_at",
        parent=None,
        bound=_before_consent,
    ),
    Source(
        K.OUTREACH,
        SafetyNote,
        {"text": N.OPINION, "not_to_do": N.OPINION},
        "written_at",
        parent=OutreachEpisode,
    ),
    Source(
        K.OUTREACH,
        Visit,
        {"text": N.FACT, "with_whom": N.THIRD_PARTY, "next_step": N.POLICY},
        "at",
        parent=OutreachEpisode,
        bound=_before_consent,
    ),
    Source(
        K.PARTICIPATION,
        Need,
        {"wish": N.OWN_WORD, "conditions": N.OWN_WORD},
        "requested_at",
        parent=None,
    ),
    Source(K.PARTICIPATION, Placement, {"text": N.FACT}, "begins_on", parent=Need),
    Source(K.PARTICIPATION, SettlingContact, {"text": _settling}, "at", parent=Need),
)
OF_INTAKE = Source(
    K.INTAKE,
    Intake,
    {
        "wishes": _visitor,
        "narrative": _visitor,
        "visitor_name": N.THIRD_PARTY,
        "visitor_phone": N.THIRD_PARTY,
        "safe_hours": N.FACT,
        "safe_remarks": N.FACT,
        "answer_text": N.FACT,
    },
    "received_on",
    parent=None,
)
