"""つなぎ."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("from_staff", sa.Uuid(), nullable=False),
        sa.Column("from_agency", sa.String(length=64), nullable=False),
        sa.Column("to_agency", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("wishes", sa.LargeBinary(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("with_consent", sa.Boolean(), nullable=False),
        sa.Column("consent_thread", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.String(length=64), nullable=True),
        sa.Column("keep_role", sa.String(length=64), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ack_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("return_reason", sa.String(length=64), nullable=True),
        sa.Column("return_text", sa.LargeBinary(), nullable=True),
        sa.Column("forward_text", sa.LargeBinary(), nullable=True),
        sa.Column("forwarded_to", sa.String(length=64), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(state = 'completed') = (completed_on IS NOT NULL AND completed_by IS NOT NULL)",
            name=op.f("ck_referral_completed_when"),
        ),
        sa.CheckConstraint(
            "(state = 'forwarded') = (forwarded_to IS NOT NULL)", name=op.f("ck_referral_forwarded_where")
        ),
        sa.CheckConstraint(
            "(state IN ('sent', 'acknowledged')) = (answered_at IS NULL)",
            name=op.f("ck_referral_answered_when"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR return_reason IS NOT NULL", name=op.f("ck_referral_returned_why")
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'acknowledged', 'accepted', 'returned', 'forwarded', 'withdrawn', 'completed')",
            name="state",
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'acknowledged', 'accepted', 'returned', 'forwarded', 'withdrawn', 'completed')",
            name=op.f("ck_referral_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'completed') OR accepted_by IS NOT NULL",
            name=op.f("ck_referral_accepted_by_whom"),
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_referral_acknowledged_by_whom"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_referral_answered_by_whom")
        ),
        sa.CheckConstraint("to_agency <> from_agency", name=op.f("ck_referral_two_agencies")),
        sa.CheckConstraint("with_consent = (consent_thread IS NOT NULL)", name=op.f("ck_referral_consent")),
        sa.CheckConstraint("with_consent = (ground IS NULL)", name=op.f("ck_referral_ground")),
        sa.ForeignKeyConstraint(
            ["accepted_by"],
            ["staff.id"],
            name=op.f("fk_referral_accepted_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"],
            ["staff.id"],
            name=op.f("fk_referral_acknowledged_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["staff.id"],
            name=op.f("fk_referral_answered_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_referral_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["completed_by"],
            ["staff.id"],
            name=op.f("fk_referral_completed_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["forwarded_to"],
            ["agency.code"],
            name=op.f("fk_referral_forwarded_to"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["from_agency"],
            ["agency.code"],
            name=op.f("fk_referral_from_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["from_staff"],
            ["staff.id"],
            name=op.f("fk_referral_from_staff"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency"],
            ["agency.code"],
            name=op.f("fk_referral_owner_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["staff.id"],
            name=op.f("fk_referral_owner_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["referral.id"],
            name=op.f("fk_referral_previous_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["to_agency"],
            ["agency.code"],
            name=op.f("fk_referral_to_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("number", name=op.f("uq_referral_number")),
    )
    op.create_index(op.f("ix_referral_case_id"), "referral", ["case_id"], unique=False)
    op.create_index("ix_referral_due", "referral", ["state", "ack_due_at"], unique=False)
    op.create_index(op.f("ix_referral_from_agency"), "referral", ["from_agency"], unique=False)
    op.create_index(op.f("ix_referral_from_staff"), "referral", ["from_staff"], unique=False)
    op.create_index("ix_referral_inbox", "referral", ["to_agency", "state", "sent_at", "id"], unique=False)
    op.create_index(op.f("ix_referral_owner_agency"), "referral", ["owner_agency"], unique=False)
    op.create_index(op.f("ix_referral_owner_id"), "referral", ["owner_id"], unique=False)
    op.create_index(op.f("ix_referral_previous_id"), "referral", ["previous_id"], unique=False)
    op.create_index("ix_referral_sent", "referral", ["from_agency", "state", "sent_at", "id"], unique=False)
    op.create_index(op.f("ix_referral_state"), "referral", ["state"], unique=False)
    op.create_index(op.f("ix_referral_to_agency"), "referral", ["to_agency"], unique=False)
    op.create_index(
        "uq_referral_pending",
        "referral",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('sent', 'acknowledged')"),
        postgresql_where=sa.text("state IN ('sent', 'acknowledged')"),
    )
    op.create_table(
        "referral_segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("segment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.id"],
            name=op.f("fk_referral_segment_referral_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["note_segment.id"],
            name=op.f("fk_referral_segment_segment_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_segment")),
        sa.UniqueConstraint(
            "referral_id", "segment_id", name=op.f("uq_referral_segment_referral_id_segment_id")
        ),
    )
    op.create_index(op.f("ix_referral_segment_segment_id"), "referral_segment", ["segment_id"], unique=False)


def downgrade() -> None:
    op.drop_table("referral_segment")
    op.drop_table("referral")
