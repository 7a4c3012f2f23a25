"""支援会議."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("convener", sa.String(length=64), nullable=False),
        sa.Column("chair_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("secretariat_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_reason IS NOT NULL)", name=op.f("ck_meeting_cancelled_why")
        ),
        sa.CheckConstraint(
            "(state IN ('minutes_confirmed', 'closed')) = (confirmed_at IS NOT NULL AND confirmed_by IS NOT NULL)",
            name=op.f("ck_meeting_confirmed_when"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'convened', 'cancelled') OR shared_at IS NOT NULL",
            name=op.f("ck_meeting_shared_when"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'convened', 'material_shared', 'cancelled') OR held_at IS NOT NULL",
            name=op.f("ck_meeting_held_when"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'convened', 'material_shared', 'held', 'minutes_draft', 'minutes_confirmed', 'closed', 'cancelled')",
            name="state",
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'convened', 'material_shared', 'held', 'minutes_draft', 'minutes_confirmed', 'closed', 'cancelled')",
            name=op.f("ck_meeting_state"),
        ),
        sa.CheckConstraint("minutes BETWEEN 5 AND 600", name=op.f("ck_meeting_minutes")),
        sa.ForeignKeyConstraint(
            ["chair_id"],
            ["staff.id"],
            name=op.f("fk_meeting_chair_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["staff.id"],
            name=op.f("fk_meeting_confirmed_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["convener"],
            ["agency.code"],
            name=op.f("fk_meeting_convener"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["deputy_id"],
            ["staff.id"],
            name=op.f("fk_meeting_deputy_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"],
            ["staff.id"],
            name=op.f("fk_meeting_planned_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["secretariat_id"],
            ["staff.id"],
            name=op.f("fk_meeting_secretariat_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_chair_id"), "meeting", ["chair_id"], unique=False)
    op.create_index(op.f("ix_meeting_deputy_id"), "meeting", ["deputy_id"], unique=False)
    op.create_index("ix_meeting_list", "meeting", ["convener", "planned_at", "id"], unique=False)
    op.create_index(op.f("ix_meeting_secretariat_id"), "meeting", ["secretariat_id"], unique=False)
    op.create_index(op.f("ix_meeting_state"), "meeting", ["state"], unique=False)
    op.create_table(
        "secrecy_pledge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_secrecy_pledge_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_secrecy_pledge_staff_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrecy_pledge")),
        sa.UniqueConstraint("meeting_id", "staff_id", name=op.f("uq_secrecy_pledge_meeting_id_staff_id")),
    )
    op.create_index(op.f("ix_secrecy_pledge_staff_id"), "secrecy_pledge", ["staff_id"], unique=False)
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purpose", sa.LargeBinary(), nullable=True),
        sa.Column("minutes", sa.LargeBinary(), nullable=True),
        sa.Column("minutes_by", sa.Uuid(), nullable=True),
        sa.Column("minutes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdraw_reason", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_agenda_item_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["holder"],
            ["agency.code"],
            name=op.f("fk_agenda_item_holder"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_agenda_item_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["minutes_by"],
            ["staff.id"],
            name=op.f("fk_agenda_item_minutes_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["meeting_proposal.id"],
            name=op.f("fk_agenda_item_proposal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"],
            ["staff.id"],
            name=op.f("fk_agenda_item_taken_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("meeting_id", "sort", name=op.f("uq_agenda_item_meeting_id_sort")),
    )
    op.create_index(op.f("ix_agenda_item_case_id"), "agenda_item", ["case_id"], unique=False)
    op.create_index(op.f("ix_agenda_item_meeting_id"), "agenda_item", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_agenda_item_plan_id"), "agenda_item", ["plan_id"], unique=False)
    op.create_index(op.f("ix_agenda_item_proposal_id"), "agenda_item", ["proposal_id"], unique=False)
    op.create_index(
        "uq_agenda_item_case",
        "agenda_item",
        ["meeting_id", "case_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "action_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("initiative", sa.String(length=64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("task", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_action_item_done_when")),
        sa.CheckConstraint(
            "state IN ('assigned', 'accepted', 'objected', 'done', 'overdue', 'cancelled')", name="state"
        ),
        sa.CheckConstraint(
            "state IN ('assigned', 'accepted', 'objected', 'done', 'overdue', 'cancelled')",
            name=op.f("ck_action_item_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('objected', 'cancelled') OR reason IS NOT NULL", name=op.f("ck_action_item_why")
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_action_item_agenda_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_action_item_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.key"],
            name=op.f("fk_action_item_initiative"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_agency"],
            ["agency.code"],
            name=op.f("fk_action_item_owner_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["staff.id"],
            name=op.f("fk_action_item_owner_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    op.create_index(op.f("ix_action_item_agenda_item_id"), "action_item", ["agenda_item_id"], unique=False)
    op.create_index(op.f("ix_action_item_case_id"), "action_item", ["case_id"], unique=False)
    op.create_index("ix_action_item_due", "action_item", ["state", "due_on"], unique=False)
    op.create_index(op.f("ix_action_item_initiative"), "action_item", ["initiative"], unique=False)
    op.create_index("ix_action_item_owner", "action_item", ["owner_id", "state", "due_on"], unique=False)
    op.create_index(op.f("ix_action_item_owner_agency"), "action_item", ["owner_agency"], unique=False)
    op.create_index(op.f("ix_action_item_owner_id"), "action_item", ["owner_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.String(length=64), nullable=True),
        sa.Column("lead_agency", sa.String(length=64), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("plan_agreed", sa.Boolean(), nullable=False),
        sa.Column("next_meeting_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(lead_id IS NULL) = (lead_agency IS NULL)", name=op.f("ck_decision_lead")),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_decision_agenda_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_decision_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name=op.f("fk_decision_decided_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["lead_agency"],
            ["agency.code"],
            name=op.f("fk_decision_lead_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["staff.id"], name=op.f("fk_decision_lead_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("agenda_item_id", name=op.f("uq_decision_agenda_item_id")),
    )
    op.create_index(op.f("ix_decision_case_id"), "decision", ["case_id"], unique=False)
    op.create_table(
        "item_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("ground", sa.LargeBinary(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance", sa.String(length=64), nullable=True),
        sa.Column("proxy", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("proxy IS NULL OR attendance = 'proxy'", name=op.f("ck_item_member_proxy")),
        sa.ForeignKeyConstraint(
            ["agency"],
            ["agency.code"],
            name=op.f("fk_item_member_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_item_member_agenda_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_item_member_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"],
            ["staff.id"],
            name=op.f("fk_item_member_invited_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_item_member_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_item_member_staff_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_member")),
    )
    op.create_index("ix_item_member_agency", "item_member", ["agency", "meeting_id"], unique=False)
    op.create_index(op.f("ix_item_member_agenda_item_id"), "item_member", ["agenda_item_id"], unique=False)
    op.create_index(op.f("ix_item_member_case_id"), "item_member", ["case_id"], unique=False)
    op.create_index(op.f("ix_item_member_meeting_id"), "item_member", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_item_member_staff_id"), "item_member", ["staff_id"], unique=False)
    op.create_table(
        "minutes_addition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["staff.id"],
            name=op.f("fk_minutes_addition_added_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_minutes_addition_agenda_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_minutes_addition_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_addition")),
    )
    op.create_index(
        op.f("ix_minutes_addition_agenda_item_id"), "minutes_addition", ["agenda_item_id"], unique=False
    )
    op.create_index(op.f("ix_minutes_addition_case_id"), "minutes_addition", ["case_id"], unique=False)
    op.create_table(
        "missing_resource",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("place_kind", sa.String(length=64), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_missing_resource_agenda_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_missing_resource_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_resource")),
    )
    op.create_index(
        op.f("ix_missing_resource_agenda_item_id"), "missing_resource", ["agenda_item_id"], unique=False
    )
    op.create_index(op.f("ix_missing_resource_case_id"), "missing_resource", ["case_id"], unique=False)
    op.create_table(
        "preparation_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agenda_item_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("household_picture", sa.LargeBinary(), nullable=True),
        sa.Column("current_efforts", sa.LargeBinary(), nullable=True),
        sa.Column("wanted_agencies", sa.LargeBinary(), nullable=True),
        sa.Column("requests", sa.LargeBinary(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"],
            ["agency.code"],
            name=op.f("fk_preparation_sheet_agency"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"],
            ["agenda_item.id"],
            name=op.f("fk_preparation_sheet_agenda_item_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.id"],
            name=op.f("fk_preparation_sheet_case_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_preparation_sheet_meeting_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["staff.id"],
            name=op.f("fk_preparation_sheet_written_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_sheet")),
        sa.UniqueConstraint(
            "agenda_item_id", "agency", name=op.f("uq_preparation_sheet_agenda_item_id_agency")
        ),
    )
    op.create_index(op.f("ix_preparation_sheet_agency"), "preparation_sheet", ["agency"], unique=False)
    op.create_index(op.f("ix_preparation_sheet_case_id"), "preparation_sheet", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_preparation_sheet_meeting_id"), "preparation_sheet", ["meeting_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("preparation_sheet")
    op.drop_table("missing_resource")
    op.drop_table("minutes_addition")
    op.drop_table("item_member")
    op.drop_table("decision")
    op.drop_table("action_item")
    op.drop_table("agenda_item")
    op.drop_table("secrecy_pledge")
    op.drop_table("meeting")
