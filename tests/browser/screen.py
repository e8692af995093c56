"""One page in a browser, and everything that goes wrong on it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request

DESK, PHONE = (1440, 900), (390, 844)
LOCAL = ("data:", "blob:")

OUTAGE = "ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|status of 503"
"""Who asks a vurti that ends finds nobody, is cut off, or is told to come again."""


class Screen:
    """`problems` are errors and warnings of the console (whatever the Content-Security-Policy
    forbids is among them), exceptions, dialogs, and requests to anywhere but `url`."""

    def __init__(self, page: "Page", url: str) -> None:
        self.page, self.url = page, url
        self.problems: list[str] = []
        self._forgiven: list[re.Pattern[str]] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._problem(f"raised: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._asked)

    def open(self, route: str = "") -> None:
        """Go to a view: what is behind the # of its address."""
        self.page.goto(f"{self.url}/{route}")

    def forgive(self, pattern: str) -> None:
        """A problem of this kind belongs to what is tested."""
        self._forgiven.append(re.compile(pattern))

    def forgive_outage(self) -> None:
        """That vurti ends, and comes again, belongs to what is tested."""
        self.forgive(OUTAGE)

    def says(self, section: str) -> str:
        """What a section of the header says, in one line."""
        return " ".join(self.section(section).inner_text().split())

    def section(self, name: str) -> "Locator":
        """A part of the page by its name."""
        return self.page.get_by_role("region", name=name, exact=True)

    def counts(self, standing: str) -> int:
        """How many hosts the header says stand so: a key of words.js, as in the link there."""
        link = self.section("Hosts").locator(f"a[href='#/fleet?status={standing}']")
        digits = link.evaluate("(link) => link.querySelector('b').textContent")
        return int(str(digits).replace(",", ""))

    def becomes(self, pattern: str, section: str = "Screen", secs: float = 10.0) -> None:
        """Wait until a section says it."""
        found = re.compile(pattern)
        self.waits(lambda: found.search(self.says(section)), f"{section!r}: {pattern!r}", secs)

    def is_live(self) -> None:
        """Wait until it shows what is now."""
        self.becomes(r"\blive\b")

    def waits(self, condition: Callable[[], object], what: str, secs: float = 10.0) -> None:
        """Until it holds; fails with what the page has instead."""
        wait_for(
            condition, what, secs, 0.05,
            but=lambda: self.page.inner_text("body")[:2000], sleep=self._sleep,
        )  # fmt: skip

    def _sleep(self, secs: float) -> None:
        """The driver goes on meanwhile, so that nothing of what the page says is late."""
        self.page.wait_for_timeout(1000 * secs)

    def shows(self, what: "Locator", secs: float = 10.0) -> None:
        """Wait until it can be seen."""
        self.waits(lambda: what.first.is_visible(), f"{what} is seen", secs)

    def is_at(self, pattern: str) -> None:
        """Wait until the address has it behind its #."""
        found = re.compile(pattern)
        self.waits(lambda: found.search(self.route), f"{pattern!r} in the address")

    def steps(self) -> "Locator":
        """The steps of a story, the newest first."""
        return self.page.get_by_role("listbox").get_by_role("option")

    def rows(self, table: str) -> "Locator":
        """Those of its rows that are in sight."""
        found = self.page.get_by_role("table", name=table, exact=True).get_by_role("row")
        return found.filter(has=self.page.get_by_role("cell"), visible=True)

    def card(self) -> str:
        """What is told of the host that the grid's selection is on, in one line."""
        return " ".join(self.page.locator("#host-card").inner_text().split())

    @property
    def route(self) -> str:
        """What is behind the # of the address."""
        return self.page.url.partition("#")[2]

    def _said(self, message: "ConsoleMessage") -> None:
        if message.type in {"error", "warning"}:
            self._problem(f"{message.type}: {message.text}")

    def _dialog(self, dialog: "Dialog") -> None:
        self._problem(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: "Request") -> None:
        if not request.url.startswith((f"{self.url}/", *LOCAL)):
            self._problem(f"asked {request.url}")

    def _problem(self, what: str) -> None:
        if not any(pattern.search(what) for pattern in self._forgiven):
            self.problems.append(what)


@contextmanager
def screen(
    browser: "Browser", url: str, size: tuple[int, int] = DESK, scheme: str = "light"
) -> Iterator[Screen]:
    """A fresh profile, without cookies; at its end there may have been no problem."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    try:
        made = Screen(context.new_page(), url)
        yield made
        assert not made.problems, made.problems
    finally:
        context.close()
