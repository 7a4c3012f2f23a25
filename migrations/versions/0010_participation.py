"""参加支援."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "participation_need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.LargeBinary(), nullable=True),
        sa.Column("conditions", sa.LargeBinary(), nullable=True),
        sa.Column("wanted_kind", sa.String(length=64), nullable=True),
        sa.Column("district", sa.String(length=64), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("without_place_since", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (end_reason IS NOT NULL)", name=op.f("ck_participation_need_ended_why")
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_participation_need_ended_when")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'assessed', 'matching', 'developing_resource', 'trial', 'placed', 'settling', 'stable', 'ended', 'broken_off')",
            name="state",
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'assessed', 'matching', 'developing_resource', 'trial', 'placed', 'settling', 'stable', 'ended', 'broken_off')",
            name=op.f("ck_participation_need_state"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_participation_need_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["district"],
            ["district.code"],
            name=op.f("fk_participation_need_district"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency"],
            ["agency.code"],
            name=op.f("fk_participation_need_owner_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["staff.id"],
            name=op.f("fk_participation_need_owner_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_participation_need_person_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
            name=op.f("fk_participation_need_plan_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation_need")),
    )
    op.create_index(op.f("ix_participation_need_case_id"), "participation_need", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_participation_need_owner_agency"), "participation_need", ["owner_agency"], unique=False
    )
    op.create_index(op.f("ix_participation_need_owner_id"), "participation_need", ["owner_id"], unique=False)
    op.create_index(
        op.f("ix_participation_need_person_id"), "participation_need", ["person_id"], unique=False
    )
    op.create_index(op.f("ix_participation_need_state"), "participation_need", ["state"], unique=False)
    op.create_index(
        op.f("ix_participation_need_without_place_since"),
        "participation_need",
        ["without_place_since"],
        unique=False,
    )
    op.create_table(
        "placement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("broken_off_reason", sa.String(length=64), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "broken_off_reason IS NULL OR ended_on IS NOT NULL", name=op.f("ck_placement_broken_off_when")
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= begins_on", name=op.f("ck_placement_period")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_placement_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["participation_need.id"],
            name=op.f("fk_placement_need_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resource.id"],
            name=op.f("fk_placement_resource_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    op.create_index(op.f("ix_placement_need_id"), "placement", ["need_id"], unique=False)
    op.create_index(op.f("ix_placement_resource_id"), "placement", ["resource_id"], unique=False)
    op.create_index(
        "uq_placement_running",
        "placement",
        ["need_id"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "settling_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('person', 'host')", name="side"),
        sa.CheckConstraint("side IN ('person', 'host')", name=op.f("ck_settling_contact_side")),
        sa.ForeignKeyConstraint(
            ["by"], ["staff.id"], name=op.f("fk_settling_contact_by"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_settling_contact_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["participation_need.id"],
            name=op.f("fk_settling_contact_need_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"],
            ["placement.id"],
            name=op.f("fk_settling_contact_placement_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settling_contact")),
    )
    op.create_index(op.f("ix_settling_contact_need_id"), "settling_contact", ["need_id"], unique=False)


def downgrade() -> None:
    op.drop_table("settling_contact")
    op.drop_table("placement")
    op.drop_table("participation_need")
