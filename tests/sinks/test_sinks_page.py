"""docs/sinks.md says what is so: its receiver runs, and its tables are those of the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.waiting import wait_for
from vurti.config import load_config
from vurti.settings import Secret
from vurti.sinks import Item, Later, Taken, kind_named, kinds
from vurti.sinks.webhook.answers import ABOUT_THE_EVENT

PAGE = (Path(__file__).parents[2] / "docs" / "sinks.md").read_text(encoding="utf-8")
SECRET = "a secret that is long enough"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_receiver_on_the_page_believes_us_and_nobody_else_and_takes_each_event_once(
    tmp_path: Path,
) -> None:
    (code,) = (one for one in blocks("python") if "HTTPServer" in one)
    port = free_port()
    environment = {**os.environ, "PAGER_SECRET": SECRET, "PORT": str(port)}
    words = [sys.executable, "-c", code]
    with subprocess.Popen(
        words, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    ) as receiver:  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}/"
            assert _told(url, SECRET, 1) == Taken()
            assert _told(url, SECRET, 1) == Taken()
            assert isinstance(_told(url, "somebody else's secret", 2), Later)
            assert _told(url, SECRET, 3) == Taken()
        finally:
            receiver.terminate()
        assert receiver.stdout is not None
        assert receiver.stdout.read().splitlines() == ["vm/vm1 Up -> Down", "vm/vm3 Up -> Down"]


def _told(url: str, secret: str, number: int) -> object:
    kind = kind_named("webhook")
    given = {"from": "events", "url": Secret(url), "secret": Secret(secret), "timeout_secs": 5.0}
    sink = kind.open("x", kind.settings.model_validate(given))
    line = f'{{"id":"i{number}","before":"Up","after":"Down"}}'
    item = Item(
        f"i{number}", "VmStateChanged", f"vm/vm{number}", "system", "vms", 1, 0.0, 0.0, line
    )
    outcomes: list[object] = []

    def listens() -> bool:
        outcomes.append(sink.send([item]))
        return outcomes[-1] != Later("Connection refused")

    wait_for(listens, "a receiver that listens")
    sink.close()
    return outcomes[-1]


def test_the_configuration_on_the_page_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER_SECRET", SECRET)
    (text,) = (one for one in blocks("toml") if "[sinks." in one)
    (tmp_path / "vurti.toml").write_text(text)
    assert [name for name, _ in load_config(tmp_path / "vurti.toml").sinks] == ["audit", "pager"]


def test_the_page_names_the_answers_that_speak_of_an_event() -> None:
    (row,) = re.findall(r"^\| (400, .*?) \|", PAGE, re.MULTILINE)
    named: set[int] = set()
    for part in row.split(", "):
        first, _, last = part.partition(" to ")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == ABOUT_THE_EVENT


def test_every_kind_that_comes_with_vurti_is_told_of() -> None:
    assert {name for name in kinds() if f"## `{name}`" not in PAGE} == set()
