"""The project's own attacker over the whole bundle of 36 sealed months, and the control that must succeed."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from tests.support.attacker import At, Attacker, Loot, count_loot
from tests.support.caseloads import Sealed, city, sealed
from tests.support.counts import Count
from tests.support.linear import Programme

SIZES = (300, 1000, 3000)
QUICK = {300: 5, 1000: 2, 3000: 1}  # seeds of the quick form
MOST = 10**8  # bounds above are no bounds
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@cache
def _sealed(cases: int, seed: int) -> Sealed:
    return sealed(cases, seed)


def _told(bundle: dict[str, Any], known: dict[At, tuple[int, int]]) -> frozenset[At]:
    """What outside knowledge alone tells, with nothing of the bundle shown."""
    silent = {**bundle, "tables": [{**t, "values": [None] * len(t["values"])} for t in bundle["tables"]]}
    reader = Attacker(silent, known)
    reader.propagate()
    return frozenset(at for at, node in reader.at.items() if reader.high[node] - reader.low[node] <= 2)


@pytest.mark.promise("statistics")
@pytest.mark.long
@pytest.mark.parametrize("cases", SIZES)
def test_nothing_small_is_read_off_the_sealed_bundle(cases: int, count: Count) -> None:
    for seed in range(1, count("seeds", quick=QUICK[cases], long=5) + 1):
        found, loot = _sealed(cases, seed), Loot()
        for fy, bundle in found.bundles.items():
            attacker = Attacker(bundle, found.official[fy])
            contradictions = attacker.propagate()
            told = _told(bundle, found.official[fy]) | frozenset(found.official[fy])
            loot += count_loot(attacker, found.truth, told) + Loot(contradictions=contradictions)
        mean = _report(found, loot, f"{cases} cases, seed {seed}")
        assert loot.small + loot.zeros > 1000
        assert (loot.pinned, loot.proven_zero, loot.proven_one, loot.narrow) == (0, 0, 0, 0)
        assert (loot.contradictions, loot.wrong) == (0, 0)
        assert mean <= 1.7
        count.found(**{f"mean_error_{seed}": f"{mean:.2f}"}, read_off=0)


def _report(found: Sealed, loot: Loot, name: str) -> float:
    """Print what was found and what the editions are good for; the mean error of shown numbers."""
    shown = {at: value for at, value in found.shown.items() if value is not None}
    errors = {at: abs(value - found.truth[at]) for at, value in shown.items()}
    assert max(errors.values()) <= 4
    years = [error for at, error in errors.items() if at[0].startswith("FY") and at[2] == ()]
    flat = {at: n for at, n in found.truth.items() if at[0].startswith("FY") and len(at[2]) == 1}
    hidden = [n for at, n in flat.items() if found.shown[at] is None]
    mean = sum(errors.values()) / len(errors)
    print(
        f"{name}: {loot}; shown {len(shown)} of {len(found.truth)}; one-way tables of years: "
        f"{len(hidden) / len(flat):.1%} of cells and {sum(hidden) / sum(flat.values()):.1%} of records hidden; "
        f"mean error {mean:.2f}, of yearly totals {sum(years) / len(years):.2f}"
    )
    return mean


def test_the_same_attacker_succeeds_where_small_numbers_are_only_hidden() -> None:
    """A control: if it could not break hiding alone, its failure above would say nothing."""
    found = sealed(3000, 1, hide_only=True)
    small: dict[str, list[bool]] = {"all": [], "sums of quarters and years": []}
    for bundle in found.bundles.values():
        attacker = Attacker(bundle, {}, base=1)
        assert attacker.propagate() == 0
        for at, node in attacker.at.items():
            if 0 < found.truth[at] < 10:
                exact = attacker.low[node] == attacker.high[node]
                small["all"].append(exact)
                if at[2] and not MONTH.fullmatch(at[0]):
                    small["sums of quarters and years"].append(exact)
    shares = {name: sum(found) / len(found) for name, found in small.items()}
    print({name: f"{share:.1%} of {len(small[name])}" for name, share in shares.items()})
    assert shares["sums of quarters and years"] >= 0.10


@pytest.mark.promise("statistics")
@pytest.mark.long
@pytest.mark.parametrize("cases", SIZES)
def test_who_knows_every_case_of_one_division_learns_nothing_more(cases: int, count: Count) -> None:
    """Their own numbers are exact to them, and of every other number they know their own part."""
    found = _sealed(cases, 1)
    everyone = city().divisions
    wanted = min(count("divisions", quick=2, long=len(everyone)), len(everyone))
    divisions = [everyone[n * (len(everyone) - 1) // max(1, wanted - 1)] for n in range(wanted)]
    asked = 0
    for division in divisions:
        for fy, bundle in found.bundles.items():
            known, own = _known_by(found, fy, division)
            attacker = Attacker(bundle, known)
            assert attacker.propagate() == 0
            told = _told(bundle, known) | own | frozenset(found.official[fy])
            loot = count_loot(attacker, found.truth, told)
            assert (loot.pinned, loot.proven_zero, loot.proven_one) == (0, 0, 0), (division, fy, loot)
            asked += loot.small + loot.zeros
    count.found(numbers_of_others=asked, learned=0)
    assert asked > 1000


def _known_by(found: Sealed, fy: int, division: str) -> tuple[dict[At, tuple[int, int]], frozenset[At]]:
    editions = {table["edition"] for table in found.bundles[fy]["tables"]}
    known, own = dict(found.official[fy]), set()
    for at, divisions in found.by_division.items():
        if at[0] not in editions:
            continue
        dims = at[1].split(".", 1)[1].split("*")
        if "division" in dims and at[2][dims.index("division")] == division:
            own.add(at)
            known[at] = (found.truth[at], found.truth[at])
        elif at not in known:
            known[at] = (divisions.get(division, 0), 10**9)
    return known, frozenset(own)


@pytest.mark.promise("statistics")
@pytest.mark.long
def test_linear_programming_reads_off_no_small_number_either(count: Count) -> None:
    wanted = count("numbers_per_year", quick=40, long=400)
    for cases in SIZES[: count("sizes", quick=1, long=len(SIZES))]:
        found, asked, narrow = _sealed(cases, 1), 0, 0
        for fy, bundle in found.bundles.items():
            attacker = Attacker(bundle, found.official[fy])
            attacker.propagate()
            told = _told(bundle, found.official[fy]) | frozenset(found.official[fy])
            small = [n for at, n in attacker.at.items() if found.truth[at] < 10 and at not in told]
            bounded = [n for n in small if attacker.high[n] < MOST]
            programme = Programme(attacker)
            assert programme.feasible()
            chosen = bounded[:: max(1, len(bounded) // wanted)]
            for low, high in programme.bounds(chosen).values():
                asked += 1
                narrow += high - low <= 2
        count.found(**{f"asked_of_{cases}": asked}, known_to_within_2=narrow)
        assert asked > 0
        assert narrow == 0
