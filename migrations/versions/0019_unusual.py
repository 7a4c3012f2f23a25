"""気になる閲覧: findings with their review, and the count of records opened in an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

RULES = (
    "rule IN ('foreign_division', 'night', 'many_cases', 'colleague', 'walker', 'refused_row', 'emergency', "
    "'read_limit')"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "read_count",
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "hour", name=op.f("pk_read_count")),
    )
    op.create_table(
        "unusual_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(RULES, name=op.f("ck_unusual_access_rule")),
        sa.CheckConstraint("state IN ('open', 'reviewed')", name=op.f("ck_unusual_access_state")),
        sa.CheckConstraint(
            "verdict IN ('work', 'cleared_up', 'reported')", name=op.f("ck_unusual_access_verdict")
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> actor_id",
            name=op.f("ck_unusual_access_reviewed_by_another"),
        ),
        sa.CheckConstraint(
            "(state = 'reviewed') = (verdict IS NOT NULL AND text IS NOT NULL AND reviewed_by IS NOT NULL "
            "AND reviewed_at IS NOT NULL)",
            name=op.f("ck_unusual_access_reviewed"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["staff.id"],
            name=op.f("fk_unusual_access_actor_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["staff.id"],
            name=op.f("fk_unusual_access_reviewed_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unusual_access")),
        sa.UniqueConstraint("rule", "actor_id", "day", name=op.f("uq_unusual_access_rule_actor_id_day")),
    )
    for column in ("actor_id", "state", "found_at"):
        op.create_index(op.f(f"ix_unusual_access_{column}"), "unusual_access", [column], unique=False)


def downgrade() -> None:
    op.drop_table("unusual_access")
    op.drop_table("read_count")
