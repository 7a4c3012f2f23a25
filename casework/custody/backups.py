"""Backups of the two stores, each for a custody of its own: online copies, checked before they count as made.

Key-encryption keys are never copied: whoever holds both backups still reads nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from ..crypto import CryptoError, WrappedKeyStore
from ..crypto.keystore import custody
from ..crypto.keystore.wrapping import KekProvider
from ..kernel.errors import Refused
from ..settings import Settings

DATABASE, KEYSTORE = "database", "keystore"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a backup: enough to notice that it is not as it was written."""

    kind: str
    made_at: str
    size: int
    sha256: str
    counted: int  # events of the trail, or data keys


def backup_database(settings: Settings, folder: Path, at: datetime) -> Path:
    """A copy of the main database: SQLite's online backup, or pg_dump in its custom format."""
    _apart(settings, DATABASE, folder)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        target, partial = _places(folder, DATABASE, at, "db")
        _copy_sqlite(Path(str(url.database)), partial)
        counted = _events(partial)
    else:
        target, partial = _places(folder, DATABASE, at, "dump")
        _pg("pg_dump", url, "--format=custom", f"--file={partial}", str(url.database))
        partial.chmod(0o600)
        counted = _listed(partial)
    return _finish(target, partial, DATABASE, at, counted)


def backup_keystore(settings: Settings, keks: KekProvider, folder: Path, at: datetime) -> Path:
    """A copy of the keystore; every slot of the copy is opened before it counts as made."""
    _apart(settings, KEYSTORE, folder)
    target, partial = _places(folder, KEYSTORE, at, "db")
    _copy_sqlite(Path(settings.keystore_path), partial)
    return _finish(target, partial, KEYSTORE, at, _slots(partial, keks))


def verify_backup(path: Path, keks: KekProvider) -> Manifest:
    """Compare a backup with its manifest and open it; Refused("backup_wrong") unless all is as it was written."""
    try:
        told = Manifest(**json.loads(_manifest(path).read_text(encoding="ascii")))
        found = (path.stat().st_size, _digest(path))
    except (OSError, ValueError, TypeError):
        raise Refused("backup_wrong") from None
    if found != (told.size, told.sha256):
        raise Refused("backup_wrong")
    if path.suffix == ".dump":
        counted = _listed(path)
    elif told.kind == KEYSTORE:
        counted = _slots(path, keks)
    else:
        counted = _events(path)
    if counted != told.counted:
        raise Refused("backup_wrong")
    return told


def _apart(settings: Settings, kind: str, folder: Path) -> None:
    """Neither beside a backup of the other store nor beside the other store itself, nor among the KEKs."""
    here, keks = folder.resolve(), Path(settings.kek_dir).resolve()
    url = make_url(settings.database_url)
    home: Path | None
    if kind == DATABASE:
        other, home = KEYSTORE, Path(settings.keystore_path).parent.resolve()
    else:
        file = url.database if url.get_backend_name() == "sqlite" else None
        other, home = DATABASE, Path(file).parent.resolve() if file else None
    if here in (home, keks) or keks in here.parents or any(here.glob(f"casework-{other}-*")):
        raise Refused("backup_same_place")


def _places(folder: Path, kind: str, at: datetime, suffix: str) -> tuple[Path, Path]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"casework-{kind}-{at:%Y%m%dT%H%M%SZ}.{suffix}"
    partial = target.with_name(f"{target.name}.partial")
    if target.exists() or _manifest(target).exists():
        raise Refused("backup_exists")
    partial.unlink(missing_ok=True)  # of a run that was cut off
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return target, partial


def _copy_sqlite(source: Path, target: Path) -> None:
    """Whole under writers, which copying files is not (security.md, row 20)."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as live,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Refused("backup_wrong")
    except sqlite3.Error:
        raise Refused("backup_wrong") from None


def _events(path: Path) -> int:
    """Events of the trail in a copy; its last number is their count, or something is missing."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Refused("backup_wrong")
            count, last = copy.execute("SELECT count(*), coalesce(max(seq), 0) FROM audit_entry").fetchone()
    except sqlite3.Error:
        raise Refused("backup_wrong") from None
    if count != last:
        raise Refused("backup_wrong")
    return int(count)


def _slots(path: Path, keks: KekProvider) -> int:
    """Data keys of a copy, all of which open; looked at in a twin, so that the copy stays as it is."""
    twin = path.with_name(f"{path.name}.looked-at")
    try:
        _copy_sqlite(path, twin)
        twin.chmod(0o600)
        store = WrappedKeyStore(twin, keks)
        found = custody.verify(store)
        store.close()
    except CryptoError:
        raise Refused("backup_wrong") from None
    finally:
        for left in path.parent.glob(f"{twin.name}*"):
            left.unlink()
    if [fault for fault in found.faults if fault[2] != "not_wiped"]:
        raise Refused("backup_wrong")
    return found.data_keys


def _listed(path: Path) -> int:
    """Entries in the table of contents of a dump."""
    listed = subprocess.run(["pg_restore", "--list", str(path)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    lines = [line for line in listed.stdout.splitlines() if line and not line.startswith(";")]
    if listed.returncode != 0 or not any(" TABLE DATA " in line and "audit_entry" in line for line in lines):
        raise Refused("backup_wrong")
    return len(lines)


def _pg(tool: str, url: URL, *arguments: str) -> None:
    """Run a tool of PostgreSQL; the password travels in the environment, not in the list of processes."""
    given = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    given |= {
        f"PG{name.upper()}": str(value) for name, value in url.query.items() if name in ("host", "port")
    }
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value}}
    try:
        subprocess.run([tool, *arguments], env=environment, check=True, capture_output=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        raise Refused("backup_tool_failed", tool=tool) from None


def _finish(target: Path, partial: Path, kind: str, at: datetime, counted: int) -> Path:
    manifest = Manifest(kind, at.isoformat(), partial.stat().st_size, _digest(partial), counted)
    beside = _manifest(target)
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        json.dump(asdict(manifest), file)
        file.flush()
        os.fsync(file.fileno())
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    return target


def _manifest(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
