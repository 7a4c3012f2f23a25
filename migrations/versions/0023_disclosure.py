"""開示請求, 保存年限 and 消去: requests with their pieces and ledger, holds, erasures; disclosures to the person."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

TABLES = (
    "disclosure_giving",
    "erasure_owner",
    "disclosure_part",
    "disclosure_copy",
    "retention_hold",
    "erasure",
    "disclosure_request",
    "disclosure_counter",
)


def upgrade() -> None:
    op.create_table(
        "disclosure_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_disclosure_counter")),
    )
    op.create_table(
        "disclosure_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("requester", sa.String(length=64), nullable=False),
        sa.Column("requester_name", sa.LargeBinary(), nullable=True),
        sa.Column("identity_check", sa.String(length=64), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension", sa.LargeBinary(), nullable=True),
        sa.Column("access_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.LargeBinary(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)",
            name=op.f("ck_disclosure_request_closed_when"),
        ),
        sa.CheckConstraint(
            "state IN ('deciding', 'in_review', 'approved', 'given', 'closed', 'withdrawn')",
            name=op.f("ck_disclosure_request_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'given', 'closed') OR reviewed_by IS NOT NULL",
            name=op.f("ck_disclosure_request_reviewed"),
        ),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)", name=op.f("ck_disclosure_request_reviewed_when")
        ),
        sa.CheckConstraint("due_on >= received_on", name=op.f("ck_disclosure_request_due")),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR state IN ('closed', 'withdrawn')",
            name=op.f("ck_disclosure_request_whose"),
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> submitted_by",
            name=op.f("ck_disclosure_request_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"],
            ["agency.code"],
            name=op.f("fk_disclosure_request_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_disclosure_request_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"],
            ["staff.id"],
            name=op.f("fk_disclosure_request_registered_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"],
            ["staff.id"],
            name=op.f("fk_disclosure_request_reviewed_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"],
            ["staff.id"],
            name=op.f("fk_disclosure_request_submitted_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_request")),
        sa.UniqueConstraint("number", name=op.f("uq_disclosure_request_number")),
    )
    op.create_index("ix_disclosure_request_agency", "disclosure_request", ["agency"], unique=False)
    op.create_index("ix_disclosure_request_due_on", "disclosure_request", ["due_on"], unique=False)
    op.create_index("ix_disclosure_request_person_id", "disclosure_request", ["person_id"], unique=False)
    op.create_index("ix_disclosure_request_state", "disclosure_request", ["state"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("schedule", sa.String(length=32), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("refusal", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_erased", sa.Integer(), nullable=False),
        sa.Column("keys_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_erasure_decided_when")
        ),
        sa.CheckConstraint(
            "kind IN ('case', 'intake', 'disclosure_request', 'trail')", name=op.f("ck_erasure_kind")
        ),
        sa.CheckConstraint(
            "state <> 'erased' OR (reason IS NULL AND refusal IS NULL)", name=op.f("ck_erasure_nothing_told")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'erased', 'refused', 'withdrawn')", name=op.f("ck_erasure_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('erased', 'refused') OR decided_by IS NOT NULL",
            name=op.f("ck_erasure_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_erasure_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["agency.code"], name=op.f("fk_erasure_agency"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name=op.f("fk_erasure_decided_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"],
            ["staff.id"],
            name=op.f("fk_erasure_proposed_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_agency", "erasure", ["agency"], unique=False)
    op.create_index("ix_erasure_record_id", "erasure", ["record_id"], unique=False)
    op.create_index("ix_erasure_state", "erasure", ["state"], unique=False)
    op.create_index(
        "uq_erasure_proposed",
        "erasure",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )

    op.create_table(
        "retention_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('case', 'intake', 'disclosure_request', 'trail')", name=op.f("ck_retention_hold_kind")
        ),
        sa.ForeignKeyConstraint(
            ["agency"],
            ["agency.code"],
            name=op.f("fk_retention_hold_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"],
            ["staff.id"],
            name=op.f("fk_retention_hold_lifted_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["staff.id"],
            name=op.f("fk_retention_hold_set_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_hold")),
    )
    op.create_index("ix_retention_hold_agency", "retention_hold", ["agency"], unique=False)
    op.create_index("ix_retention_hold_record_id", "retention_hold", ["record_id"], unique=False)

    op.create_table(
        "disclosure_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('pdf', 'json')", name=op.f("ck_disclosure_copy_format")),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["staff.id"],
            name=op.f("fk_disclosure_copy_made_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["disclosure_request.id"],
            name=op.f("fk_disclosure_copy_request_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_copy")),
    )
    op.create_index("ix_disclosure_copy_request_id", "disclosure_copy", ["request_id"], unique=False)

    op.create_table(
        "disclosure_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("proposal", sa.String(length=32), nullable=False),
        sa.Column("proposed_reason", sa.String(length=64), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("passages", sa.LargeBinary(), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("seen", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('person', 'address', 'contact', 'safe_contact', 'consent', 'case', 'intake', 'note', 'assessment', 'plan', 'evaluation', 'referral', 'meeting', 'outreach', 'participation')",
            name=op.f("ck_disclosure_part_kind"),
        ),
        sa.CheckConstraint(
            "proposal IN ('disclose', 'withhold', 'one_by_one')", name=op.f("ck_disclosure_part_proposal")
        ),
        sa.CheckConstraint(
            "verdict <> 'part' OR passages IS NOT NULL", name=op.f("ck_disclosure_part_part_of_what")
        ),
        sa.CheckConstraint(
            "verdict IN ('disclose', 'part', 'withhold')", name=op.f("ck_disclosure_part_verdict")
        ),
        sa.CheckConstraint(
            "verdict NOT IN ('part', 'withhold') OR reason IS NOT NULL",
            name=op.f("ck_disclosure_part_withheld_why"),
        ),
        sa.CheckConstraint(
            "(verdict IS NULL) = (decided_by IS NULL)", name=op.f("ck_disclosure_part_decided_by_whom")
        ),
        sa.CheckConstraint(
            "verdict IS NULL OR seen IS NOT NULL", name=op.f("ck_disclosure_part_decided_on_what")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_disclosure_part_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name=op.f("fk_disclosure_part_decided_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["disclosure_request.id"],
            name=op.f("fk_disclosure_part_request_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_part")),
        sa.UniqueConstraint(
            "request_id",
            "source",
            "row_id",
            "field",
            name=op.f("uq_disclosure_part_request_id_source_row_id_field"),
        ),
    )
    op.create_index("ix_disclosure_part_case_id", "disclosure_part", ["case_id"], unique=False)
    op.create_index("ix_disclosure_part_row_id", "disclosure_part", ["row_id"], unique=False)

    op.create_table(
        "erasure_owner",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["erasure.id"],
            name=op.f("fk_erasure_owner_erasure_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("erasure_id", "owner", name=op.f("pk_erasure_owner")),
    )
    op.create_table(
        "disclosure_giving",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=True),
        sa.Column("way", sa.String(length=64), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_id"],
            ["disclosure_copy.id"],
            name=op.f("fk_disclosure_giving_copy_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["staff.id"],
            name=op.f("fk_disclosure_giving_given_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["disclosure_request.id"],
            name=op.f("fk_disclosure_giving_request_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_giving")),
    )
    op.create_index("ix_disclosure_giving_request_id", "disclosure_giving", ["request_id"], unique=False)

    with op.batch_alter_table("disclosure") as batch:
        batch.alter_column("to_agency", existing_type=sa.String(length=64), nullable=True)
        batch.create_check_constraint(
            op.f("ck_disclosure_to_whom"), "(to_agency IS NULL) = (channel = 'request')"
        )


def downgrade() -> None:
    op.execute("DELETE FROM disclosure WHERE channel = 'request'")
    with op.batch_alter_table("disclosure") as batch:
        batch.drop_constraint("ck_disclosure_to_whom", type_="check")
        batch.alter_column("to_agency", existing_type=sa.String(length=64), nullable=False)
    for name in TABLES:
        op.drop_table(name)
