"""Do the tests bite? Small faults are put into the code one at a time, and the tests beside it must notice each.

A mutant is one change in the body of one function: a comparison turned, a condition negated or fixed, `and` for `or`, a
constant moved, a statement or a refusal left out, another value returned. It is put into the running function (its code
object is exchanged) in a forked child, so that nothing is imported twice and nothing of it survives; the child runs the
tests of its group until the first failure. A child that does not end within its time has noticed the fault as well.

    python -m tests.support.mutants [--group crypto] [--sample 50] [--seed 1] [--again FILE] [--list]

Mutants that nobody could tell from the code stand in `tests/vectors/equivalent_mutants.toml`, each with its reason.
"""

from __future__ import annotations

import argparse
import ast
import copy
import gc
import json
import os
import random
import signal
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.support import world
from tests.support.mutant_groups import GROUPS
from tests.support.told import KEPT, keep_city
from tests.support.tools import in_memory

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = ROOT / "tests" / "vectors" / "equivalent_mutants.toml"
SECONDS = 900  # of one child: far more than its tests take


TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr, ast.Mod: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """The n-th change of one function, as it reads."""

    group: str
    module: str
    function: str
    number: int
    line: int
    before: str
    after: str

    @property
    def name(self) -> str:
        return f"{self.module}:{self.function}: {self.before} -> {self.after} (#{self.number})"

    @property
    def key(self) -> str:
        """What a list of mutants names it by: lines may move, the text of the change may not."""
        return f"{self.module}:{self.function}: {self.before} -> {self.after}"


Edit = Callable[[], ast.AST | None]  # the node that takes the place; None leaves the statement out


def _edits(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            if type(op) in TURNED:
                made = copy.deepcopy(node)
                made.ops[at] = TURNED[type(op)]()
                yield made
    elif isinstance(node, ast.BoolOp):
        made_bool = copy.deepcopy(node)
        made_bool.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield made_bool
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.BinOp) and type(node.op) in OTHER and not isinstance(node.left, ast.Constant):
        made_bin = copy.deepcopy(node)
        made_bin.op = OTHER[type(node.op)]()
        yield made_bin
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        for fixed in (True, False) if not isinstance(node, ast.While) else (False,):
            made_if = copy.deepcopy(node)
            made_if.test = ast.copy_location(ast.Constant(fixed), node.test)
            yield made_if
    else:
        yield from _small_edits(node)


def _small_edits(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        yield ast.Constant(node.value + b"?")
    elif isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield _as("pass", ast.If(ast.Constant(False), [copy.deepcopy(node)], []))
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        kept = ast.IfExp(ast.Constant(True), ast.Constant(None), copy.deepcopy(node.value))
        yield _as("return None", ast.Return(kept))


def _as(words: str, node: ast.AST) -> ast.AST:
    """What is left out stays where it is never run: the function keeps the variables that it closes over."""
    node.reads_as = words  # type: ignore[attr-defined]
    return node


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with its dotted name; one inside another belongs to the outer one."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


class _Place(ast.NodeTransformer):
    """Puts the n-th change of a function in its place and remembers how it reads."""

    def __init__(self, number: int | None) -> None:
        self.wanted, self.seen = number, 0
        self.found: list[tuple[int, str, str]] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for edited in _edits(node):
            self.found.append((getattr(node, "lineno", 0), _reads(node), _reads(edited)))
            self.seen += 1
            if self.wanted == self.seen - 1:
                return ast.copy_location(edited, node)
        if isinstance(node, ast.AnnAssign):  # the annotation of a local name is never evaluated
            node.value = None if node.value is None else self.visit(node.value)
            return node
        return super().generic_visit(node)


def _reads(node: ast.AST) -> str:
    if hasattr(node, "reads_as"):
        return str(node.reads_as)
    told = node.test if isinstance(node, ast.If | ast.While) else node
    kind = "if " if isinstance(node, ast.If) else "while " if isinstance(node, ast.While) else ""
    return (kind + ast.unparse(told).splitlines()[0])[:90]


def _walked(function: ast.FunctionDef, number: int | None) -> tuple[ast.FunctionDef, _Place]:
    """A copy of the function with its n-th change; docstrings, annotations and defaults stay."""
    made, place = copy.deepcopy(function), _Place(number)
    body = made.body[1:] if ast.get_docstring(made) is not None else made.body
    kept = made.body[: len(made.body) - len(body)]
    made.body = [*kept, *(place.visit(statement) for statement in body)]
    return ast.fix_missing_locations(made), place


def mutants(groups: list[str]) -> list[Mutant]:
    found = []
    for group in groups:
        for module in GROUPS[group].modules:
            tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
            for name, function in _functions(tree):
                _, place = _walked(function, None)
                for number, (line, before, after) in enumerate(place.found):
                    found.append(Mutant(group, module, name, number, line, before, after))
    return found


def put_in(mutant: Mutant) -> int:
    """Exchange the code of the living function; how many functions carry it (0: it is not reached from here)."""
    path = ROOT / mutant.module
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = compile(tree, str(path), "exec")
    target = next(f for name, f in _functions(tree) if name == mutant.function)
    changed, _ = _walked(target, mutant.number)
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if isinstance(value, list) and target in value:
                getattr(parent, name)[value.index(target)] = changed
    altered = dict(_altered(plain, compile(tree, str(path), "exec")))
    exchanged = 0
    for living in [thing for thing in gc.get_objects() if isinstance(thing, FunctionType)]:
        code = living.__code__
        new = altered.get(code) if code.co_filename == str(path) else None
        if new is not None and new.co_freevars == code.co_freevars:
            living.__code__ = new
            exchanged += 1
    return exchanged


def _altered(plain: CodeType, changed: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Each code that is not what it was, and what takes its place; the function's own and those inside it."""
    if plain != changed:
        yield plain, changed
    inner = [[c for c in code.co_consts if isinstance(c, CodeType)] for code in (plain, changed)]
    for one in inner[0]:
        for other in inner[1]:
            if _place(one) == _place(other):
                yield from _altered(one, other)
                break


def _place(code: CodeType) -> tuple[str, int, tuple[str, ...]]:
    """What tells the functions of a module apart, two lambdas of one line by what they take."""
    return (
        code.co_qualname,
        code.co_firstlineno,
        code.co_varnames[: code.co_argcount + code.co_kwonlyargcount],
    )


OUTCOMES = {0: "survived", 2: "unprepared", 3: "unreached"}


def _outcome(group: str, mutant: Mutant | None) -> str:
    """What the tests say in a forked child: survived, killed, unprepared (no test came so far) or unreached."""
    child = os.fork()
    if child == 0:
        _as_child(group, mutant)
    try:
        signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(SECONDS)
        _, status = os.waitpid(child, 0)
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "killed"
    finally:
        signal.alarm(0)
    return OUTCOMES.get(os.waitstatus_to_exitcode(status), "killed")


def _too_long(*_: object) -> None:
    raise TimeoutError


class _FirstFailure:
    """In which phase the first test failed."""

    phase = "call"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.phase = str(report.when)


def _as_child(group: str, mutant: Mutant | None) -> None:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if mutant is not None and not put_in(mutant):
        os._exit(3)
    world._EMPTY.clear()  # an application that the parent built knows nothing of the change
    plugins, failure = ["-p", "pytest_timeout", "-p", "no:cacheprovider"], _FirstFailure()
    engines = "both" if mutant is not None and mutant.module in GROUPS[group].both else "sqlite"
    options = ["-x", "-q", "--db", engines, "--timeout=60", *plugins]
    code = pytest.main([*options, *_tests(group, mutant)], plugins=[failure])
    os._exit(0 if code == 0 else 1 if code == 1 and failure.phase == "call" else 2)


def _tests(group: str, mutant: Mutant | None) -> list[str]:
    """The tests of the group, those named for the module first: most mutants go no further."""
    stem = Path(mutant.module).stem if mutant else ""
    return sorted(GROUPS[group].tests, key=lambda path: stem not in path)


def _import_everything() -> None:
    """What the tests import, so that a child has only to run them; and what is changed, or no change would reach it.

    Houses are imported late, by whoever builds an application.
    """
    import casework.commands
    import tests.conftest

    for module in sorted({path for group in GROUPS.values() for path in group.modules}):
        import_module(module.removesuffix(".py").replace("/", "."))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take seconds to load
    assert casework.commands.cli
    assert tests.conftest.database


def listed() -> dict[str, str]:
    """Mutants that nothing can tell from the code, by key, each with its reason."""
    if not EQUIVALENT.exists():
        return {}
    return {
        entry["mutant"]: entry["reason"]
        for entry in tomllib.loads(EQUIVALENT.read_text("utf-8"))["equivalent"]
    }


def run(chosen: list[Mutant], *, control: bool = True) -> dict[str, list[str]]:
    """Names of the chosen mutants by what became of them; those listed as equivalent are not run.

    The control: unchanged code passes the tests of its group in a child too, so that what fails fails for the change.
    """
    equivalent = listed()
    found: dict[str, list[str]] = {
        name: [] for name in ("killed", "survived", "unprepared", "unreached", "equivalent")
    }
    _import_everything()
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        if KEPT not in os.environ and any(not GROUPS[mutant.group].alone for mutant in chosen):
            keep_city(Path(folder))
            os.environ[KEPT] = folder
        for group in {mutant.group for mutant in chosen} if control else ():
            if _outcome(group, None) != "survived":
                raise RuntimeError(f"the tests of {group} fail without any change")
        for mutant in chosen:
            outcome = "equivalent" if mutant.key in equivalent else _outcome(mutant.group, mutant)
            found[outcome].append(f"{mutant.group}: {mutant.name}")
            print(outcome, mutant.group, mutant.name, file=sys.stderr, flush=True)
    if control or found["killed"]:  # tests do run here, so a change that lets none begin is noticed
        found["killed"] += found["unprepared"]
        found["unprepared"] = []
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--group", action="append", choices=sorted(GROUPS))
    parser.add_argument("--sample", type=int, default=0, help="so many, chosen by chance (0: all)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--again", type=Path, help="only those that a file names: what an earlier run printed"
    )
    parser.add_argument("--list", action="store_true", help="show the mutants, run nothing")
    parser.add_argument("--no-control", action="store_true", help="do not try the unchanged code first")
    given = parser.parse_args()
    every = mutants(given.group or sorted(GROUPS))
    if given.again is not None:
        named = given.again.read_text("utf-8").splitlines()
        every = [mutant for mutant in every if any(line.endswith(mutant.name) for line in named)]
    chosen = random.Random(given.seed).sample(every, min(given.sample, len(every))) if given.sample else every
    if given.list:
        print("\n".join(f"{m.group} {m.name}" for m in chosen))
        print(Counter(m.group for m in chosen))
        return
    print(json.dumps(run(chosen, control=not given.no_control), ensure_ascii=False))


if __name__ == "__main__":
    main()
