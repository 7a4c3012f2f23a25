"""印刷記録."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "print_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("printed_by", sa.Uuid(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroy_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('reception', 'assessment', 'plan', 'progress', 'agenda', 'minutes', 'evaluation')",
            name=op.f("ck_print_record_kind"),
        ),
        sa.CheckConstraint(
            "purpose IN ('person', 'decision', 'meeting', 'visit')", name=op.f("ck_print_record_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["printed_by"],
            ["staff.id"],
            name=op.f("fk_print_record_printed_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_record")),
        sa.UniqueConstraint("number", name=op.f("uq_print_record_number")),
    )
    op.create_index("ix_print_record_printed_by", "print_record", ["printed_by"], unique=False)
    op.create_index("ix_print_record_target", "print_record", ["target"], unique=False)


def downgrade() -> None:
    op.drop_table("print_record")
