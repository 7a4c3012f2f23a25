"""What is wrong with a page as text: its HTML, its names, its headers; found without a browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as WORDING

from casework.web.headers import HEADERS, PAGE_CSP

POINTS = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers", "list")
LOADS = ("script", "link", "img", "iframe", "source", "audio", "video", "embed", "object", "input")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class Read:
    """A page as a parser reads it: title, where it leads, and what is wrong with it."""

    title: str
    links: tuple[str, ...]
    faults: tuple[str, ...]


def read(text: str) -> Read:
    """Parse a page and look it over; `links` are those of anchors and of the forms' own addresses."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    faults = [f"line {at[0]}: {WORDING.get(code, code) % facts}" for at, code, facts in parser.errors]
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    for look in (_ids, _names, _headings, _tables, _house_only):
        faults += look(root, elements)
    title = "".join(e.text or "" for e in elements if e.tag == "title").strip()
    return Read(title, tuple(_links(elements)), tuple(faults))


def _ids(_: Element, elements: list[Element]) -> Iterator[str]:
    ids = Counter(e.get("id") for e in elements if e.get("id"))
    yield from (f"id {name} stands {count} times" for name, count in ids.items() if count > 1)
    for element in elements:
        for name in POINTS:
            for target in (element.get(name) or "").split():
                if target not in ids:
                    yield f"{element.tag} {name} points to #{target}, which is not there"
        href = element.get("href") or ""
        if href.startswith("#") and href[1:] not in ids:
            yield f"a link leads to {href}, which is not there"


def _names(root: Element, elements: list[Element]) -> Iterator[str]:
    if root.get("lang") != "ja":
        yield "html has no lang=ja"
    titles = [e for e in elements if e.tag == "title"]
    if len(titles) != 1 or not (titles[0].text or "").strip(" -casework"):
        yield "the title is empty"
    labelled = {e.get("for") for e in elements if e.tag == "label"}
    for element in elements:
        if element.tag not in ("input", "select", "textarea"):
            continue
        if element.get("type") in ("hidden", "submit", "button"):
            continue
        named = element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        if not named:
            yield f"{element.tag} {element.get('name')} has no label"


def _headings(_: Element, elements: list[Element]) -> Iterator[str]:
    found = [int(e.tag[1]) for e in elements if e.tag in HEADINGS]
    if found.count(1) != 1:
        yield f"{found.count(1)} h1"
    for before, after in pairwise(found):
        if after > before + 1:
            yield f"a heading h{after} follows h{before}"
    yield from (f"an empty {e.tag}" for e in elements if e.tag in HEADINGS and not words(e))


def _tables(_: Element, elements: list[Element]) -> Iterator[str]:
    """A caption, or a labelled region that holds nothing but the table, says what it is about."""
    held = {id(child): e for e in elements if e.get("role") == "region" and len(e) == 1 for child in e}
    for table in (e for e in elements if e.tag == "table"):
        named = (e.get("aria-label") or e.get("aria-labelledby") for e in (table, held.get(id(table), table)))
        if table.find("caption") is None and not any(named):
            yield "a table without caption"
        if any(head.get("scope") is None for head in table.iter("th")):
            yield f"a table head without scope: {words(next(table.iter('th')))}"


def _house_only(_: Element, elements: list[Element]) -> Iterator[str]:
    """Nothing inline, nothing from elsewhere, no words of people in an address."""
    for element in elements:
        if element.get("style") is not None or element.tag == "style":
            yield f"inline style at {element.tag}"
        if element.tag == "script" and not element.get("src"):
            yield "inline script"
        yield from (f"{name} at {element.tag}" for name in element.attrib if name.startswith("on"))
        for name in ("src", "href", "action", "data", "srcset"):
            address = element.get(name) or ""
            if element.tag in LOADS and re.match(r"(?:[a-z]+:)?//", address):
                yield f"{element.tag} loads {address}"
            if not address.isascii():
                yield f"{element.tag} {name} carries words: {address}"
        if element.tag == "img" and element.get("alt") is None:
            yield f"img {element.get('src')} without alt"


def _links(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == "a" and element.get("href"):
            yield element.get("href") or ""
        elif element.tag == "form" and element.get("method", "get").lower() == "get":
            for choice in element.iter("select"):  # a filter: where its choices lead
                for option in choice.iter("option"):
                    if option.get("value"):
                        query = urlencode({choice.get("name") or "": option.get("value")})
                        yield f"{element.get('action') or ''}?{query}"
        elif element.tag == "form" and element.get("action"):
            yield element.get("action") or ""


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def header_faults(headers: Mapping[str, Any]) -> list[str]:
    """Headers of a page that differ from the design."""
    wanted = {**HEADERS, "Content-Security-Policy": PAGE_CSP}
    return [f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
