"""操作の手引き: what each role does on which page, kept as data in config/manual/*.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COMMON = "common"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of work: its steps, and a picture of the page (static/manual-<picture>.png)."""

    heading: str
    steps: tuple[str, ...]
    picture: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one role needs to know; `roles` may share a chapter."""

    name: str
    title: str
    intro: str
    roles: frozenset[str]
    parts: tuple[Part, ...]


@cache
def chapters(folder: Path) -> dict[str, Chapter]:
    """Every chapter by name, the common one first."""
    found = {path.stem: _chapter(path) for path in sorted(folder.glob("*.toml"))}
    return {COMMON: found.pop(COMMON), **found}


def _chapter(path: Path) -> Chapter:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = tuple(
        Part(part["heading"], tuple(part["steps"]), part.get("picture", ""), part.get("alt", ""))
        for part in written["part"]
    )
    roles = frozenset(written.get("roles", [path.stem]))
    return Chapter(path.stem, written["title"], written["intro"], roles, parts)
