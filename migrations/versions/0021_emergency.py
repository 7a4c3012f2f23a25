"""緊急閲覧, and what a grant is for by code and from when."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_MOMENT = sa.DateTime(timezone=True)


def _ref(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [target],
        name=op.f(f"fk_emergency_access_{column}"),
        deferrable=True,
        initially="DEFERRED",
    )


def _check(condition: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_emergency_access_{name}"))


def upgrade() -> None:
    with op.batch_alter_table("access_grant") as table:
        table.add_column(sa.Column("purpose_code", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("begins_at", _MOMENT, nullable=True))
    grant = sa.table(
        "access_grant",
        sa.column("purpose_code", sa.String()),
        sa.column("begins_at", _MOMENT),
        sa.column("given_at", _MOMENT),
    )
    op.execute(grant.update().values(purpose_code="other", begins_at=grant.c.given_at))
    with op.batch_alter_table("access_grant") as table:
        table.alter_column("purpose_code", existing_type=sa.String(length=64), nullable=False)
        table.alter_column("begins_at", existing_type=_MOMENT, nullable=False)
        table.create_index(op.f("ix_access_grant_ends_at"), ["ends_at"])
    op.create_table(
        "emergency_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("begins_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("review_due_at", _MOMENT, nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("follow_up", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", _MOMENT, nullable=True),
        _check("until > begins_at AND ends_at <= until", "period"),
        _check("(verdict IS NULL) = (reviewed_at IS NULL)", "reviewed_when"),
        _check("(verdict IS NULL) = (reviewed_by IS NULL)", "reviewed_by_whom"),
        _check("reviewed_by IS NULL OR reviewed_by <> staff_id", "not_oneself"),
        _check("verdict <> 'not_justified' OR follow_up IS NOT NULL", "followed_up"),
        _check("verdict IN ('justified', 'not_justified')", "verdict"),
        _ref("case_id", "case_file.id"),
        _ref("staff_id", "staff.id"),
        _ref("agency", "agency.code"),
        _ref("reviewed_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_access")),
    )
    for column in ("case_id", "staff_id", "agency", "begins_at", "verdict"):
        op.create_index(op.f(f"ix_emergency_access_{column}"), "emergency_access", [column], unique=False)


def downgrade() -> None:
    op.drop_table("emergency_access")
    with op.batch_alter_table("access_grant") as table:
        table.drop_index(op.f("ix_access_grant_ends_at"))
        table.drop_column("begins_at")
        table.drop_column("purpose_code")
