"""`docs/proofs.md`: each promise, the tests that show it and their counts, read from the source of the tests.

python -m tests.support.proofs > docs/proofs.md
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROMISES = {
    "1": ("no route escapes policy; an application with an unclassified route does not start", "100 %"),
    "2": ("no foreign object: every endpoint, actor, relation and place of an id", "15,000 pairs, 0 leaks"),
    "3": (
        "no foreign field: answers have the keys of their schema, writes take no other",
        "0 extra, 0 assigned",
    ),
    "4": ("a right is gone at once, also during a slow request", "0 of 1,000 replays"),
    "5": ("nothing personal at rest in clear", "500 canaries, 8 encodings, 0 hits"),
    "6": ("a ciphertext is bound to its place", "100 % refused with the right error"),
    "7": ("the format is stable", "100 % of the vectors"),
    "8": ("rotation without downtime", "10,000 requests, 100 kills, 0 unreadable"),
    "9": ("erasure is real", "0 of 1,000 recoverable"),
    "10": ("every tamper is found", "100 %, no false alarm in 1,000 clean runs"),
    "11": ("the trail neither forks nor has gaps", "0 in 16 processes x 5,000 events"),
    "12": ("no act without its event, no event without its act", "0"),
    "13": ("what was acknowledged is durable", "1,000 kills: 0 lost, 0 half"),
    "14": ("the database restarts, connections are lost", "0 lost, 0 doubled"),
    "15": ("one effect per key", "exactly 1 in 10,000"),
    "16": ("no lost update", "0 silent overwrites in 10,000"),
    "17": ("the flow holds, whatever people try", "500 runs of up to 60 steps"),
    "18": ("no request breaks the door", "0 answers of 5xx"),
    "19": ("a full disk, a clock that jumps", "a clear error, nothing half written"),
    "20": ("backups restore", "100 of 100"),
    "21": ("each migration, both ways, with data", "100 %"),
    "22": ("abuse of the sign-in", "the user always gets in, no difference shows"),
    "23": ("the browser runs nothing that was typed", "headers everywhere, 200 scripts, 0 run"),
    "24": ("the tests bite", "95 % of mutants, 100 % of policy and crypto"),
    "statistics": ("no person can be read off the sealed statistics", "0 read off"),
}
HEAD = """# Proofs: each promise and the tests that show it

Drawn from the source of the tests by `python -m tests.support.proofs > docs/proofs.md`; a test fails when this page is
stale. The quick form of everything runs in `make test`, the long form in `make prove`; both end with one line per test
under the heading "promises": row, test, counts, what was met, outcome.

    make prove                                      # every long form, at the long counts
    make prove ARGS="--count kills=1000 -k kill"    # one of them, with a count of your own
    make prove ARGS="tests/faults --count kills=50" # those of one folder
    make prove ARGS="-k NAME_OF_THE_TEST"           # one row of the tables below

`--count NAME=N` (repeatable) overrules the named count in either form; a name that no test asks for ends the run with
an error. What is "asked for" is what the design asks of the long form. A test without counts has one form, and it is
run whole by `make test`.
"""


@dataclass(frozen=True)
class Proof:
    """One test that shows a promise."""

    rows: tuple[str, ...]
    path: str
    name: str
    counts: tuple[tuple[str, str, str], ...]  # (name, quick, long) as written
    long: bool


def proofs() -> list[Proof]:
    """Every test marked `promise` or `long`, from the source."""
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        everywhere = [n.value for n in tree.body if isinstance(n, ast.Assign) and _names(n) == ["pytestmark"]]
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            marks = list(_marks([*node.decorator_list, *everywhere]))
            rows = tuple(str(row) for name, args in marks if name == "promise" for row in args)
            long = any(name == "long" for name, _ in marks)
            if rows or long:
                where = str(path.relative_to(ROOT))
                found.append(Proof(rows, where, node.name, tuple(_counts(node)), long))
    return found


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _marks(nodes: list[ast.expr]) -> Iterator[tuple[str, list[object]]]:
    """(name, arguments) of each `pytest.mark.…`, alone or in a list."""
    for node in nodes:
        if isinstance(node, ast.List | ast.Tuple):
            yield from _marks(node.elts)
            continue
        call = node.func if isinstance(node, ast.Call) else node
        if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "pytest.mark":
            given = node.args if isinstance(node, ast.Call) and call.attr == "promise" else []
            yield call.attr, [ast.literal_eval(arg) for arg in given]


def _counts(function: ast.FunctionDef) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "count":
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            yield ast.literal_eval(node.args[0]), given["quick"], given["long"]


def markdown() -> str:
    lines, known = [HEAD], proofs()
    for row, (promise, figure) in PROMISES.items():
        shown = [proof for proof in known if row in proof.rows]
        lines.append(f"## {row}. {promise[0].upper()}{promise[1:]}\n\nAsked for: {figure}.\n")
        if not shown:
            lines.append("No test carries this row.\n")
            continue
        lines += ["| test | count | quick | long |", "|---|---|---|---|"]
        lines += [line for proof in shown for line in _lines(proof)]
        lines.append("")
    return "\n".join(lines)


def _lines(proof: Proof) -> Iterator[str]:
    test = f"`{proof.path}` `{proof.name}`"
    for name, quick, long in proof.counts or (("", "whole", "whole"),):
        yield f"| {test} | {name} | {quick.replace('_', ',')} | {long.replace('_', ',')} |"


if __name__ == "__main__":
    print(markdown(), end="")
