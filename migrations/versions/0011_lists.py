"""Indexes of the case list and of the count of searches."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("ix_case_file_list", "case_file", ["opened_at", "id"], unique=False)
    op.create_index("ix_audit_entry_visits", "audit_entry", ["actor", "event", "at"], unique=False)
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry")


def downgrade() -> None:
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor"], unique=False)
    op.drop_index("ix_audit_entry_visits", table_name="audit_entry")
    op.drop_index("ix_case_file_list", table_name="case_file")
