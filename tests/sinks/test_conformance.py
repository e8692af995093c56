"""Our own sinks pass the kit for sinks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.sinks.receiver import Receiver
from vurti.settings import Secret
from vurti.sinks import Item, Sink, kind_named
from vurti.testing.sinks import SinkConformance, item


class FileBench:
    kind = kind_named("ndjson")

    def __init__(self, home: Path) -> None:
        self.path = home / "events.ndjson"

    def sink(self) -> Sink:
        given = {"from": "events", "path": self.path}
        return self.kind.open("x", self.kind.settings.model_validate(given))

    def told(self) -> list[str]:
        return [json.loads(line)["id"] for line in self.path.read_text().splitlines()]

    def key(self, one: Item) -> str:
        return json.loads(one.line)["id"]

    def refuse(self) -> None:
        self.path.unlink(missing_ok=True)
        self.path.mkdir()

    def recover(self) -> None:
        self.path.rmdir()

    def hang(self) -> None:
        pytest.skip("a file does not hang")

    def bad(self) -> Item:
        pytest.skip("a file takes everything")


class TestFile(SinkConformance):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> FileBench:
        return FileBench(tmp_path)


class WebhookBench:
    kind = kind_named("webhook")

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def sink(self) -> Sink:
        given = {"from": "events", "url": Secret(self.receiver.url), "timeout_secs": 30.0}
        return self.kind.open("x", self.kind.settings.model_validate(given))

    def told(self) -> list[str]:
        return [one["id"] for one in self.receiver.told]

    def key(self, one: Item) -> str:
        return one.id

    def refuse(self) -> None:
        self.receiver.down()

    def recover(self) -> None:
        self.receiver.faults = {}
        self.receiver.up()

    def hang(self) -> None:
        self.receiver.faults = {"hang": 1.0}

    def bad(self) -> Item:
        return replace(item(9), id="bad")


class TestWebhook(SinkConformance):
    @pytest.fixture
    def bench(self) -> Iterator[WebhookBench]:
        with Receiver(unreadable=lambda told: told["id"] == "bad") as receiver:
            yield WebhookBench(receiver)
