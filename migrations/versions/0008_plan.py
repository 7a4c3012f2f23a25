"""支援プラン and 評価."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("issues", sa.LargeBinary(), nullable=True),
        sa.Column("wish", sa.LargeBinary(), nullable=True),
        sa.Column("long_term_goal", sa.LargeBinary(), nullable=True),
        sa.Column("emergency", sa.LargeBinary(), nullable=True),
        sa.Column("cancel_reason", sa.LargeBinary(), nullable=True),
        sa.Column("outreach_needed", sa.Boolean(), nullable=False),
        sa.Column("participation_needed", sa.Boolean(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("explained_on", sa.Date(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_agency", sa.String(length=64), nullable=True),
        sa.Column("started_before", sa.Boolean(), nullable=False),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("ended_with_case", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'explained', 'consented', 'in_conference', 'decided', 'active', 'under_review', 'revised', 'completed', 'cancelled')",
            name="state",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'explained', 'consented', 'in_conference', 'decided', 'active', 'under_review', 'revised', 'completed', 'cancelled')",
            name=op.f("ck_plan_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'completed', 'decided', 'revised', 'under_review') OR (decided_on IS NOT NULL AND decided_by IS NOT NULL AND decided_agency IS NOT NULL)",
            name=op.f("ck_plan_decided"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('active', 'under_review') OR (next_review_on IS NOT NULL AND responsible_id IS NOT NULL)",
            name=op.f("ck_plan_active"),
        ),
        sa.CheckConstraint("period_to IS NULL OR period_to >= period_from", name=op.f("ck_plan_period")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_plan_author_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_plan_case_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_agency"],
            ["agency.code"],
            name=op.f("fk_plan_decided_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name=op.f("fk_plan_decided_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"],
            ["staff.id"],
            name=op.f("fk_plan_responsible_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("case_id", "revision", name=op.f("uq_plan_case_id_revision")),
    )
    op.create_index(op.f("ix_plan_case_id"), "plan", ["case_id"], unique=False)
    op.create_index(op.f("ix_plan_next_review_on"), "plan", ["next_review_on"], unique=False)
    op.create_index(op.f("ix_plan_responsible_id"), "plan", ["responsible_id"], unique=False)
    op.create_index(op.f("ix_plan_state"), "plan", ["state"], unique=False)
    op.create_index(
        "uq_plan_one_running",
        "plan",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('decided', 'active', 'under_review')"),
        postgresql_where=sa.text("state IN ('decided', 'active', 'under_review')"),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("evaluated_on", sa.Date(), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("wish", sa.LargeBinary(), nullable=True),
        sa.Column("wish_absent_reason", sa.LargeBinary(), nullable=True),
        sa.Column("remains", sa.LargeBinary(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "wish IS NOT NULL OR wish_absent_reason IS NOT NULL", name=op.f("ck_evaluation_wish_or_reason")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["staff.id"],
            name=op.f("fk_evaluation_author_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_evaluation_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
            name=op.f("fk_evaluation_plan_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
    )
    op.create_index(op.f("ix_evaluation_case_id"), "evaluation", ["case_id"], unique=False)
    op.create_index(op.f("ix_evaluation_plan_id"), "evaluation", ["plan_id"], unique=False)
    op.create_table(
        "plan_goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_plan_goal_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_goal_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goal")),
    )
    op.create_index(op.f("ix_plan_goal_plan_id"), "plan_goal", ["plan_id"], unique=False)
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=True),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("by_when", sa.Date(), nullable=True),
        sa.Column("how_often", sa.LargeBinary(), nullable=True),
        sa.Column("initiative", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(who = 'agency') = (agency IS NOT NULL)", name=op.f("ck_plan_line_agency_named")),
        sa.CheckConstraint("who IN ('person', 'family', 'agency')", name="who"),
        sa.CheckConstraint("who IN ('person', 'family', 'agency')", name=op.f("ck_plan_line_who")),
        sa.ForeignKeyConstraint(
            ["agency"],
            ["agency.code"],
            name=op.f("fk_plan_line_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_plan_line_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.key"],
            name=op.f("fk_plan_line_initiative"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_line_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
    )
    op.create_index(op.f("ix_plan_line_plan_id"), "plan_line", ["plan_id"], unique=False)
    op.create_table(
        "plan_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("task", sa.LargeBinary(), nullable=True),
        sa.Column("initiative", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency"],
            ["agency.code"],
            name=op.f("fk_plan_role_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_plan_role_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.key"],
            name=op.f("fk_plan_role_initiative"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_role_plan_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_plan_role_staff_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_role")),
    )
    op.create_index(op.f("ix_plan_role_plan_id"), "plan_role", ["plan_id"], unique=False)
    op.create_table(
        "goal_result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_goal_result_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_goal_result_evaluation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["goal_id"],
            ["plan_goal.id"],
            name=op.f("fk_goal_result_goal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_result")),
        sa.UniqueConstraint("evaluation_id", "goal_id", name=op.f("uq_goal_result_evaluation_id_goal_id")),
    )
    op.create_index(op.f("ix_goal_result_evaluation_id"), "goal_result", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_goal_result_goal_id"), "goal_result", ["goal_id"], unique=False)
    op.create_table(
        "observed_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_observed_change_evaluation_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observed_change")),
        sa.UniqueConstraint("evaluation_id", "code", name=op.f("uq_observed_change_evaluation_id_code")),
    )
    op.create_index(
        op.f("ix_observed_change_evaluation_id"), "observed_change", ["evaluation_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("observed_change")
    op.drop_table("goal_result")
    op.drop_table("plan_role")
    op.drop_table("plan_line")
    op.drop_table("plan_goal")
    op.drop_table("evaluation")
    op.drop_table("plan")
