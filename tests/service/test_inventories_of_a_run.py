"""`vurti run` whose hosts come from a program, an address and files, all refreshed."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.service.program import Program
from tests.waiting import wait_for
from vurti.events import Event, VdsAdded, VdsRemoved, VmRemoved
from vurti.repository import open_for_reading

CONFIG = """
include = ["hosts.d/*.toml"]
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = 0.5
[log]
format = "json"
[sources.sim]
seed = 11
hosts = 8
vms_per_host = 2
pace = 0
[inventory]
refresh_secs = 0.5
shrink_confirmations = 3
[inventory.program]
command = ["cat", "hosts.json"]
[inventory.address]
url = "{url}"
"""


@contextmanager
def served(answer: dict[str, Any]) -> Iterator[str]:
    """An address that answers so."""

    class Request(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Request)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def table(*numbers: int) -> dict[str, Any]:
    return {"hosts": {f"host-{number}": {"url": f"sim://host-{number}"} for number in numbers}}


def write(home: Path, text: str) -> None:
    """As a careful program does: whole or not at all."""
    (home / "new").write_text(text)
    (home / "new").rename(home / "hosts.json")


def test_hosts_of_a_program_an_address_and_files_are_watched_and_followed(tmp_path: Path) -> None:
    write(tmp_path, json.dumps(table(1, 2, 3, 4)))
    (tmp_path / "hosts.d").mkdir()
    with served(table(5)) as url:
        (tmp_path / "vurti.toml").write_text(CONFIG.format(url=url))
        with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as program:
            store = f"sqlite:///{tmp_path / 'vurti.db'}"
            wait_for(lambda: up(store) == {1, 2, 3, 4, 5}, "the hosts of both")
            file = tmp_path / "hosts.d/six.toml"
            file.write_text('[hosts.host-6]\nurl = "sim://host-6"\n')
            wait_for(lambda: 6 in up(store), "the host of a file that was added")
            write(tmp_path, '{"hosts":')
            wait_for(lambda: "no JSON" in program.text(), "word of a failure")
            write(tmp_path, json.dumps(table(1)))
            wait_for(lambda: "lacks 3 of what it had" in program.text(), "word of a loss")
            wait_for(lambda: up(store) == {1, 5, 6}, "the loss, once confirmed")
            assert program.stop() == 0
            text = program.text()
    told = events(store)
    assert [one.thing for one in told if isinstance(one, VdsRemoved)] == [
        "host-2", "host-3", "host-4",
    ]  # fmt: skip
    assert len([one for one in told if isinstance(one, VmRemoved)]) == 6
    assert len([one for one in told if isinstance(one, VdsAdded)]) == 6
    last = [json.loads(line).get("extra", {}) for line in text.splitlines()]
    figures = next(one["inventories"] for one in reversed(last) if "inventories" in one)
    assert [one["name"] for one in figures] == ["configuration", "program", "address"]
    assert figures[1]["failed"] >= 1


def test_contract_9_after_a_restart_with_a_failing_inventory_no_host_is_removed(
    tmp_path: Path,
) -> None:
    write(tmp_path, json.dumps(table(1, 2, 3)))
    with served(table(5)) as url:
        (tmp_path / "vurti.toml").write_text(CONFIG.format(url=url))
        store = f"sqlite:///{tmp_path / 'vurti.db'}"
        with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as first:
            wait_for(lambda: up(store) == {1, 2, 3, 5}, "the hosts of both")
            assert first.stop() == 0
        (tmp_path / "hosts.json").unlink()
        with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as second:
            wait_for(lambda: second.text().count("'program' failed") >= 1, "a failure")
            write(tmp_path, json.dumps(table(1, 2, 3)))
            wait_for(lambda: "'program' is well again" in second.text(), "an answer")
            wait_for(lambda: up(store) == {1, 2, 3, 5}, "all that was known")
            assert second.stop() == 0
    assert [one for one in events(store) if isinstance(one, (VdsRemoved, VmRemoved))] == []


def up(store: str) -> set[int]:
    from vurti.errors import StoreError

    try:
        with open_for_reading(store) as reader:
            found = [one.value for one in reader.vdss.list(limit=100)]
    except StoreError:
        return set()
    return {int(one.id.partition("-")[2]) for one in found if one.status == "Up"}


def events(store: str) -> list[Event]:
    with open_for_reading(store) as reader:
        return [one.event for one in reader.log(limit=100_000)]
