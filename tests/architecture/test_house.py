"""The house keeps its shape: sizes, one place that commits, no way around the guards, labels and flows complete."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import casework
from casework.commands import flows, flows_markdown, policy_markdown
from casework.kernel.actor import Permission, Role
from casework.kernel.messages import Messages
from casework.policy import POLICY
from casework.settings import bundled_path

PACKAGE = Path(casework.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "_bundled" not in p.parts)
ROOMS = {
    "rules",
    "models",
    "access",
    "queries",
    "actions",
    "schemas",
    "api",
    "pages",
    "cli",
    "__init__",
    "login",
    "proofs",
    "sessions",
    "sheet",
    "standing",
    "names",
    "backups",
}
GROUND = {"kernel", "crypto", "db", "audit", "codes", "usecase", "web"}
MESSAGES = Messages(bundled_path("config") / "messages")


def _named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_no_module_is_longer_than_400_lines_and_no_function_than_40(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    tree = ast.parse(text)
    long = [f.name for f in _functions(tree) if (f.end_lineno or 0) - f.lineno + 1 > 40]
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=_named)
def test_every_module_says_at_its_head_what_the_room_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_houses_have_only_rooms_with_known_names() -> None:
    strangers = [
        _named(path)
        for path in MODULES
        if len(path.relative_to(PACKAGE).parts) > 1
        and path.relative_to(PACKAGE).parts[0] not in GROUND | {"demo", "policy"}
        and path.relative_to(PACKAGE).parts[1].removesuffix(".py") not in ROOMS
    ]
    assert strangers == []


def _using(pattern: str, *, outside: set[str]) -> list[str]:
    found = []
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0] in outside or _named(path) in outside:
            continue
        if re.search(pattern, path.read_text(encoding="utf-8")):
            found.append(_named(path))
    return found


def test_nothing_but_the_gate_commits() -> None:
    assert _using(r"\.commit\(\)", outside={"usecase/gate.py", "accounts/sessions.py"}) == []


def test_only_the_ground_may_clear_a_statement_past_the_guard() -> None:
    ground = {"db", "audit", "usecase", "web/health.py", "accounts/sessions.py", "accounts/standing.py"}
    assert _using(r"\bCLEARED\b", outside=ground) == []


def test_no_raw_sql_stands_in_a_house() -> None:
    assert (
        _using(r"exec_driver_sql|\btext\(\s*\"(?:SELECT|UPDATE|INSERT|DELETE)", outside={"db", "audit"}) == []
    )


def test_every_house_builds_its_reasons_from_two_faced_blocks() -> None:
    assert _using(r"\bReason\(", outside={"db", "kernel"}) == []


def test_relationships_are_not_used() -> None:
    assert (
        _using(r"\brelationship\(", outside=set()) == ["db/guard.py"]
        or _using(r"\brelationship\(", outside=set()) == []
    )


def _enums() -> list[type[StrEnum]]:
    found: dict[str, type[StrEnum]] = {}
    for path in MODULES:
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "rules" not in parts and parts != ("kernel", "actor"):
            continue
        name = ".".join(("casework", *(p for p in parts if p != "__init__")))
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum:
                found[value.__name__] = value
    found.pop("Permission", None)
    return list(found.values())


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("enum", _enums(), ids=lambda e: e.__name__)
def test_every_member_of_an_enumeration_has_a_japanese_label(enum: type[StrEnum]) -> None:
    missing = [m.value for m in enum if not MESSAGES.has_label(_snake(enum.__name__), m.value)]
    assert missing == []


ERROR = re.compile(
    r"(?:BadInput|Refused|TooMany|Unavailable|NotSignedIn|Fault)\(\s*\"([a-z0-9_]+)\"|super\(\).__init__\(\s*\"([a-z0-9_]+)\""
)


def test_every_error_code_has_its_japanese_sentence() -> None:
    missing = {}
    for path in MODULES:
        for match in ERROR.finditer(path.read_text(encoding="utf-8")):
            code = match.group(1) or match.group(2)
            if code not in ("replayed",) and not MESSAGES.knows(code):
                missing[code] = _named(path)
    assert missing == {}


def test_the_drawn_flows_are_not_stale() -> None:
    written = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    assert written.strip() == flows_markdown().strip(), "run: casework flow draw > docs/flows.md"


def test_the_printed_policy_is_not_stale() -> None:
    written = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    assert written.strip() == policy_markdown(POLICY).strip(), "run: casework policy show > docs/policy.md"


def test_every_move_needs_a_permission_that_somebody_holds() -> None:
    unheld = {
        f"{flow.name}.{m.name}": m.permission.value
        for flow in flows()
        for m in flow.moves
        if not POLICY.table.get(m.permission)
    }
    assert unheld == {}


def test_every_permission_is_held_by_a_role_or_is_not_there() -> None:
    unheld = [p.value for p in Permission if not POLICY.table.get(p)]
    assert unheld == []


def test_an_administrator_holds_no_permission_on_case_content() -> None:
    content = ("case.", "note.", "consent.", "intake.", "referral.", "meeting.", "agenda.", "sheet.", "plan.")
    held = [p.value for p, roles in POLICY.table.items() if Role.ADMINISTRATOR in roles]
    assert [
        name for name in held if name.startswith((*content, "person.", "outreach.", "participation."))
    ] == []


def test_code_carries_no_mark_that_hides_unfinished_work() -> None:
    marks = re.compile(r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError|pragma: no cover")
    hidden = [_named(path) for path in MODULES if marks.search(path.read_text(encoding="utf-8"))]
    assert hidden == []


def test_whole_tables_and_bare_counts_are_asked_for_by_few() -> None:
    """`whole` reads past the actor's sight: for the name table, for closing every case of a protected person, for
    keys, for owners who lost sight of their work (no record is told), and for counts that two readers must read alike;
    `count` tells a bare number."""
    reading = {name.split("/")[0] for name in _using(r"\b(?:ctx|Context)\.whole\(", outside={"usecase"})}
    counting = {name.split("/")[0] for name in _using(r"\bctx\.count\(", outside={"usecase", "demo"})}
    assert reading <= {"people", "cases", "statistics", "custody", "oversight"}
    assert counting <= {
        "people",
        "participation",
        "meeting",
        "documents",
        "statistics",
        "cases",
    }  # searches an hour, emergency accesses of a day, places taken, agenda numbers, the ministry's counts
