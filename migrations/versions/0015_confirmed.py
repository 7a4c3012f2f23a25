"""本人確認の時刻: when the person behind a session last proved who they are."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("staff_session") as table:
        table.add_column(sa.Column("confirmed_at", moment, nullable=True))
    session = sa.table("staff_session", sa.column("confirmed_at", moment), sa.column("created_at", moment))
    op.execute(session.update().values(confirmed_at=session.c.created_at))
    with op.batch_alter_table("staff_session") as table:
        table.alter_column("confirmed_at", existing_type=moment, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("staff_session") as table:
        table.drop_column("confirmed_at")
