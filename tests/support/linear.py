"""The attacker's best tool: by linear programming, what all published numbers together allow a number to be."""

from __future__ import annotations

import math
from collections.abc import Iterable

import highspy
import numpy as np

from tests.support.attacker import INF, Attacker


class Programme:
    """All equations and bounds of an attacker at once; each question is a small change of the objective."""

    def __init__(self, attacker: Attacker) -> None:
        self._solver = solver = highspy.Highs()
        solver.silent()
        low = np.array([float(v) for v in attacker.low])
        high = np.array([solver.inf if v == INF else float(v) for v in attacker.high])
        solver.addVars(len(low), low, high)
        for equation in attacker.equations:
            columns = np.array([equation.whole, *equation.parts], dtype=np.int32)
            weights = np.array([1.0, *([-1.0] * len(equation.parts))])
            solver.addRow(0.0, 0.0, len(columns), columns, weights)

    def feasible(self) -> bool:
        return self._run() is not None

    def bounds(self, nodes: Iterable[int]) -> dict[int, tuple[float, float]]:
        """The integers that each number can be at least and at most; an open end is infinite."""
        return {node: (self._end(node, 1.0), self._end(node, -1.0)) for node in nodes}

    def _end(self, node: int, sense: float) -> float:
        self._solver.changeColCost(node, sense)
        value = self._run()
        self._solver.changeColCost(node, 0.0)
        if value is None:
            return INF if sense < 0 else 0.0
        return math.ceil(value - 1e-6) if sense > 0 else math.floor(-value + 1e-6)

    def _run(self) -> float | None:
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(self._solver.getInfo().objective_function_value)
