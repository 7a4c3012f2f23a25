"""Roles of PostgreSQL: an owner without sign-in, a migrator, the application, and an auditor who only reads the trail.

The triggers refuse changes to the trail for everybody but whoever drops them; these grants see to it that the
application cannot drop them, because it owns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..db import Base

APPEND_ONLY = ("audit_entry", "audit_checkpoint")
HEAD = "audit_head"
READ_ONLY = ("alembic_version",)
TRAIL = (*APPEND_ONLY, HEAD)


def script(prefix: str = "casework") -> str:
    """The SQL that a superuser runs in the application's database after each upgrade; it may be run again."""
    return "\n".join([*_roles(prefix), *_ownership(prefix), *_grants(prefix), ""])


def _roles(prefix: str) -> Iterator[str]:
    yield "-- Roles of casework, printed by `casework audit grants`. Passwords are set apart: ALTER ROLE ... PASSWORD."
    for name, options in (
        ("owner", "NOLOGIN"),
        ("migrator", "LOGIN NOINHERIT"),
        ("app", "LOGIN"),
        ("auditor", "LOGIN"),
    ):
        role = f"{prefix}_{name}"
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
            f'CREATE ROLE "{role}"; END IF; END $$;'
        )
        yield f'ALTER ROLE "{role}" {options} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;'
    yield f'GRANT "{prefix}_owner" TO "{prefix}_migrator";'


def _ownership(prefix: str) -> Iterator[str]:
    """Everything in the schema belongs to the owner, whoever made it."""
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
    yield f'ALTER SCHEMA public OWNER TO "{prefix}_owner";'
    yield (
        "DO $$ DECLARE r record; BEGIN "  # noqa: S608 - no value from outside: the command checks the prefix
        "FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP "
        f"EXECUTE format('ALTER TABLE public.%I OWNER TO \"{prefix}_owner\"', r.tablename); END LOOP; "
        "FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' LOOP "
        f"EXECUTE format('ALTER FUNCTION %s OWNER TO \"{prefix}_owner\"', r.name); END LOOP; END $$;"
    )


def _grants(prefix: str) -> Iterator[str]:
    app, auditor = f'"{prefix}_app"', f'"{prefix}_auditor"'
    yield f"GRANT USAGE ON SCHEMA public TO {app}, {auditor};"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {app}, {auditor};"
    for name in sorted(Base.metadata.tables):
        if name in APPEND_ONLY:
            yield f'GRANT SELECT, INSERT ON "{name}" TO {app};'
        elif name == HEAD:
            yield f'GRANT SELECT, UPDATE ON "{name}" TO {app};'
        else:
            yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{name}" TO {app};'
    for name in READ_ONLY:
        yield f'GRANT SELECT ON "{name}" TO {app};'
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};"
    for name in TRAIL:
        yield f'GRANT SELECT ON "{name}" TO {auditor};'
