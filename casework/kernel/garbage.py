"""Python's search for unreachable cycles, at the pace of a program that keeps much and drops little."""

from __future__ import annotations

import gc

PACE = (50_000, 20, 100)


def search_less() -> None:
    """Look for cycles seldom: at Python's own pace that took a tenth of all time, and found next to nothing."""
    gc.set_threshold(*PACE)


def settle() -> None:
    """Once the application is built: what is there now stays, and is never looked through again."""
    search_less()
    gc.collect()
    gc.freeze()
