"""The page's own modules, each by itself: no vurti, no fleet, no view."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import vurti

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

STATIC = Path(vurti.__file__).parent / "api/page/static"
SITE = "http://modules.test"


class Modules:
    """`run` gives what a script gives; what it says after `await load("story/weave.js")` is that
    module. `args` are its arguments."""

    def __init__(self, page: "Page") -> None:
        self._page = page

    def run(self, script: str, *args: Any) -> Any:
        load = f"const load = (name) => import(`{SITE}/page/js/${{name}}`);"
        return self._page.evaluate(f"async (args) => {{ {load} {script} }}", list(args))


@contextmanager
def modules(browser: "Browser") -> Iterator[Modules]:
    """An empty page of the site that has them."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.route(f"{SITE}/**", _answer)
        page.goto(f"{SITE}/")
        yield Modules(page)
    finally:
        context.close()


def _answer(route: "Route") -> None:
    name = route.request.url.removeprefix(f"{SITE}/").removeprefix("page/")
    if not name:
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
    else:
        route.fulfill(path=STATIC / name, content_type="text/javascript")
