"""保護と利益相反: named grants with purpose and end, lifting by two, declarations and conflicts."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

MOMENT = sa.DateTime(timezone=True)
YEAR = timedelta(days=366)


def upgrade() -> None:
    _grants()
    _releases()
    _declarations()
    _conflicts()
    _close_by_subject()


def _staff(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [_link(table, column, "staff.id") for column in columns]


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [target], name=name, initially="DEFERRED", deferrable=True)


def _grants() -> None:
    """Grants that had no end get one a year from now; who set the protection gave them."""
    with op.batch_alter_table("protection_grant") as table:
        table.add_column(sa.Column("purpose", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("given_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("request_id", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("ended_by", sa.Uuid(), nullable=True))
    grant = sa.table(
        "protection_grant",
        *(sa.column(name, sa.Uuid()) for name in ("id", "staff_id", "given_by")),
        *(sa.column(name, MOMENT) for name in ("given_at", "ends_at")),
    )
    link = op.get_bind()
    for row in link.execute(sa.select(grant)).all():
        ends = row.ends_at or row.given_at + YEAR
        link.execute(grant.update().where(grant.c.id == row.id).values(given_by=row.staff_id, ends_at=ends))
    with op.batch_alter_table("protection_grant") as table:
        table.alter_column("given_by", existing_type=sa.Uuid(), nullable=False)
        table.alter_column("ends_at", existing_type=MOMENT, nullable=False)
        for column, target in (
            ("given_by", "staff"),
            ("ended_by", "staff"),
            ("request_id", "release_request"),
        ):
            name = op.f(f"fk_protection_grant_{column}")
            table.create_foreign_key(name, target, [column], ["id"], initially="DEFERRED", deferrable=True)


def _releases() -> None:
    with op.batch_alter_table("release_request") as table:
        table.add_column(sa.Column("kind", sa.String(length=16), nullable=True))
        table.alter_column("until", existing_type=MOMENT, nullable=True)
    request = sa.table("release_request", sa.column("kind", sa.String()))
    op.execute(request.update().values(kind="whereabouts"))
    with op.batch_alter_table("release_request") as table:
        table.alter_column("kind", existing_type=sa.String(length=16), nullable=False)
        table.create_check_constraint(op.f("ck_release_request_kind"), "kind IN ('whereabouts', 'lift')")
        table.create_check_constraint(op.f("ck_release_request_until"), "(kind = 'lift') = (until IS NULL)")


def _declarations() -> None:
    op.create_table(
        "staff_declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("kana", sa.LargeBinary(), nullable=True),
        sa.Column("birth", sa.LargeBinary(), nullable=True),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "kind IN ('self', 'household', 'relation')", name=op.f("ck_staff_declaration_kind")
        ),
        *_ended("staff_declaration"),
        *_staff("staff_declaration", "staff_id", "declared_by", "ended_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_declaration")),
    )
    op.create_index("ix_staff_declaration_staff_id", "staff_declaration", ["staff_id"], unique=False)


def _conflicts() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=True),
        sa.Column("found_by", sa.Uuid(), nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        *_ended("conflict"),
        *_staff("conflict", "staff_id", "ended_by"),
        _link("conflict", "person_id", "person.id"),
        _link("conflict", "declaration_id", "staff_declaration.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
    )
    for column in ("staff_id", "person_id", "declaration_id"):
        op.create_index(f"ix_conflict_{column}", "conflict", [column], unique=False)


def _ended(table: str) -> tuple[sa.CheckConstraint, sa.CheckConstraint]:
    return (
        sa.CheckConstraint(
            "ended_by IS NULL OR ended_by <> staff_id", name=op.f(f"ck_{table}_ended_by_another")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f(f"ck_{table}_ended_by_whom")),
    )


def _close_by_subject() -> None:
    """A case is protected when one of its subjects is; a protected relation is hidden in it instead."""
    case = sa.table("case_file", sa.column("id", sa.Uuid()), sa.column("protected", sa.Boolean()))
    link = sa.table(
        "case_person",
        sa.column("case_id", sa.Uuid()),
        sa.column("person_id", sa.Uuid()),
        sa.column("role", sa.String()),
    )
    person = sa.table("person", sa.column("id", sa.Uuid()), sa.column("protected", sa.Boolean()))
    shut = sa.exists().where(
        link.c.case_id == case.c.id,
        link.c.role == "subject",
        person.c.id == link.c.person_id,
        person.c.protected.is_(True),
    )
    op.execute(case.update().where(case.c.protected.is_(True), ~shut).values(protected=False))


def downgrade() -> None:
    op.drop_table("conflict")
    op.drop_table("staff_declaration")
    request = sa.table("release_request", sa.column("kind", sa.String()))
    op.execute(request.delete().where(request.c.kind == "lift"))
    with op.batch_alter_table("release_request") as table:
        table.drop_constraint(op.f("ck_release_request_until"), type_="check")
        table.drop_constraint(op.f("ck_release_request_kind"), type_="check")
        table.drop_column("kind")
        table.alter_column("until", existing_type=MOMENT, nullable=False)
    with op.batch_alter_table("protection_grant") as table:
        for column in ("given_by", "ended_by", "request_id"):
            table.drop_constraint(op.f(f"fk_protection_grant_{column}"), type_="foreignkey")
        table.alter_column("ends_at", existing_type=MOMENT, nullable=True)
        for column in ("purpose", "given_by", "request_id", "ended_by"):
            table.drop_column(column)
