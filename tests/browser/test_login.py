"""Where there is a token the page asks for it, and shows nothing of the fleet without."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.screen import Screen, screen
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def token(fleet: Site) -> Iterator[str]:
    """From now on the fleet can be seen with this only."""
    words = [sys.executable, "-m", "vurti", "token", "create", str(fleet.config), "desk"]
    made = subprocess.run(words, capture_output=True, text=True, check=True)
    yield made.stdout.strip()
    Path(fleet.home / "tokens.json").unlink()


@pytest.fixture
def locked(browser: "Browser", fleet: Site, token: str) -> Iterator[Screen]:
    """The page as somebody sees it who has shown no token yet."""
    with screen(browser, fleet.url) as made:
        made.forgive("status of 401")
        made.open()
        made.shows(made.page.get_by_role("dialog"))
        yield made


def test_nothing_of_the_fleet_is_shown_without_a_token(locked: Screen) -> None:
    locked.becomes("token is wanted")
    assert "not known yet" in locked.says("Hosts")
    assert "host-1" not in locked.page.content()


def test_a_wrong_token_is_said_to_be_wrong_and_the_right_one_opens_the_page(
    locked: Screen, fleet: Site, token: str
) -> None:
    dialog = locked.page.get_by_role("dialog")
    dialog.get_by_label("Token").fill("wrong")
    dialog.get_by_label("Token").press("Enter")
    locked.shows(dialog.get_by_text("there is no such token"))
    dialog.get_by_label("Token").fill(token)
    dialog.get_by_role("button").click()
    locked.is_live()
    assert not dialog.is_visible()
    locked.becomes(f"{fleet.hosts} hosts", "Hosts")


def test_the_token_is_kept_where_no_script_can_read_it(locked: Screen, token: str) -> None:
    locked.page.get_by_label("Token").fill(token)
    locked.page.get_by_label("Token").press("Enter")
    locked.is_live()
    kept = "JSON.stringify([localStorage, sessionStorage, document.cookie, location.href])"
    assert token not in str(locked.page.evaluate(kept))
    assert locked.page.evaluate("document.cookie") == ""
    cookies = locked.page.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Strict")]
    assert token not in str(cookies)


def test_a_session_is_still_there_when_the_page_is_loaded_again(locked: Screen, token: str) -> None:
    locked.page.get_by_label("Token").fill(token)
    locked.page.get_by_label("Token").press("Enter")
    locked.is_live()
    locked.page.reload()
    locked.is_live()
    assert locked.page.get_by_role("dialog").count() == 0
