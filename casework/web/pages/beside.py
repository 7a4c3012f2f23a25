"""Two editors: what differs word by word, who changed a field since the form was opened, and whose text was chosen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from werkzeug.datastructures import MultiDict

PICK, THEIRS = "_pick.", "_theirs."
MINE, OTHER = "mine", "theirs"
WORD = re.compile(r"[一-龯々〆ヶ]+|[ぁ-ゖー]+|[ァ-ヺー]+|[A-Za-z]+|[0-9０-９]+|.", re.DOTALL)
Inside = Callable[[str, str], tuple[list["Piece"], list["Piece"]]]
CLOSE = 250_000  # pairs of words that are compared exactly; beyond that by whole lines


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one text; `own` if the other text does not have it."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """One field after a conflict: both texts in pieces, what the record holds as it would be posted, who changed the
    field since the form was opened ("both", "they", "you"), and whose text is to be kept ("" until somebody chose).
    """

    mine: Sequence[Piece]
    theirs: Sequence[Piece]
    held: Sequence[str]
    who: str
    pick: str


def compare(mine: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, changed words marked; put together again, the pieces are the texts.

    >>> [p.text for p in compare("母と暮らす", "父と暮らす")[0] if p.own]
    ['母']
    """
    return _split(mine.splitlines(keepends=True), theirs.splitlines(keepends=True), _words)


def _words(mine: str, theirs: str) -> tuple[list[Piece], list[Piece]]:
    a, b = WORD.findall(mine), WORD.findall(theirs)
    if len(a) * len(b) > CLOSE:
        return _whole(mine), _whole(theirs)
    return _split(a, b, lambda one, other: (_whole(one), _whole(other)))


def _whole(text: str) -> list[Piece]:
    return [Piece(text, True)] if text else []


def _split(a: Sequence[str], b: Sequence[str], inside: Inside) -> tuple[list[Piece], list[Piece]]:
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b).get_opcodes():
        one, other = "".join(a[i:j]), "".join(b[k:m])
        if tag == "equal":
            left.append(Piece(one, False))
            right.append(Piece(other, False))
            continue
        mine, theirs = inside(one, other)
        left += mine
        right += theirs
    return left, right


def plain(kind: str, values: Sequence[str]) -> str:
    """Values as people see them: line ends of browsers, blank entries and the order of ticks make no difference."""
    if kind == "tick":  # a box that is not ticked is not posted
        values = [value for value in values if value != "0"]
    texts = [text for value in values if (text := value.replace("\r\n", "\n").strip())]
    return "\n".join(sorted(texts) if kind == "checks" else texts)


def digest(text: str) -> str:
    """What stands for a field's text in the page that was opened: enough to see that somebody changed it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12] if text else ""


def note(fields: Iterable[tuple[str, str]]) -> str:
    """The fields' first texts (name, plain text), as the hidden `_base` of a form."""
    return " ".join(f"{name}:{digest(text)}" for name, text in fields if text)


def read(noted: str) -> dict[str, str]:
    """Digests by field of a form's `_base`; a field that is not there was blank."""
    return {name: mark for name, _, mark in (part.rpartition(":") for part in noted.split())}


def judge(base: Mapping[str, str] | None, name: str, mine: str, theirs: str) -> str:
    """Who changed the field since the form was opened; "both" if that is not known."""
    if base is None:
        return "both"
    was = base.get(name, "")
    if digest(mine) == was:
        return "they"
    return "you" if digest(theirs) == was else "both"


def undecided(posted: MultiDict[str, str]) -> list[str]:
    """Fields that differ and for which nobody has said whose text is to be kept."""
    return [name for name in differing(posted) if posted.get(PICK + name) not in (MINE, OTHER)]


def differing(posted: MultiDict[str, str]) -> list[str]:
    """Fields that stood side by side in the posted form."""
    return [name.removeprefix(THEIRS) for name in posted if name.startswith(THEIRS)]


def chosen(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form as it is meant: the other's text where that was chosen, without what the comparison added."""
    taken = {name for name in differing(posted) if posted.get(PICK + name) == OTHER}
    found: MultiDict[str, str] = MultiDict()
    for name, value in posted.items(multi=True):
        if name.startswith(THEIRS):
            plain_name = name.removeprefix(THEIRS)
            if plain_name in taken and value:
                found.add(plain_name, value)
        elif not name.startswith(PICK) and name not in taken:
            found.add(name, value)
    return found
