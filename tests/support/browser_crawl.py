"""Walk through the pages of a role by their links, and note what each page is and what is wrong with it."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import requests
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from casework.app import HOUSES
from tests.support.browser_city import SignIn
from tests.support.browser_html import header_faults, read
from tests.support.server import Server

SAMPLE = 3  # addresses per endpoint and role
NOBODY = "nobody"
SEED = "a record in each state"
# Where the records of a flow are kept and shown: every state of the city is to be looked at.
SHOWN = {
    "SELECT id, state FROM case_file ORDER BY id DESC": "/cases/{}",
    "SELECT id, state FROM plan ORDER BY id DESC": "/plans/{}",
    "SELECT id, state FROM intake ORDER BY id DESC": "/intakes/{}",
    "SELECT id, state FROM referral ORDER BY id DESC": "/referrals/{}",
    "SELECT id, state FROM meeting ORDER BY id DESC": "/meetings/{}",
    "SELECT i.id, m.state FROM agenda_item i JOIN meeting m ON m.id = i.meeting_id ORDER BY i.id DESC": "/agenda/{}",
    "SELECT id, state FROM participation_need ORDER BY id DESC": "/participation/{}",
    "SELECT id, state FROM disclosure_request ORDER BY id DESC": "/disclosure-requests/{}",
    "SELECT id, state FROM case_file WHERE NOT protected ORDER BY id": "/cases/{}/grants",
}
PER_STATE = 3


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as one role met it. `came_from` is the page with the link; `weight` is bytes as they travelled."""

    role: str
    endpoint: str
    path: str
    status: int
    title: str
    weight: int
    faults: tuple[str, ...]
    came_from: str


@cache
def pages_map() -> Flask:
    """The pages of all houses on a bare application: their addresses, without keys or a database."""
    app = Flask("pages", static_folder=None)
    for name in HOUSES:
        if find_spec(f"casework.{name}.pages") is not None:
            app.register_blueprint(import_module(f"casework.{name}.pages").bp)
    return app


def page_endpoints() -> list[str]:
    """Every endpoint of a page that answers GET, from the URL map."""
    rules = pages_map().url_map.iter_rules()
    return sorted({r.endpoint for r in rules if "GET" in (r.methods or ()) and "_pages." in r.endpoint})


@cache
def _adapter() -> MapAdapter:
    return pages_map().url_map.bind("127.0.0.1")


def endpoint_of(path: str) -> str:
    """The endpoint behind an address; "" if no page answers GET there."""
    try:
        return str(_adapter().match(urlsplit(path).path, method="GET")[0])
    except HTTPException:
        return ""


def signed_in(server: Server, who: SignIn) -> requests.Session:
    """A plain HTTP client with the cookie of a person, signed in at the sign-in page."""
    http = requests.Session()
    sent = {"login": who.login, "password": who.password}
    answer = http.post(f"{server.base}/sign-in", data=sent, allow_redirects=False, timeout=60)
    assert answer.status_code == 303, f"{who.login}: {answer.status_code}"
    return http


def visit(http: requests.Session, server: Server, role: str, path: str, came_from: str = "") -> Visit:
    return _visit(http, server, role, path, came_from)[0]


def _visit(
    http: requests.Session, server: Server, role: str, path: str, came_from: str
) -> tuple[Visit, Iterable[str]]:
    answer = http.get(f"{server.base}{path}", allow_redirects=False, timeout=60)
    weight = int(answer.raw.tell())
    endpoint = endpoint_of(path)
    if "text/html" not in answer.headers.get("Content-Type", ""):
        wrong = () if answer.status_code == 200 else (f"status {answer.status_code}",)
        return Visit(role, endpoint, path, answer.status_code, "", weight, wrong, came_from), ()
    page = read(answer.content.decode("utf-8"))
    faults = [*page.faults, *header_faults(answer.headers)]
    if answer.status_code != 200:
        faults.insert(0, f"status {answer.status_code}")
    seen = Visit(role, endpoint, path, answer.status_code, page.title, weight, tuple(faults), came_from)
    return seen, page.links


def at_the_door(server: Server) -> list[Visit]:
    """The sign-in page, which is all that is there for somebody who is not signed in."""
    with requests.Session() as http:
        return [visit(http, server, NOBODY, "/sign-in")]


def crawl(server: Server, role: str, who: SignIn, seeds: Iterable[str] = ()) -> list[Visit]:
    """Follow the links of one role from 今日, GET only, at most SAMPLE addresses per endpoint.

    `seeds` are addresses to try beside, one per state of a record; what the role may not see is passed over.
    """
    found: list[Visit] = []
    waiting = deque([("/", ""), *((seed, SEED) for seed in seeds)])
    known, taken = {"/"}, Counter[str]()
    with signed_in(server, who), signed_in(server, who) as http:  # the first is a device left somewhere else
        while waiting:
            path, came_from = waiting.popleft()
            if came_from != SEED and taken[endpoint_of(path)] >= SAMPLE:
                continue
            seen, links = _visit(http, server, role, path, came_from)
            if came_from == SEED and seen.status in (403, 404):
                continue
            taken[endpoint_of(path)] += came_from != SEED
            found.append(seen)
            for link in links:
                onward = urlsplit(urljoin(path, link))
                address = onward.path + (f"?{onward.query}" if onward.query else "")
                if not onward.netloc and address not in known and endpoint_of(address):
                    known.add(address)
                    waiting.append((address, path))
    return found


def seeds_of(rows: Callable[[str], list[tuple[str, ...]]]) -> list[str]:
    """Addresses of a few records in each state; `rows` asks the city's database."""
    found = []
    for statement, address in SHOWN.items():
        taken = Counter[str]()
        for record, state in rows(statement):
            taken[state] += 1
            if taken[state] <= PER_STATE:
                found.append(address.format(UUID(record)))
    return found


def store(path: Path, visits: Iterable[Visit]) -> None:
    path.write_text(json.dumps([asdict(v) for v in visits], ensure_ascii=False), encoding="utf-8")


def restore(path: Path) -> list[Visit]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Visit(**{**row, "faults": tuple(row["faults"])}) for row in rows]
