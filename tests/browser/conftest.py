"""One browser and one fleet for the tests of a file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser import chromium
from tests.browser.modules import Modules, modules
from tests.browser.screen import Screen, screen
from tests.browser.site import Site, site
from tests.needs import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    need("chromium", chromium.missing(), chromium.HOW)
    with chromium.chromium() as made:
        yield made


@pytest.fixture(scope="module")
def page(browser: "Browser") -> Iterator[Modules]:
    """The page's modules, each by itself."""
    with modules(browser) as made:
        yield made


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nothing happens there by itself."""
    with site(tmp_path_factory.mktemp("fleet")) as made:
        yield made


@pytest.fixture
def look(browser: "Browser", fleet: Site) -> Iterator[Screen]:
    """The page of that fleet."""
    with screen(browser, fleet.url) as made:
        yield made
