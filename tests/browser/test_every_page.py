"""Every page of the URL map, as each role finds it by its links in the demo city: whole, named, accessible, fitting.

A page that no role reaches by a link fails here; so does one that is new and unfit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.support import browser_city, browser_page
from tests.support.browser_city import ROLES
from tests.support.browser_crawl import (
    NOBODY,
    Visit,
    at_the_door,
    crawl,
    page_endpoints,
    restore,
    seeds_of,
    signed_in,
    store,
)
from tests.support.browser_page import Watch
from tests.support.once import once
from tests.support.server import Server

# Pages that no link of the demo city leads to, and why.
UNVISITED: dict[str, str] = {
    **dict.fromkeys(
        ("oversight_pages.finding", "oversight_pages.review"),
        "nobody in the demo city did anything unusual; tests/integration/oversight opens both",
    ),
    "oversight_pages.seen_csv": "asks for a record by its number; tests/integration/oversight writes the file",
    "accounts_pages.enable": "nobody's account is disabled in the demo city",
    **dict.fromkeys(
        (
            "accounts_pages.recovery",
            "accounts_pages.remove_totp",
        ),
        "nobody of the demo city has a second factor; tests/browser/test_sign_in.py gives one",
    ),
    "accounts_pages.reset_factors": "nobody of the demo city has a second factor; "
    "tests/integration/accounts/test_factor_pages.py opens it",
    **dict.fromkeys(
        ("accounts_pages.second", "accounts_pages.totp"),
        "a step of signing in or enrolling; tests/browser/test_sign_in.py walks through it",
    ),
    **dict.fromkeys(
        ("accounts_pages.sso", "accounts_pages.sso_answer"),
        "the demo city has no identity provider; tests/integration/accounts/test_sso.py has one",
    ),
    **dict.fromkeys(
        ("accounts_pages.new_passkey", "accounts_pages.remove_passkey"),
        "no passkeys without an origin in the settings; tests/browser/test_sign_in.py makes one",
    ),
    "oversight_pages.replace_owner": "nobody of the demo city owns what they may not open; "
    "tests/integration/oversight/test_unseen_pages.py makes it so",
    "accounts_pages.confirm": "comes before acts of weight, and no link leads to it",
    "cases_pages.correct_note": "a note is corrected by its author, and none of those who walk wrote one lately",
    "cases_pages.end_assignment": "roles of the city's cases were given by others than those who walk",
    "cases_pages.lift": "no protection waits to be lifted in the demo city",
    **dict.fromkeys(
        ("cases_pages.ask_lift", "cases_pages.name_grant", "people_pages.renew_protection"),
        "for those named in a protection; none of those who walk is",
    ),
    "cases_pages.step_out": "asks for a case in 多機関協働 whose roles are all named",
    **dict.fromkeys(
        ("custody_pages.approve_retirement", "custody_pages.withdraw_retirement"),
        "no old key waits to be destroyed in the demo city; tests/integration/custody walks both steps",
    ),
    "documents_pages.pdf": "nothing is on paper in the demo city; tests/integration/documents draws every form",
    "documents_pages.sheet": "nothing is on paper in the demo city; tests/integration/documents draws every form",
    "meeting_pages.reassign_action": "asks for a 対応事項 that was objected to, seen by who tracks it",
    "people_pages.ask_release": "nobody's whereabouts are restricted within sight of those who walk",
    **dict.fromkeys(
        (
            "plan_pages.approve_afterwards",
            "plan_pages.decide",
            "plan_pages.start_before",
        ),
        "asks for the chair of 重層的支援会議; one person per role walks",
    ),
    "referral_pages.complete": "asks for an accepted referral of the person who walks",
}
pytestmark = pytest.mark.timeout(600)  # the first test of a worker waits for the city and its walk
LOOKERS = 3  # roles that walk at the same time


@pytest.fixture(scope="module")
def visits(server: Server, city: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Visit]:
    """What every role found; walked once per run, whichever process asks first."""

    def walk(folder: Path) -> None:
        seeds = seeds_of(lambda statement: browser_city.rows(city, statement))
        with ThreadPoolExecutor(LOOKERS) as pool:
            found = list(pool.map(lambda role: crawl(server, role, ROLES[role], seeds), ROLES))
        store(
            folder / "visits.json", [*at_the_door(server), *(visit for walked in found for visit in walked)]
        )

    return restore(once(tmp_path_factory, "visits", walk) / "visits.json")


@pytest.fixture(scope="module")
def windows(server: Server, browser: Browser) -> Iterator[_Windows]:
    """A window per role, opened when first asked for: to open one takes longer than to look at a page."""
    with ExitStack() as stack:
        yield _Windows(server, browser, stack)


class _Windows(dict[str, tuple[Page, Watch]]):
    def __init__(self, server: Server, browser: Browser, stack: ExitStack) -> None:
        super().__init__()
        self._server, self._browser, self._stack = server, browser, stack

    def __missing__(self, role: str) -> tuple[Page, Watch]:
        context, watch = self._stack.enter_context(browser_page.window(self._browser, self._server))
        if role != NOBODY:
            with signed_in(self._server, ROLES[role]) as http:
                browser_page.carry(context, self._server, http.cookies.get_dict())
        self[role] = context.new_page(), watch
        return self[role]


def of(endpoint: str, visits: list[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.endpoint == endpoint]


def best(found: list[Visit]) -> Visit:
    """The visit that shows most: the heaviest page that was answered with 200."""
    return max(found, key=lambda visit: (visit.status == 200, visit.weight))


def test_every_page_of_the_url_map_is_reached_by_some_role(visits: list[Visit]) -> None:
    visited = {visit.endpoint for visit in visits}
    missing = sorted(set(page_endpoints()) - visited - set(UNVISITED))
    assert not missing, "\n".join(missing)
    assert sorted(set(UNVISITED) & visited) == []
    assert set(UNVISITED) <= set(page_endpoints())


def test_no_two_pages_have_the_same_title(visits: list[Visit]) -> None:
    bearers: dict[str, set[str]] = defaultdict(set)
    for visit in visits:
        if visit.status == 200 and visit.title:
            bearers[visit.title].add(visit.endpoint)
    assert {title: sorted(names) for title, names in bearers.items() if len(names) > 1} == {}


@pytest.mark.parametrize("endpoint", page_endpoints())
def test_a_page_is_valid_named_and_guarded_for_every_role(endpoint: str, visits: list[Visit]) -> None:
    faults: dict[str, list[str]] = defaultdict(list)
    for visit in of(endpoint, visits):
        for fault in visit.faults:
            faults[fault].append(f"{visit.role} {visit.path} (linked from {visit.came_from})")
    assert not faults, "\n".join(f"{fault}: {'; '.join(places[:2])}" for fault, places in faults.items())


@pytest.mark.parametrize("endpoint", page_endpoints())
def test_a_page_is_accessible_fits_and_asks_nobody_else(
    endpoint: str,
    visits: list[Visit],
    windows: _Windows,
) -> None:
    found = [visit for visit in of(endpoint, visits) if visit.title]
    if not found:  # a download; what nobody reaches fails above
        return
    chosen = best(found)
    page, watch = windows[chosen.role]
    watch.check()  # of what the page before complained late
    try:
        answer = page.goto(chosen.path)
        assert answer is not None
        assert answer.status == 200, chosen
        faults = browser_page.axe_faults(page) + browser_page.fit_faults(page)
        assert not faults, "\n".join([f"{chosen.path} as {chosen.role}:", *faults])
        watch.check()
    finally:
        watch.complaints.clear()  # they are told of once


PAGE, FIRST = 15_000, 60_000  # bytes as they travel


def test_pages_are_light_on_a_slow_line(visits: list[Visit], server: Server) -> None:
    """15 kB for a page, 60 kB with everything a first visit loads (pictures of the manual wait to be scrolled to)."""
    heavy = {
        f"{v.endpoint} {v.path} as {v.role}": v.weight
        for v in visits
        if v.status == 200 and v.title and v.weight > PAGE
    }
    assert heavy == {}
    with requests.Session() as http:
        front = http.get(f"{server.base}/sign-in", timeout=60)
        names = sorted(set(re.findall(r'/static/[^"]+', front.text)))
        assets = sum(
            len(http.get(f"{server.base}{name}", stream=True, timeout=60).raw.read()) for name in names
        )
    heaviest = max(v.weight for v in visits if v.status == 200 and v.title)
    print(f"assets {assets} bytes in {len(names)} files, heaviest page {heaviest} bytes")
    assert assets + heaviest <= FIRST
