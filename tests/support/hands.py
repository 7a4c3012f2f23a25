"""Three ways to use a page: a mouse, the keyboard alone, a thumb on a phone. Each counts what it costs."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

FAR = 400  # presses of Tab after which a control counts as out of reach
AT = """e => { const a = document.activeElement;
  return a === e || (e.type === 'radio' && a.name === e.name && a.form === e.form); }"""
PLACES = ("main a.button", "main a", "a")
KIND = """e => e.tagName === 'SELECT' ? 'select' : e.tagName === 'TEXTAREA' ? 'text'
  : ['radio', 'checkbox'].includes(e.type) ? e.type : e.hasAttribute('list') ? 'search' : 'text'"""


class Hand:
    """A mouse. `strokes` counts keys, `taps` touches and clicks; the text itself (from an IME) counts nothing."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0
        self.taps = 0

    # -- what a form needs -------------------------------------------------------------------------

    def put(self, name: str, value: str | bool | list[str]) -> None:
        """A value into the field of that name: text, or the value or a part of the label of a choice."""
        fields = self.page.locator(f'form.work [name="{name}"]')
        if fields.count() == 0:
            raise AssertionError(f"no field {name} on {self.page.url}; there are {self._names()}")
        kind = fields.first.evaluate(KIND)
        self._uncover(fields.first)
        if kind == "select":
            self.select(fields.first, self._option(fields.first, str(value)))
        elif kind == "text":
            self.text(fields.first, str(value))
        elif kind == "search":
            self.text(fields.first, self._suggested(name, str(value)))
        else:
            wanted = value if isinstance(value, list) else ["1" if value is True else str(value)]
            for one in wanted:
                self.tick(self._choice(fields, one))

    def press(self, label: str = "") -> None:
        """The form's own button, or that of the given name."""
        button = self.page.locator("form.work .send button.primary")
        if label:
            button = self.page.get_by_role("button", name=label).first
        if button.count() == 0:
            raise AssertionError(
                f"no button on {self.page.url}: {self.page.locator('main').inner_text()[:200]}"
            )
        self.leave(button)

    def follow(self, text: str) -> None:
        """A link of the page by its words: what can be done comes before what can be read, and both before menus."""
        links = next(
            (found for place in PLACES if (found := self.page.locator(place, has_text=text)).count()), None
        )
        if links is None:
            raise AssertionError(f"no link {text} on {self.page.url}: {self._links()}")
        self._uncover(links.first)
        self.leave(links.first)

    def leave(self, locator: Locator) -> None:
        """Click what leads to another page, and wait for it."""
        self.reach(locator)
        with self.page.expect_navigation():
            self.click(locator)

    def _uncover(self, locator: Locator) -> None:
        """Open what is folded over it."""
        folds = locator.locator("xpath=ancestor::details[not(@open)]")
        for at in range(folds.count()):
            self.click(folds.nth(at).locator("summary").first)

    def _option(self, select: Locator, wanted: str) -> str:
        options: list[list[str]] = select.evaluate("e => [...e.options].map(o => [o.value, o.textContent])")
        for value, label in options:
            if value and (value == wanted or wanted in label):
                return value
        raise AssertionError(f"no choice {wanted} among {[label for _, label in options]}")

    def _suggested(self, name: str, wanted: str) -> str:
        offered: list[str] = self.page.locator(f'[name="{name}"]').first.evaluate(
            "e => [...e.list.options].map(o => o.value)"
        )
        return next(text for text in offered if wanted in text)

    def _choice(self, fields: Locator, wanted: str) -> Locator:
        found: list[list[str]] = fields.evaluate_all(
            "es => es.map(e => [e.value, e.labels[0] ? e.labels[0].textContent : ''])"
        )
        for at, (value, label) in enumerate(found):
            if value == wanted or (wanted and wanted in label):
                return fields.nth(at)
        raise AssertionError(f"no choice {wanted} among {found}")

    def _names(self) -> Any:
        return self.page.locator("form.work [name]").evaluate_all("es => es.map(e => e.name)")

    def _links(self) -> Any:
        return self.page.locator("main a").evaluate_all("es => es.map(e => e.textContent.trim())")

    # -- how it is done ----------------------------------------------------------------------------

    def reach(self, locator: Locator) -> None:
        """A mouse is there at once."""

    def click(self, locator: Locator) -> None:
        self.taps += 1
        locator.click()

    def text(self, locator: Locator, text: str) -> None:
        locator.fill(text)

    def select(self, locator: Locator, value: str) -> None:
        self.taps += 1
        locator.select_option(value)

    def tick(self, locator: Locator) -> None:
        if not locator.is_checked():
            self.taps += 1
            locator.check()


class Thumb(Hand):
    """A phone: everything is tapped. A native picker costs two taps, one to open it and one to choose."""

    def click(self, locator: Locator) -> None:
        self.taps += 1
        locator.tap()

    def text(self, locator: Locator, text: str) -> None:
        self.taps += 1
        locator.tap()
        locator.fill(text)

    def select(self, locator: Locator, value: str) -> None:
        self.taps += 2
        locator.select_option(value)

    def tick(self, locator: Locator) -> None:
        if not locator.is_checked():
            self.taps += 1
            locator.locator("xpath=../label").tap()


class Keys(Hand):
    """The keyboard alone: Tab reaches what is reached, as the page orders it; no script moves the focus."""

    def press_key(self, key: str) -> None:
        self.strokes += 1
        self.page.keyboard.press(key)

    def reach(self, locator: Locator) -> None:
        """Tab until the control has the focus; backwards if it lies behind."""
        wanted = locator.element_handle()
        if self._at(wanted):
            return
        behind = self.page.evaluate(
            "e => !!(document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING)",
            wanted,
        )
        self._skip_navigation(locator)
        for _ in range(FAR):
            if self._at(wanted):
                return
            self.press_key("Shift+Tab" if behind else "Tab")
        raise AssertionError(f"the keyboard does not reach {locator} on {self.page.url}")

    def _at(self, wanted: ElementHandle) -> bool:
        """On the control, or on its group of radio buttons, which is one stop for Tab."""
        return bool(self.page.evaluate(AT, wanted))

    def _skip_navigation(self, locator: Locator) -> None:
        """本文へ, the first stop of every page, unless the way has begun."""
        fresh = self.page.evaluate("() => document.activeElement === document.body")
        if fresh and locator.locator("xpath=ancestor::main").count():
            self.press_key("Tab")
            self.press_key("Enter")

    def click(self, locator: Locator) -> None:
        self.reach(locator)
        self.press_key("Enter")

    def text(self, locator: Locator, text: str) -> None:
        self.reach(locator)
        if locator.input_value():
            self.press_key("Control+a")
        self.page.keyboard.insert_text(text)

    def select(self, locator: Locator, value: str) -> None:
        self.reach(locator)
        at, wanted = locator.evaluate(
            "(e, v) => [e.selectedIndex, [...e.options].findIndex(o => o.value === v)]", value
        )
        for _ in range(abs(wanted - at)):
            self.press_key("ArrowDown" if wanted > at else "ArrowUp")
        assert locator.input_value() == value

    def tick(self, locator: Locator) -> None:
        if locator.is_checked():
            return
        self.reach(locator)
        if locator.get_attribute("type") == "checkbox" or not self._any_checked(locator):
            self.press_key("Space")
        for _ in range(FAR):
            if locator.is_checked():
                return
            self.press_key("ArrowDown")
        raise AssertionError(f"the keyboard does not choose {locator}")

    @staticmethod
    def _any_checked(locator: Locator) -> bool:
        return bool(
            locator.evaluate(
                "e => [...e.form.elements].some(o => o.name === e.name && o.type === 'radio' && o.checked)"
            )
        )
