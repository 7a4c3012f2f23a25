"""二要素認証: the level of a session, seeds of code apps, recovery codes, passkeys, one-time values that were used."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_LEVELS = "level IN ('half', 'password', 'totp', 'recovery', 'passkey', 'sso')"
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("staff_session") as table:
        table.add_column(sa.Column("level", sa.String(length=16), nullable=False, server_default="password"))
    with op.batch_alter_table("staff_session") as table:
        table.alter_column("level", existing_type=sa.String(length=16), server_default=None)
        table.create_check_constraint(op.f("ck_staff_session_level"), _LEVELS)
    op.create_table(
        "totp_seed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("since", _MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("pending_since", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _owner("totp_seed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_totp_seed")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_totp_seed_staff_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _owner("recovery_code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
    )
    op.create_index("ix_recovery_code_staff_id", "recovery_code", ["staff_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _owner("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_staff_id", "passkey", ["staff_id"], unique=False)
    op.create_table(
        "spent_token",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_token")),
    )
    op.create_index("ix_spent_token_at", "spent_token", ["at"], unique=False)


def downgrade() -> None:
    for name in ("spent_token", "passkey", "recovery_code", "totp_seed"):
        op.drop_table(name)
    with op.batch_alter_table("staff_session") as table:
        table.drop_constraint(op.f("ck_staff_session_level"), type_="check")
        table.drop_column("level")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_staff_id")
    return sa.ForeignKeyConstraint(
        ["staff_id"], ["staff.id"], name=name, deferrable=True, initially="DEFERRED"
    )
