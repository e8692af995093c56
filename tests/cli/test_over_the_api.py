"""With --url the commands say what they say of the store: word by word."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from click.testing import CliRunner, Result

from tests.api.conftest import NOW, Api, filled
from vurti.api.access.tokens import Role
from vurti.cli import vurti

CONFIG = """
[repository]
url = "sqlite:///v.db"
[poll]
statistics_secs = 15
statistics_timeout_secs = 10
[hosts.alpha]
url = "sim://alpha"
cluster = "east"
[hosts."beta/2"]
url = "sim://beta"
cluster = "west"
"""


class Both:
    """The same commands on a store and on an API over it."""

    def __init__(self, api: Api, home: Path, url: str) -> None:
        self.api, self.url = api, url
        self.config = home / "vurti.toml"
        self.config.write_text(CONFIG)

    def store(self, command: str, *words: str) -> Result:
        return CliRunner().invoke(vurti, [command, str(self.config), *words])

    def over_http(self, command: str, *words: str, **env: str) -> Result:
        return CliRunner().invoke(vurti, [command, "--url", self.url, *words], env=env)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def both(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    monkeypatch.setattr("time.time", lambda: NOW)
    clusters = {"alpha": "east", "beta/2": "west"}
    with _served(api.app(cluster_of=lambda host: clusters.get(host, ""))) as url:
        yield Both(api, tmp_path, url)


@contextmanager
def _served(app: WSGIApplication) -> Iterator[str]:
    """Where it answers."""
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with filled(tmp_path, threads=True) as api:
        yield api


@pytest.mark.parametrize(
    "words",
    [
        ("hosts",),
        ("hosts", "--json"),
        ("hosts", "--status", "Up"),
        ("vms",),
        ("vms", "--json"),
        ("vms", "--cluster", "west", "--json"),
        ("vms", "--limit", "2"),
        ("events",),
        ("events", "--json"),
        ("events", "--since", "3", "--kind", "VmAdded"),
        ("events", "--vm", "vm2", "--json"),
        ("events", "--snapshot", "--json"),
        ("events", "--since", "99"),
        ("explain", "vm", "vm1"),
        ("explain", "vm", "name2", "--json"),
        ("explain", "host", "beta/2"),
        ("explain", "vm", "nam3"),
        ("expect", "--list", "--all"),
        ("maintenance", "--list", "--json"),
    ],
)
def test_what_is_read_over_the_api_is_what_the_store_says(
    both: Both, words: tuple[str, ...]
) -> None:
    command, *more = words
    store, remote = both.store(command, *more), both.over_http(command, *more)
    assert (remote.exit_code, remote.output) == (store.exit_code, store.output)


def test_a_token_is_read_from_its_file_and_who_has_none_is_told_so(
    both: Both, tmp_path: Path
) -> None:
    secret = both.api.tokens.create("me", Role.READ)
    refused = both.over_http("vms")
    assert refused.exit_code == 1
    assert "--token-file" in refused.output
    file = tmp_path / "token"
    file.write_text(secret + "\n")
    assert both.over_http("vms", "--token-file", str(file)).exit_code == 0
    assert both.over_http("vms", VURTI_TOKEN_FILE=str(file)).exit_code == 0
    assert secret not in refused.output


def test_what_is_announced_over_the_api_is_refused_where_that_is_off(
    both: Both, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(both.api.tokens.create("ops", Role.OPERATE))
    told = both.over_http("expect", "shut-down", "vm1", "--token-file", str(file))
    assert told.exit_code == 1
    assert "writes" in told.output


def test_a_token_goes_nowhere_but_where_the_url_says(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("vurti_secret")
    asked: list[Any] = []

    def elsewhere(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        asked.append((environ["PATH_INFO"], environ.get("HTTP_AUTHORIZATION")))
        start("302 Found", [("Location", "/taken"), ("Content-Length", "0")])
        return []

    with _served(elsewhere) as url:
        told = CliRunner().invoke(vurti, ["hosts", "--url", url, "--token-file", str(file)])
    assert (told.exit_code, told.output) == (1, f"vurti: {url}: 302 Found\n")
    assert asked == [("/api/v1/about", "Bearer vurti_secret")]


def test_where_nobody_answers_that_is_told_in_a_line(both: Both) -> None:
    both.url = "http://127.0.0.1:1"
    told = both.over_http("vms")
    assert told.exit_code == 1
    assert told.output == "vurti: http://127.0.0.1:1: Connection refused\n"


def test_without_a_store_or_a_url_the_way_out_is_told() -> None:
    told = CliRunner().invoke(vurti, ["vms"])
    assert told.exit_code == 2
    assert "CONFIG" in told.output
