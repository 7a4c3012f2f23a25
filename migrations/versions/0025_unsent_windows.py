"""書きかけ of several windows: a form that is open twice is kept twice."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    with op.batch_alter_table("unsent_form") as table:
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint("uq_unsent_form_staff_id_form", type_="unique")
        table.create_index("ix_unsent_form_window", ["staff_id", "form"])
    with op.batch_alter_table("unsent_form") as table:
        table.alter_column("version", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    form = sa.table(
        "unsent_form", sa.column("id"), sa.column("staff_id"), sa.column("form"), sa.column("saved_at")
    )
    later = form.alias()
    newer = sa.or_(
        later.c.saved_at > form.c.saved_at,
        sa.and_(later.c.saved_at == form.c.saved_at, later.c.id > form.c.id),
    )
    same = sa.and_(later.c.staff_id == form.c.staff_id, later.c.form == form.c.form)
    op.execute(form.delete().where(sa.exists().where(same, newer)))
    with op.batch_alter_table("unsent_form") as table:
        table.drop_index("ix_unsent_form_window")
        table.create_unique_constraint("uq_unsent_form_staff_id_form", ["staff_id", "form"])
        table.drop_column("version")
