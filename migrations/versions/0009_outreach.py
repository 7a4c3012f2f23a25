"""アウトリーチ."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "outreach_episode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("trigger", sa.String(length=64), nullable=False),
        sa.Column("background", sa.LargeBinary(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("handed_to", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (end_reason IS NOT NULL)", name=op.f("ck_outreach_episode_ended_why")
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_outreach_episode_ended_when")
        ),
        sa.CheckConstraint("basis IN ('support_meeting', 'consent')", name="basis"),
        sa.CheckConstraint("basis IN ('support_meeting', 'consent')", name=op.f("ck_outreach_episode_basis")),
        sa.CheckConstraint(
            "state IN ('identified', 'preparing', 'approaching', 'relating', 'planned', 'accompanied', 'handed_over', 'stable', 'ended', 'paused')",
            name="state",
        ),
        sa.CheckConstraint(
            "state IN ('identified', 'preparing', 'approaching', 'relating', 'planned', 'accompanied', 'handed_over', 'stable', 'ended', 'paused')",
            name=op.f("ck_outreach_episode_state"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_outreach_episode_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["handed_to"],
            ["agency.code"],
            name=op.f("fk_outreach_episode_handed_to"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency"],
            ["agency.code"],
            name=op.f("fk_outreach_episode_owner_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["staff.id"],
            name=op.f("fk_outreach_episode_owner_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_outreach_episode_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_episode")),
    )
    op.create_index(op.f("ix_outreach_episode_case_id"), "outreach_episode", ["case_id"], unique=False)
    op.create_index(op.f("ix_outreach_episode_next_on"), "outreach_episode", ["next_on"], unique=False)
    op.create_index(
        op.f("ix_outreach_episode_owner_agency"), "outreach_episode", ["owner_agency"], unique=False
    )
    op.create_index(op.f("ix_outreach_episode_owner_id"), "outreach_episode", ["owner_id"], unique=False)
    op.create_index(op.f("ix_outreach_episode_person_id"), "outreach_episode", ["person_id"], unique=False)
    op.create_index(op.f("ix_outreach_episode_state"), "outreach_episode", ["state"], unique=False)
    op.create_table(
        "safety_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("not_to_do", sa.LargeBinary(), nullable=True),
        sa.Column("by_two", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_safety_note_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["outreach_episode.id"],
            name=op.f("fk_safety_note_episode_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["staff.id"],
            name=op.f("fk_safety_note_written_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_note")),
    )
    op.create_index(op.f("ix_safety_note_episode_id"), "safety_note", ["episode_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("by_two", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("with_whom", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("next_step", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("basis IN ('support_meeting', 'consent')", name="basis"),
        sa.CheckConstraint("basis IN ('support_meeting', 'consent')", name=op.f("ck_visit_basis")),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 1440", name=op.f("ck_visit_minutes")),
        sa.ForeignKeyConstraint(
            ["by"], ["staff.id"], name=op.f("fk_visit_by"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_visit_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"],
            ["outreach_episode.id"],
            name=op.f("fk_visit_episode_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_log", "visit", ["episode_id", "at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("visit")
    op.drop_table("safety_note")
    op.drop_table("outreach_episode")
