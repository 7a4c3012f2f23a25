"""Tools outside Python that tests need: a missing one skips on a desk and fails where everything is required."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(tool: str) -> NoReturn:
    """Skip the test that needs the tool; under CASEWORK_REQUIRE_ALL=1 (.ci/run) fail it."""
    if os.environ.get("CASEWORK_REQUIRE_ALL") == "1":
        pytest.fail(f"{tool} is missing, and CASEWORK_REQUIRE_ALL=1 asks for every tool", pytrace=False)
    pytest.skip(f"{tool} is missing")


MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file
ENOUGH = 4 * 2**30  # bytes free: what a run keeps at one time is far less


def in_memory() -> Path | None:
    """A file system in memory with room for the databases of a run, or None: commits wait for no disk there.

    Nothing of what is shown depends on it: a process that is killed loses no page that it had written to a file.
    """
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= ENOUGH else None
