"""統計: sealed editions, and the role of those who report to the ministry."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_BEFORE = "role IN ('counselor', 'coordinator', 'outreach_worker', 'participation_coordinator', 'chair', 'secretariat', 'agency_member', 'supervisor', 'privacy_officer', 'administrator', 'system')"
_AFTER = "role IN ('counselor', 'coordinator', 'outreach_worker', 'participation_coordinator', 'chair', 'secretariat', 'agency_member', 'supervisor', 'privacy_officer', 'report_officer', 'administrator', 'system')"


def _roles(condition: str) -> None:
    with op.batch_alter_table("staff_role") as batch:
        batch.drop_constraint("ck_staff_role_role", type_="check")
        batch.create_check_constraint(op.f("ck_staff_role_role"), condition)


def upgrade() -> None:
    _roles(_AFTER)
    op.create_table(
        "stat_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("menu_version", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("key_mark", sa.String(length=16), nullable=False),
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('month', 'quarter', 'year')", name=op.f("ck_stat_edition_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stat_edition")),
        sa.UniqueConstraint("period", name=op.f("uq_stat_edition_period")),
    )
    op.create_index("ix_stat_edition_fiscal_year", "stat_edition", ["fiscal_year"], unique=False)
    op.create_table(
        "stat_table",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.String(length=128), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=128), nullable=False),
        sa.Column("of", sa.String(length=32), nullable=False),
        sa.Column("dims", sa.Text(), nullable=False),
        sa.Column("table_group", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["stat_edition.id"], name=op.f("fk_stat_table_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "table_id", name=op.f("pk_stat_table")),
    )
    op.create_table(
        "stat_cell",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("table_id", sa.String(length=128), nullable=False),
        sa.Column("at", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cell_key", sa.String(length=160), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "shown IS NULL OR (shown >= 10 AND shown % 5 = 0)", name=op.f("ck_stat_cell_protected")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["stat_edition.id"], name=op.f("fk_stat_cell_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "table_id", "at", name=op.f("pk_stat_cell")),
    )
    op.create_table(
        "plan_indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal", sa.String(length=8), nullable=False),
        sa.Column("viewpoint", sa.String(length=128), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["staff.id"],
            name=op.f("fk_plan_indicator_made_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_indicator")),
    )
    op.create_table(
        "plan_indicator_year",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("actual", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["plan_indicator.id"],
            name=op.f("fk_plan_indicator_year_indicator_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_indicator_year")),
        sa.UniqueConstraint(
            "indicator_id", "fiscal_year", name=op.f("uq_plan_indicator_year_indicator_id_fiscal_year")
        ),
    )
    op.create_table(
        "plan_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("goal", sa.String(length=8), nullable=False),
        sa.Column("viewpoint", sa.String(length=128), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("evaluator", sa.String(length=64), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"], ["staff.id"], name=op.f("fk_plan_finding_by"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_finding")),
    )
    op.create_index("ix_plan_finding_fiscal_year", "plan_finding", ["fiscal_year"], unique=False)


def downgrade() -> None:
    for name in ("plan_finding", "plan_indicator_year", "plan_indicator"):
        op.drop_table(name)
    op.drop_table("stat_cell")
    op.drop_table("stat_table")
    op.drop_table("stat_edition")
    op.execute("DELETE FROM staff_role WHERE role = 'report_officer'")
    _roles(_BEFORE)
