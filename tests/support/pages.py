"""A person with a browser but without a screen: opens pages, fills forms as they stand, presses buttons."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from tests.support.cast import PASSWORD, Seat
from tests.support.world import World


@dataclass
class Shown:
    """A page as it came back: status, words, and the fields of its work form as a browser would send them."""

    path: str
    status: int
    text: str
    fields: list[tuple[str, str]]
    location: str

    def beside(self, name: str) -> str:
        """The error beside a field."""
        mark = f'id="f-{name.replace(".", "-")}-error">'
        return (
            ""
            if mark not in self.text
            else self.text.split(mark)[1].split("</p>")[0].split("</span>")[-1].strip()
        )


class _Fields(HTMLParser):
    """Values of the last form of the page that has more than a token (the frame's own sign-out form comes first)."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self._select: str | None = None
        self._area: str | None = None
        self._written = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append([])
        elif not self.forms:
            return
        elif tag == "input" and at.get("name"):
            if at.get("type") not in ("radio", "checkbox") or "checked" in at:
                self.forms[-1].append((at["name"], at.get("value", "")))
        elif tag == "select":
            self._select = at.get("name")
        elif tag == "option" and self._select and "selected" in at:
            self.forms[-1].append((self._select, at.get("value", "")))
        elif tag == "textarea":
            self._area, self._written = at.get("name"), ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self.forms[-1].append((self._area, self._written.removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._select = None


class Reader:
    """Somebody of the cast (or another login) at the pages."""

    def __init__(self, world: World, login: str, password: str = PASSWORD) -> None:
        self.http = world.app.test_client()
        self.login = login
        self.sign_in(password)

    def sign_in(self, password: str = PASSWORD) -> Shown:
        sent = {"login": self.login, "password": password}
        answer = self.shown(self.http.post("/sign-in", data=sent))
        assert answer.status == 303, answer.text
        return answer

    def open(self, path: str, status: int = 200) -> Shown:
        answer = self.shown(self.http.get(path))
        assert answer.status == status, f"{path}: {answer.status}: {answer.text[:3000]}"
        return answer

    def send(self, shown: Shown, status: int = 303, **typed: Any) -> Shown:
        """Send the page's form with these values instead of its own; dots of names are written as __."""
        given = {name.replace("__", "."): value for name, value in typed.items()}
        pairs = [(name, value) for name, value in shown.fields if name not in given]
        for name, value in given.items():
            pairs += [(name, str(v)) for v in (value if isinstance(value, list | tuple) else [value])]
        sent: dict[str, list[str]] = {}
        for name, value in pairs:
            sent.setdefault(name, []).append(value)
        answer = self.shown(self.http.post(shown.path, data=sent))
        assert answer.status == status, f"{shown.path}: {answer.status}: {answer.text[:3000]}"
        return answer

    def do(self, path: str, status: int = 303, **typed: Any) -> Shown:
        """Open a form, fill it, send it."""
        return self.send(self.open(path), status, **typed)

    @staticmethod
    def shown(answer: Any) -> Shown:
        text = answer.get_data(as_text=True)
        return read(answer.request.path, answer.status_code, text, answer.headers.get("Location", ""))


def read(path: str, status: int, text: str, location: str) -> Shown:
    """A page as it came over any client."""
    parser = _Fields()
    parser.feed(text)
    forms = [form for form in parser.forms if len(form) > 1]
    return Shown(path, status, text, forms[-1] if forms else [], location)


def seat_and_reader(world: World, login: str) -> tuple[Seat, Reader]:
    """The same person at the JSON door and at the pages."""
    return Seat(world, login), Reader(world, login)
