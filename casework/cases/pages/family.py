"""世帯図 (ジェノグラム style): where the members of a household stand, who lives together and who cares for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from ...people.rules import CareView, MemberView

# Generations from the person's point of view: grandparents 0, parents 1, own 2, children 3, grandchildren 4; others 5.
GENERATION = {
    "grandparent": 0,
    **dict.fromkeys(("father", "mother", "parent_in_law", "uncle_aunt"), 1),
    **dict.fromkeys(("self", "spouse", "partner", "sibling"), 2),
    **dict.fromkeys(
        (
            "eldest_son",
            "second_son",
            "son",
            "eldest_daughter",
            "second_daughter",
            "daughter",
            "child_spouse",
            "nephew_niece",
        ),
        3,
    ),
    "grandchild": 4,
}
OTHERS = 5
MEN = frozenset({"father", "eldest_son", "second_son", "son"})
WOMEN = frozenset({"mother", "eldest_daughter", "second_daughter", "daughter"})
STEP, ROW, SIZE = 170, 130, 48  # units of the drawing


@dataclass(frozen=True, slots=True)
class Figure:
    """One member: square for men, circle for women, hexagon-like rounding where 続柄 does not tell."""

    x: int
    y: int
    shape: str
    name: str
    relation: str
    self: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two figures: generation or care."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Family:
    width: int
    height: int
    figures: tuple[Figure, ...]
    kin: tuple[Line, ...]
    care: tuple[Line, ...]


def drawn(members: Sequence[MemberView], care: Sequence[CareView], labels: dict[str, str]) -> Family:
    """The picture of the members who belong to the household now, generation under generation."""
    now = [m for m in members if m.valid_until is None]
    rows: dict[int, list[MemberView]] = {}
    for member in now:
        rows.setdefault(GENERATION.get(member.relation or "", OTHERS), []).append(member)
    widest = max(map(len, rows.values()), default=1)
    at: dict[UUID, tuple[int, int]] = {}
    for down, generation in enumerate(sorted(rows)):
        line = sorted(rows[generation], key=lambda m: m.relation != "self")
        left = (widest - len(line)) * STEP // 2
        for place, member in enumerate(line):
            at[member.person_id] = (left + place * STEP + STEP // 2, down * ROW + 44)
    running = [c for c in care if c.valid_until is None and c.carer_id in at and c.cared_id in at]
    return Family(
        width=widest * STEP,
        height=max(len(rows), 1) * ROW,
        figures=tuple(_figure(m, at[m.person_id], labels) for m in now),
        kin=tuple(_kin(rows, at)),
        care=tuple(_between(at[c.carer_id], at[c.cared_id]) for c in running),
    )


def _figure(member: MemberView, spot: tuple[int, int], labels: dict[str, str]) -> Figure:
    relation = member.relation or ""
    shape = "man" if relation in MEN else "woman" if relation in WOMEN else "person"
    return Figure(
        *spot,
        shape=shape,
        name=member.name or "氏名なし",
        relation=labels.get(relation, relation),
        self=relation == "self",
        apart=member.cohabiting is False,
    )


def _kin(rows: dict[int, list[MemberView]], at: dict[UUID, tuple[int, int]]) -> list[Line]:
    """From each family generation to the next; others of the household are not tied to it."""
    family = [generation for generation in sorted(rows) if generation != OTHERS]
    lines = []
    for upper, lower in pairwise(family):
        x1 = sum(at[m.person_id][0] for m in rows[upper]) // len(rows[upper])
        y1 = at[rows[upper][0].person_id][1] + 70
        for member in rows[lower]:
            x2, y2 = at[member.person_id]
            lines.append(Line(x1, y1, x2, y2 - SIZE // 2))
    return lines


def _between(start: tuple[int, int], end: tuple[int, int]) -> Line:
    """From the side of one figure to the side of another; the names below stay free of it."""
    (x1, y1), (x2, y2) = start, end
    edge = SIZE // 2 + 4
    if x1 == x2:
        return Line(x1 + edge, y1, x2 + edge, y2)
    side = edge if x1 < x2 else -edge
    return Line(x1 + side, y1, x2 - side, y2)
