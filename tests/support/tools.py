"""Tools outside Python that tests need: a missing one skips on a desk and fails where everything is required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(tool: str) -> NoReturn:
    """Skip the test that needs the tool; under CASEWORK_REQUIRE_ALL=1 (.ci/run) fail it."""
    if os.environ.get("CASEWORK_REQUIRE_ALL") == "1":
        pytest.fail(f"{tool} is missing, and CASEWORK_REQUIRE_ALL=1 asks for every tool", pytrace=False)
    pytest.skip(f"{tool} is missing")
