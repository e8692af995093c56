"""A real browser for tests: the system's Chromium, driven by Playwright."""

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it is there only where the extra is installed
    from playwright.sync_api import Browser

HOW = "Debian: apt-get install chromium; pip install 'vurti[browser]'"
PROGRAMS = ("chromium", "chromium-browser")


def missing() -> list[str]:
    """What there is not of what a browser test needs."""
    lacks = [] if _program() else ["chromium"]
    return lacks if importlib.util.find_spec("playwright") else [*lacks, "playwright"]


@contextmanager
def chromium() -> Iterator["Browser"]:
    """It runs while the block does."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_program())
        try:
            yield browser
        finally:
            browser.close()


def _program() -> str | None:
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
