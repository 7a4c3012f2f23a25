"""Every refusal of the ground floor has its sentence, and the sentence names what the refusal knows."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

import casework
from casework.kernel.errors import BadInput
from casework.kernel.messages import Messages
from casework.kernel.text import clean
from casework.kernel.wareki import parse_date

ROOT = Path(casework.__file__).parent
SENTENCES = ROOT.parent / "config" / "messages" / "kernel.toml"


@pytest.fixture
def messages(tmp_path: Path) -> Messages:
    """Only the sentences of the ground floor, so that another house cannot fill a gap here."""
    shutil.copy(SENTENCES, tmp_path)
    return Messages(tmp_path)


def raised_codes() -> set[str]:
    codes = set()
    for path in (ROOT / "kernel").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "BadInput":
                code = node.args[0]
                assert isinstance(code, ast.Constant)
                codes.add(str(code.value))
    return codes


def test_every_refusal_of_the_ground_floor_has_a_sentence(messages: Messages) -> None:
    codes = raised_codes()
    assert len(codes) >= 15
    assert {code for code in codes if not messages.knows(code)} == set()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("平成31年5月1日", "平成は平成31年4月30日までです。令和元年5月1日からは令和で入力してください。"),
        ("昭和64年1月8日", "昭和は昭和64年1月7日までです。平成元年1月8日からは平成で入力してください。"),
        ("令和元年4月30日", "令和は令和元年5月1日からです。平成31年4月30日までは平成で入力してください。"),
        ("2026-02-30", "その月の日は1日から28日までです。日を確かめてください。"),
    ],
)
def test_an_impossible_date_is_explained(messages: Messages, typed: str, said: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_date(typed)
    assert messages.error(refusal.value.code, refusal.value.facts) == said


@pytest.mark.parametrize(
    "typed",
    [
        "平成31年5月1日",
        "令和元年4月30日",
        "2026-02-29",
        "2026-02-30",
        "R0.1.1",
        "3000-1-1",
        "M1.1.1",
        "x",
        "2026",
        "26",
    ],
)
def test_no_sentence_about_a_date_is_left_with_a_gap(messages: Messages, typed: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_date(typed)
    said = messages.error(refusal.value.code, refusal.value.facts)
    assert "―" not in said
    assert "{" not in said
    assert said.endswith("。")


def test_a_text_too_long_is_told_by_how_much(messages: Messages) -> None:
    with pytest.raises(BadInput) as refusal:
        clean("架" * 300, field="name", limit=100)
    said = messages.error(refusal.value.code, refusal.value.facts)
    assert said == "100文字まで入力できます（現在300文字）。短くしてください。"
