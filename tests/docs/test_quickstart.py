"""docs/quickstart.md can be followed: its commands, one after the other, come to what it says."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks
from tests.ports import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

BLOCKS = list(blocks(ROOT / "docs" / "quickstart.md"))
INSTALLING = ("make demo", "pip install")
TYPED = [one.text for one in BLOCKS
         if one.language == "sh" and not any(word in one.text for word in INSTALLING)]  # fmt: skip
WRITTEN = [one.text for one in BLOCKS if one.language == "toml"]


class Reader:
    """Whoever follows the page, in a directory of his own and at ports that are free here."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._ports = {"7178": str(free_port()), "7179": str(free_port())}
        self._of_hosts = free_port()
        program = home / "vurti"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m vurti "$@"\n', encoding="utf-8")
        program.chmod(0o755)

    def write(self, text: str) -> None:
        """Add to vurti.toml."""
        with (self.home / "vurti.toml").open("a", encoding="utf-8") as file:
            file.write(self._here(text))

    def type(self, commands: str) -> str:
        """What they print; none of them may fail."""
        words = ["sh", "-e", "-c", self._here(commands)]
        done = subprocess.run(words, cwd=self.home, env=self._environment(), capture_output=True,
                              text=True, check=False, timeout=120)  # fmt: skip
        assert done.returncode == 0, f"{commands}{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def terminal(self, command: str) -> Iterator[None]:
        """One in which something runs until it is told to end."""
        with (self.home / "terminal.log").open("a", encoding="utf-8") as log:
            running = subprocess.Popen(["sh", "-c", f"exec {self._here(command)}"], cwd=self.home,
                                       env=self._environment(), stdout=log, stderr=log)  # fmt: skip
            try:
                yield
            finally:
                running.terminate()
                try:
                    running.wait(60)
                finally:
                    running.kill()

    def listed(self, what: str) -> list[dict[str, object]]:
        """Hosts, VMs or events, as the store has them; none where there is no store yet."""
        done = subprocess.run(
            [str(self.home / "vurti"), what, "vurti.toml", "--json"], cwd=self.home,
            env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        return [json.loads(line) for line in done.stdout.splitlines()]

    def log(self) -> str:
        return (self.home / "terminal.log").read_text(encoding="utf-8")[-3000:]

    def _here(self, text: str) -> str:
        for default, port in self._ports.items():
            text = text.replace(default, port)
        return text.replace("vurti simulate", f"vurti simulate --port {self._of_hosts}")

    def _environment(self) -> dict[str, str]:
        path = f"{self.home}:{os.environ['PATH']}"
        return {"PATH": path, "PYTHONPATH": str(ROOT), "VURTI_LISTEN__ADDRESS": ""}


def test_the_quickstart_comes_to_what_it_says(tmp_path: Path) -> None:
    simulate, check_and_run, look, trouble, events, explain, mend, check = TYPED
    checking, run = check_and_run.splitlines()
    configuration, quiet = WRITTEN
    reader = Reader(tmp_path)
    reader.write(configuration)
    with reader.terminal(simulate):
        wait_for(lambda: (tmp_path / "hosts.toml").exists(), "its hosts", but=reader.log)
        assert "20 hosts" in reader.type(checking)
        with reader.terminal(run):
            wait_for(lambda: up(reader) == 20, "all hosts are Up", 60, but=reader.log)
            assert "host-1" in reader.type(look)
            reader.type(trouble)
            wait_for(lambda: troubled(reader), "what came of it", 60, but=reader.log)
            assert "on host-" in reader.type(events)
            why = reader.type(explain)
            assert "7.3 ended with an error" in why
            assert "R4" in why
            reader.type(mend.splitlines()[0])
            wait_for(lambda: up(reader) == 20, "it comes back", 60, but=reader.log)
            reader.write(quiet)
            assert "1 test, 0 failed" in reader.type(check)


def up(reader: Reader) -> int:
    return sum(one["status"] == "Up" for one in reader.listed("hosts"))


def troubled(reader: Reader) -> bool:
    """The crash and the migration are told, and the host that hangs was missed."""
    events = reader.listed("events")
    crashed = any(one["kind"] == "VmStateChanged" and one["after"] == "Down" for one in events)
    migrated = any(one["kind"] == "VmMigrated" for one in events)
    missed = any(one["kind"] == "VdsStateChanged" and one["host"] == "host-7"
                 and one["after"] == "Connecting" for one in events)  # fmt: skip
    return crashed and migrated and missed
