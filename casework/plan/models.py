"""Tables of 支援プラン and 評価, sealed with the case's key."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Confidential, Versioned, code_column, ref, sealed, state_column
from ..db.base import key
from .rules import RUNNING, ActorKind, PlanState

_DECIDED = ", ".join(f"'{s.value}'" for s in sorted(RUNNING | {PlanState.REVISED, PlanState.COMPLETED}))


class Plan(Versioned, Confidential, Base):
    """One version of a case's plan. Decided versions are immutable (I18); a change is the next revision."""

    __tablename__ = "plan"
    __sealed_by__ = "case_id"
    __table_args__ = (
        UniqueConstraint("case_id", "revision"),
        CheckConstraint("period_to IS NULL OR period_to >= period_from", name="period"),
        CheckConstraint(
            f"state NOT IN ({_DECIDED}) OR (decided_on IS NOT NULL AND decided_by IS NOT NULL "
            "AND decided_agency IS NOT NULL)",
            name="decided",
        ),
        CheckConstraint(
            "state NOT IN ('active', 'under_review') OR (next_review_on IS NOT NULL AND responsible_id IS NOT NULL)",
            name="active",
        ),
        Index(
            "uq_plan_one_running",
            "case_id",
            unique=True,
            sqlite_where=text("state IN ('decided', 'active', 'under_review')"),
            postgresql_where=text("state IN ('decided', 'active', 'under_review')"),
        ),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    revision: Mapped[int]
    state: Mapped[str] = state_column(PlanState)
    period_from: Mapped[date]
    period_to: Mapped[date | None]
    issues: Mapped[bytes | None] = sealed()
    wish: Mapped[bytes | None] = sealed()
    long_term_goal: Mapped[bytes | None] = sealed()
    emergency: Mapped[bytes | None] = sealed()
    cancel_reason: Mapped[bytes | None] = sealed()
    outreach_needed: Mapped[bool]
    participation_needed: Mapped[bool]
    responsible_id: Mapped[UUID | None] = ref("staff.id")
    explained_on: Mapped[date | None]
    consented_at: Mapped[datetime | None]
    agenda_item_id: Mapped[UUID | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None] = ref("staff.id", index=False)
    decided_agency: Mapped[str | None] = ref("agency.code", index=False)
    started_before: Mapped[bool] = mapped_column(default=False)
    next_review_on: Mapped[date | None] = mapped_column(index=True)
    ended_with_case: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[UUID] = ref("staff.id", index=False)
    created_at: Mapped[datetime]


class PlanGoal(Confidential, Base):
    """達成目標."""

    __tablename__ = "plan_goal"
    __part_of__ = "plan_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    plan_id: Mapped[UUID] = ref("plan.id")
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    sort: Mapped[int]
    text: Mapped[bytes | None] = sealed()


class PlanLine(Confidential, Base):
    """What is done, by whom, by when, how often; perhaps under a 取組 of the city plan."""

    __tablename__ = "plan_line"
    __part_of__ = "plan_id"
    __sealed_by__ = "case_id"
    __table_args__ = (CheckConstraint("(who = 'agency') = (agency IS NOT NULL)", name="agency_named"),)
    id: Mapped[UUID] = key()
    plan_id: Mapped[UUID] = ref("plan.id")
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    sort: Mapped[int]
    what: Mapped[bytes | None] = sealed()
    who: Mapped[str] = state_column(ActorKind, name="who", index=False)
    agency: Mapped[str | None] = ref("agency.code", index=False)
    by_when: Mapped[date | None]
    how_often: Mapped[bytes | None] = sealed()
    initiative: Mapped[str | None] = ref("initiative.key", index=False)


class PlanRole(Confidential, Base):
    """役割分担: an agency's role in the plan, with its person and 取組."""

    __tablename__ = "plan_role"
    __part_of__ = "plan_id"
    __sealed_by__ = "case_id"
    id: Mapped[UUID] = key()
    plan_id: Mapped[UUID] = ref("plan.id")
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    agency: Mapped[str] = ref("agency.code", index=False)
    staff_id: Mapped[UUID | None] = ref("staff.id", index=False)
    task: Mapped[bytes | None] = sealed()
    initiative: Mapped[str | None] = ref("initiative.key", index=False)


class Evaluation(Confidential, Base):
    """評価 of a plan; the person's wish, or why it could not be had (I15)."""

    __tablename__ = "evaluation"
    __part_of__ = "case_id"
    __sealed_by__ = "case_id"
    __table_args__ = (
        CheckConstraint("wish IS NOT NULL OR wish_absent_reason IS NOT NULL", name="wish_or_reason"),
    )
    id: Mapped[UUID] = key()
    case_id: Mapped[UUID] = ref("case_file.id")
    plan_id: Mapped[UUID] = ref("plan.id")
    evaluated_on: Mapped[date]
    verdict: Mapped[str] = code_column("verdict")
    wish: Mapped[bytes | None] = sealed()
    wish_absent_reason: Mapped[bytes | None] = sealed()
    remains: Mapped[bytes | None] = sealed()
    author_id: Mapped[UUID] = ref("staff.id", index=False)
    recorded_at: Mapped[datetime]


class GoalResult(Confidential, Base):
    """達成状況 of one goal."""

    __tablename__ = "goal_result"
    __part_of__ = "evaluation_id"
    __sealed_by__ = "case_id"
    __table_args__ = (UniqueConstraint("evaluation_id", "goal_id"),)
    id: Mapped[UUID] = key()
    evaluation_id: Mapped[UUID] = ref("evaluation.id")
    case_id: Mapped[UUID] = ref("case_file.id", index=False)
    goal_id: Mapped[UUID] = ref("plan_goal.id")
    status: Mapped[str] = code_column("goal_status")
    remark: Mapped[bytes | None] = sealed()


class ObservedChange(Confidential, Base):
    """見られた変化."""

    __tablename__ = "observed_change"
    __part_of__ = "evaluation_id"
    __table_args__ = (UniqueConstraint("evaluation_id", "code"),)
    id: Mapped[UUID] = key()
    evaluation_id: Mapped[UUID] = ref("evaluation.id")
    code: Mapped[str] = mapped_column(String(64))
