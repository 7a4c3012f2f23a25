"""鍵の廃棄: requests by one administrator, approved by another."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_OPEN = "state IN ('requested', 'approved')"


def upgrade() -> None:
    op.create_table(
        "key_retirement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kek_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by", name=op.f("ck_key_retirement_two_people")
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_key_retirement_approved_when")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'done') OR approved_by IS NOT NULL",
            name=op.f("ck_key_retirement_approved_first"),
        ),
        sa.CheckConstraint(
            "(state IN ('withdrawn', 'done')) = (ended_at IS NOT NULL)",
            name=op.f("ck_key_retirement_ended_when"),
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'withdrawn', 'done')", name=op.f("ck_key_retirement_state")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["staff.id"],
            name=op.f("fk_key_retirement_requested_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"],
            ["staff.id"],
            name=op.f("fk_key_retirement_approved_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_retirement")),
    )
    op.create_index("ix_key_retirement_state", "key_retirement", ["state"], unique=False)
    op.create_index(
        "uq_key_retirement_open",
        "key_retirement",
        ["kek_version"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )


def downgrade() -> None:
    op.drop_table("key_retirement")
