"""The whole story through pages, as the real roles: with JavaScript off, with the keyboard alone, on a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext

from casework.desk.queries.manual import chapters
from casework.settings import bundled_path
from casework.web.pages.frame import STATIC
from tests.support.browser_page import PHONE, window
from tests.support.cast import hire
from tests.support.hands import Hand, Keys, Thumb
from tests.support.page_story import PageStory
from tests.support.server import Server, running_server
from tests.support.world import make_world

pytestmark = pytest.mark.timeout(600)
MONDAY = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
WAYS: dict[str, tuple[type[Hand], dict[str, Any]]] = {
    "without_javascript": (Hand, {"java_script_enabled": False}),
    "keyboard_only": (Keys, {}),
    "on_a_phone": (Thumb, {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
}


@pytest.fixture
def office(sqlite_template: Path, keystore: Path, tmp_path: Path) -> Iterator[Server]:
    """A city with the cast and no case, served with a clock that stands still until it is moved."""
    (tmp_path / "office").mkdir()
    shutil.copyfile(sqlite_template, tmp_path / "casework.db")
    url = f"sqlite:///{tmp_path / 'casework.db'}"
    with make_world(url, tmp_path / "office", keystore) as world:
        hire(world)
    with running_server(url, tmp_path, tmp_path / "office" / "keys", MONDAY) as running:
        yield running


PICTURED = "keyboard_only"  # whose story makes the pictures of the manual


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_story_is_told_through_pages(
    browser: Browser, office: Server, way: str, tmp_path: Path
) -> None:
    hand, options = WAYS[way]
    with ExitStack() as windows:

        def open_() -> BrowserContext:
            context, _ = windows.enter_context(window(browser, office, **options))
            return context

        pictures = tmp_path / "pictures" if way == PICTURED else None
        story = PageStory(office, open_, hand, pictures).tell()
        strokes, taps = story.costs
        print(f"{way}: {strokes} strokes, {taps} taps")
        assert strokes + taps > 100
    if pictures is not None:
        _fit_the_manual(pictures)


def _fit_the_manual(pictures: Path) -> None:
    """Every picture that the manual shows is one of these; with MANUAL_PICTURES they are put there."""
    folder = bundled_path("config") / "manual"
    wanted = {part.picture for c in chapters(folder).values() for part in c.parts if part.picture}
    assert wanted <= {path.stem for path in pictures.iterdir()}
    target = os.environ.get("MANUAL_PICTURES")
    for name in sorted(wanted) if target else ():
        with Image.open(pictures / f"{name}.png") as shot:
            shot.quantize(64).save(Path(str(target)) / f"manual-{name}.png", optimize=True)
    assert wanted == {path.stem.removeprefix("manual-") for path in STATIC.glob("manual-*.png")}
