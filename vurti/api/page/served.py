"""/ and /page/…: the files of the page, as they were when vurti started."""

from hashlib import blake2b
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import NamedTuple

from flask import Flask, Request, Response, abort, request

PREFIX = "/page/"
INDEX = "index.html"
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
"""What a browser is told of a file by its ending: systems differ in what they take it for."""


class Asset(NamedTuple):
    """One file."""

    content: bytes
    kind: str
    tag: str


def add_page(app: Flask) -> None:
    """Answer for the page. It is read now: so an upgrade that is under way mixes no versions."""
    assets = dict(_read(files("vurti.api.page") / "static", ""))

    def index() -> Response:
        return _answer(assets[INDEX])

    def asset(name: str) -> Response:
        found = assets.get(name)
        return _answer(found) if found is not None else abort(HTTPStatus.NOT_FOUND)

    app.add_url_rule("/", "page", index)
    app.add_url_rule(f"{PREFIX}<path:name>", "page_asset", asset)


def is_of_page(asked: Request) -> bool:
    """Whether it asks for a file of the page."""
    of_page = asked.path == "/" or asked.path.startswith(PREFIX)
    return of_page and asked.method in {"GET", "HEAD"}


def _read(directory: Traversable, below: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for one in directory.iterdir():
        if one.is_dir():
            found += _read(one, f"{below}{one.name}/")
        elif (kind := KINDS.get(PurePosixPath(one.name).suffix)) is not None:
            content = one.read_bytes()
            tag = blake2b(content, digest_size=12).hexdigest()
            found.append((f"{below}{one.name}", Asset(content, kind, tag)))
    return found


def _answer(asset: Asset) -> Response:
    response = Response(asset.content, content_type=f"{asset.kind}; charset=utf-8")
    response.set_etag(asset.tag)
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
