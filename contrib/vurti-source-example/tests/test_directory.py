"""A directory is a source like any other: the tests of vurti's own kit."""

import pathlib
import shutil
from typing import Never

import pytest
from vurti_source_example import SOURCE, Options, open_endpoint

from vurti.clock import Clock
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host, VmStatus
from vurti.streams.endpoint import Endpoint
from vurti.testing.sources import SourceConformance


class DirectoryBench:
    """Two directories with a VM each."""

    source = SOURCE

    def __init__(self, home: pathlib.Path) -> None:
        self.clock = VirtualClock()
        self.home = home
        self.hosts = (Host("a", f"directory://{home}/a"), Host("b", f"directory://{home}/b"))
        self.recover()

    def endpoint(self, host: Host, clock: Clock) -> Endpoint:
        return open_endpoint(host, clock, Options())

    def hang(self) -> None:
        pytest.skip("a directory does not hang")

    def refuse(self) -> None:
        for name in ("a", "b"):
            shutil.rmtree(self.home / name)

    def recover(self) -> None:
        for name in ("a", "b"):
            (self.home / name).mkdir()
            (self.home / name / f"vm-{name}").write_text("Up\n")

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        never: Never = pytest.fail("a directory says nothing by itself")
        return never

    def sent(self) -> frozenset[str]:
        return frozenset()


class TestDirectory(SourceConformance):
    """Every test of the kit but those of hosts that hang."""

    @pytest.fixture
    def bench(self, tmp_path: pathlib.Path) -> DirectoryBench:
        return DirectoryBench(tmp_path)
