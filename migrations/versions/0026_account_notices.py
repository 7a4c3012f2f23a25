"""アカウントの動き: what happened to an account, told to whom it belongs."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

KINDS = (
    "kind IN ('failed', 'half', 'new_device', 'recovery_used', 'password_changed', 'password_reset', 'totp_added', "
    "'totp_removed', 'passkey_added', 'passkey_removed', 'recovery_renewed', 'factors_reset')"
)


def upgrade() -> None:
    op.create_table(
        "account_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_account_notice_kind")),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_account_notice_staff_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_notice")),
    )
    op.create_index(op.f("ix_account_notice_staff_id"), "account_notice", ["staff_id"], unique=False)


def downgrade() -> None:
    op.drop_table("account_notice")
