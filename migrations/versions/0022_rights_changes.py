"""権限の変更 by two people, and 異動: lines of the transfer list that wait for their day."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_ROLES = (
    "counselor", "coordinator", "outreach_worker", "participation_coordinator", "chair", "secretariat",
    "agency_member", "supervisor", "privacy_officer", "report_officer", "administrator", "system",
)  # fmt: skip
_MOMENT = sa.DateTime(timezone=True)


def _ref(column: str, target: str, table: str = "rights_change") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, deferrable=True, initially="DEFERRED")


def _check(condition: str, name: str, table: str = "rights_change") -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    words = ", ".join(f"'{role}'" for role in _ROLES)
    op.create_table(
        "rights_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("role_id", sa.Uuid(), nullable=True),
        sa.Column("to_staff_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        _check("staff_id <> proposed_by", "not_oneself"),
        _check("decided_by IS NULL OR decided_by <> staff_id", "not_by_subject"),
        _check("state <> 'approved' OR decided_by <> proposed_by", "two_people"),
        _check("(state = 'proposed') = (decided_at IS NULL)", "decided_when"),
        _check("(decided_by IS NULL) = (decided_at IS NULL)", "decided_by_whom"),
        _check(f"role IN ({words})", "role"),
        _check("state = 'proposed' OR password_hash IS NULL", "secret_kept_while_waiting"),
        _check("kind IN ('role_add', 'role_end', 'enable', 'reset')", "kind"),
        _check("state IN ('proposed', 'approved', 'refused', 'withdrawn')", "state"),
        _ref("staff_id", "staff.id"),
        _ref("agency", "agency.code"),
        _ref("to_staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_change")),
    )
    for column in ("staff_id", "state"):
        op.create_index(op.f(f"ix_rights_change_{column}"), "rights_change", [column], unique=False)

    op.create_table(
        "planned_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("to_staff_id", sa.Uuid(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("fault", sa.String(length=64), nullable=True),
        _check("state IN ('waiting', 'done', 'stuck', 'cancelled')", "state", "planned_transfer"),
        _check("staff_id <> to_staff_id", "not_oneself", "planned_transfer"),
        _check("staff_id <> planned_by", "not_by_subject", "planned_transfer"),
        _check("kind IN ('retire', 'move', 'rest')", "kind", "planned_transfer"),
        _ref("staff_id", "staff.id", "planned_transfer"),
        _ref("agency", "agency.code", "planned_transfer"),
        _ref("to_staff_id", "staff.id", "planned_transfer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_transfer")),
    )
    for column in ("staff_id", "state"):
        op.create_index(op.f(f"ix_planned_transfer_{column}"), "planned_transfer", [column], unique=False)


def downgrade() -> None:
    op.drop_table("planned_transfer")
    op.drop_table("rights_change")
