"""A maildir is a sink like any other: the tests of vurti's own kit."""

import mailbox
import os
import pathlib

import pytest
from vurti_sink_example import SINK, Settings

from vurti.sinks import Item
from vurti.streams.sink import Sink
from vurti.testing.sinks import SinkConformance


class MaildirBench:
    """A directory that can be there or not."""

    kind = SINK

    def __init__(self, home: pathlib.Path) -> None:
        self.path = home / "Maildir"

    def sink(self) -> Sink:
        settings = {"from": "events", "path": self.path}
        return SINK.open("mail", Settings.model_validate(settings))

    def told(self) -> list[str]:
        if not self.path.is_dir():
            return []
        messages = sorted(mailbox.Maildir(self.path), key=lambda one: one["Message-ID"])
        lines = [line for one in messages for line in one.get_payload().splitlines()]
        return [line.partition(":")[0].strip() for line in lines if line]

    def key(self, item: Item) -> str:
        return item.subject

    def refuse(self) -> None:
        self.path.write_text("in the way")

    def recover(self) -> None:
        os.unlink(self.path)

    def hang(self) -> None:
        pytest.skip("a directory does not hang")

    def bad(self) -> Item:
        pytest.skip("a mail can say anything")


class TestMaildir(SinkConformance):
    """Every test of the kit but those of receivers that hang or refuse an event."""

    @pytest.fixture
    def bench(self, tmp_path: pathlib.Path) -> MaildirBench:
        return MaildirBench(tmp_path)
