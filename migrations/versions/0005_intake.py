"""受付."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "intake_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_intake_draft_staff_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_draft")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_intake_draft_staff_id")),
    )
    op.create_table(
        "intake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("window", sa.String(length=64), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorder_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_name", sa.LargeBinary(), nullable=True),
        sa.Column("visitor_phone", sa.LargeBinary(), nullable=True),
        sa.Column("visitor_relation", sa.String(length=64), nullable=True),
        sa.Column("wishes", sa.LargeBinary(), nullable=True),
        sa.Column("narrative", sa.LargeBinary(), nullable=True),
        sa.Column("intake_route", sa.String(length=64), nullable=True),
        sa.Column("urgency", sa.String(length=64), nullable=True),
        sa.Column("consent", sa.String(length=32), nullable=False),
        sa.Column("consent_reason", sa.String(length=64), nullable=True),
        sa.Column("safe_hours", sa.LargeBinary(), nullable=True),
        sa.Column("safe_remarks", sa.LargeBinary(), nullable=True),
        sa.Column("message_ok", sa.Boolean(), nullable=True),
        sa.Column("letter_ok", sa.Boolean(), nullable=True),
        sa.Column("next_contact_on", sa.Date(), nullable=True),
        sa.Column("answer_reason", sa.String(length=64), nullable=True),
        sa.Column("next_place", sa.String(length=64), nullable=True),
        sa.Column("answer_text", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("merged_into_intake", sa.Uuid(), nullable=True),
        sa.Column("merged_into_case", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(consent = 'cannot_ask') = (consent_reason IS NOT NULL)", name=op.f("ck_intake_consent_why")
        ),
        sa.CheckConstraint("consent IN ('given', 'refused', 'not_asked', 'cannot_ask')", name="consent"),
        sa.CheckConstraint(
            "consent IN ('given', 'refused', 'not_asked', 'cannot_ask')", name=op.f("ck_intake_consent")
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR (answer_reason IS NOT NULL AND next_place IS NOT NULL)",
            name=op.f("ck_intake_answered_how"),
        ),
        sa.CheckConstraint(
            "state <> 'merged_duplicate' OR (merged_into_intake IS NULL) <> (merged_into_case IS NULL)",
            name=op.f("ck_intake_merged_where"),
        ),
        sa.CheckConstraint(
            "state <> 'seeking_consent' OR next_contact_on IS NOT NULL", name=op.f("ck_intake_recontact_when")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_screening', 'answered', 'kept_by_division', 'referred', 'seeking_consent', 'emergency', 'merged_duplicate')",
            name="state",
        ),
        sa.CheckConstraint(
            "state IN ('received', 'in_screening', 'answered', 'kept_by_division', 'referred', 'seeking_consent', 'emergency', 'merged_duplicate')",
            name=op.f("ck_intake_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('kept_by_division', 'referred', 'emergency') OR case_id IS NOT NULL",
            name=op.f("ck_intake_case_opened"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_intake_decided_by_whom")
        ),
        sa.CheckConstraint(
            "merged_into_intake IS NULL OR merged_into_intake <> id", name=op.f("ck_intake_not_into_itself")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_intake_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name=op.f("fk_intake_decided_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_case"],
            ["case_file.id"],
            name=op.f("fk_intake_merged_into_case"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_intake"],
            ["intake.id"],
            name=op.f("fk_intake_merged_into_intake"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency"],
            ["agency.code"],
            name=op.f("fk_intake_owner_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff.id"], name=op.f("fk_intake_owner_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_intake_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["recorder_id"],
            ["staff.id"],
            name=op.f("fk_intake_recorder_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["window"],
            ["service_window.code"],
            name=op.f("fk_intake_window"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("number", name=op.f("uq_intake_number")),
    )
    op.create_index(
        "ix_intake_agency_list", "intake", ["owner_agency", "state", "received_at", "id"], unique=False
    )
    op.create_index(op.f("ix_intake_case_id"), "intake", ["case_id"], unique=False)
    op.create_index(op.f("ix_intake_merged_into_case"), "intake", ["merged_into_case"], unique=False)
    op.create_index(op.f("ix_intake_merged_into_intake"), "intake", ["merged_into_intake"], unique=False)
    op.create_index(op.f("ix_intake_next_contact_on"), "intake", ["next_contact_on"], unique=False)
    op.create_index(op.f("ix_intake_owner_agency"), "intake", ["owner_agency"], unique=False)
    op.create_index(op.f("ix_intake_owner_id"), "intake", ["owner_id"], unique=False)
    op.create_index(
        "ix_intake_owner_list", "intake", ["owner_id", "state", "received_at", "id"], unique=False
    )
    op.create_index(op.f("ix_intake_person_id"), "intake", ["person_id"], unique=False)
    op.create_index(op.f("ix_intake_recorder_id"), "intake", ["recorder_id"], unique=False)
    op.create_index(op.f("ix_intake_state"), "intake", ["state"], unique=False)
    op.create_index(op.f("ix_intake_window"), "intake", ["window"], unique=False)
    op.create_table(
        "intake_topic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"],
            ["intake.id"],
            name=op.f("fk_intake_topic_intake_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_topic")),
        sa.UniqueConstraint("intake_id", "code", name=op.f("uq_intake_topic_intake_id_code")),
    )
    op.create_index(
        "uq_intake_topic_main",
        "intake_topic",
        ["intake_id"],
        unique=True,
        sqlite_where=sa.text("main"),
        postgresql_where=sa.text("main"),
    )


def downgrade() -> None:
    op.drop_table("intake_topic")
    op.drop_table("intake")
    op.drop_table("intake_draft")
