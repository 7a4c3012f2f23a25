"""権限の終わりを途中の操作にも: counts rights taken during a session; stored answers know what they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    with op.batch_alter_table("staff_session") as table:
        table.add_column(sa.Column("rights", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("idempotent_reply") as table:
        table.add_column(sa.Column("leave", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("staff_session") as table:
        table.alter_column("rights", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("idempotent_reply") as table:
        table.alter_column("leave", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("idempotent_reply") as table:
        table.drop_column("leave")
    with op.batch_alter_table("staff_session") as table:
        table.drop_column("rights")
