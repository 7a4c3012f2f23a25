"""What is typed in a browser test: a reception with every kind of text, script strings, and keys of the IME."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from playwright.sync_api import CDPSession, Page

# Names that fonts, databases and forms have broken elsewhere: 髙 﨑 (compatibility), 𠮷 (beyond 16 bits), 葛󠄀 (IVS).
NAME = "架空 髙﨑 𠮷之 葛󠄀子"
NARRATIVE = (
    "母と二人暮らし。\n電気が止まりそうだと泣いている。\n\n「どうしたら…」 <b>強い不安</b> & 眠れない。\n"
    + "一字も失われてはならない長い聞き取り。" * 40
)
RECEPTION = {
    "person.name": NAME,
    "person.kana": "カクウ タカサキ",
    "person.birth": "S60.4.1",
    "person.phone_mobile": "090-0000-0000",
    "person.address": "架空市見本町1-2-3 コーポ例 201",
    "narrative": NARRATIVE,
    "wishes": "落ち着いて眠りたい。👨‍👩‍👧 と暮らしたい。",
}


def fill(page: Page, typed: Mapping[str, str]) -> None:
    for name, text in typed.items():
        page.fill(f'[name="{name}"]', text)


def typed_in(page: Page, names: Mapping[str, str]) -> dict[str, str]:
    """What the fields hold now, with line ends as people see them."""
    held = {name: page.input_value(f'[name="{name}"]') for name in names}
    return {name: text.replace("\r\n", "\n") for name, text in held.items()}


def receive(page: Page, typed: Mapping[str, str] = RECEPTION) -> Page:
    """The reception page, filled; window and consent chosen so that it can be sent."""
    page.goto("/intakes/new")
    page.select_option('[name="window"]', index=1)
    page.select_option('[name="main_topic"]', index=1)
    page.check('[name="consent"][value="not_asked"]')
    fill(page, typed)
    return page


def send(page: Page) -> None:
    page.click("form.work .send button.primary")


class Ime:
    """A composition as an input method makes it, below what Playwright's keyboard does."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)

    def compose(self, text: str) -> None:
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        self._cdp.send("Input.imeSetComposition", {"text": text, **at})

    def key(self, code: int, name: str, text: str = "", modifiers: int = 0) -> None:
        """A key as the browser hears it; 229 is what Windows sends while the IME takes the key."""
        stroke = {"windowsVirtualKeyCode": code, "key": name, "code": "Enter", "modifiers": modifiers}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self._cdp.send("Input.dispatchKeyEvent", {**stroke, **down})
        self._cdp.send("Input.dispatchKeyEvent", {**stroke, "type": "keyUp"})

    def commit(self, text: str) -> None:
        self._cdp.send("Input.insertText", {"text": text})


BREAKS = ("", '"', "'", "</p>", "</textarea>", "</title>", '">', "'>", "-->", "]]>")
DEEDS = (
    "<script>alert({n})</script>",
    "<img src=x onerror=alert({n})>",
    "<svg onload=alert({n})>",
    "<iframe srcdoc='<script>alert({n})</script>'>",
    "<details open ontoggle=alert({n})>",
    "<input autofocus onfocus=alert({n})>",
    " onmouseover=alert({n}) x=",
    "javascript:alert({n})",
    "{{{{ alert({n}) }}}}{{% raw %}}",
    "<a href=javascript:alert({n})>押す</a>",
    "<ScRiPt/x>alert({n})//",
    "<math><mi xlink:href=data:,alert({n})>",
    "<style>@import'//x/{n}'</style>",
    "<base href=//x/{n}>",
    "<form action=//x><button>{n}",
    "&lt;script&gt;alert({n})&lt;/script&gt;",
    "<meta http-equiv=refresh content=0;url=//x/{n}>",
    "`${{alert({n})}}`",
    "<object data=//x/{n}></object>",
    "＜script＞alert({n})＜/script＞",
)
SCRIPTS = tuple(
    before + deed.format(n=number) for number, (before, deed) in enumerate(product(BREAKS, DEEDS))
)
