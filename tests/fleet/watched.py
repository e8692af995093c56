"""`vurti simulate` and `vurti run` on it, each a process of its own, and how far they agree."""

import json
import re
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.service.program import Program
from tests.waiting import wait_for
from vurti.repository import open_for_reading

_CONTROL = re.compile(r"stories: (http://\S+)")
_STARTED = re.compile(r"watching \d+ hosts")
_MISSED = re.compile(r" (\S+) missed (\w+): (\w+) (.*)")
State = tuple[str, str | None]
"""A VM's status and its host, None where it is not running."""


class Control:
    """The control port of a simulation."""

    def __init__(self, url: str) -> None:
        self._url = url

    def get(self, path: str) -> Any:
        """What it tells there."""
        with urllib.request.urlopen(f"{self._url}{path}", timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, **fields: Any) -> Any:
        """Have it do something."""
        head = {"Content-Type": "application/json"}
        body = json.dumps(fields).encode()
        request = urllib.request.Request(f"{self._url}{path}", body, head)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def truth(self) -> dict[str, State]:
        """Status and host of each VM, by UUID."""
        vms = self.get("/truth")["vms"]
        return {id: (vm["status"], vm["host"]) for id, vm in vms.items()}

    def residents(self) -> list[tuple[str, list[str]]]:
        """Each host that runs VMs, and those of them that are Up by their names in stories; the
        fullest first."""
        found: dict[str, list[str]] = {}
        for vm in self.get("/truth")["vms"].values():
            if vm["status"] == "Up":
                found.setdefault(vm["host"], []).append(vm["id"])
        return sorted(found.items(), key=lambda one: -len(one[1]))


class Watched:
    """A simulated fleet and who watches it. `rules` are lines of the configuration."""

    def __init__(self, home: Path, simulator: Program, service: Program, control: Control) -> None:
        self.home, self.simulator, self.service, self.control = home, simulator, service, control
        self._url = f"sqlite:///{home / 'vurti.db'}"

    def stored(self) -> dict[str, State]:
        """Status and host of each VM as the database has it."""
        with open_for_reading(self._url) as reader:
            vms = reader.vdss.vms.list()
            return {vm.value.id: (vm.value.status.value, vm.value.run_on) for vm in vms}

    def hosts_up(self) -> int:
        """How many hosts are Up in the database."""
        with open_for_reading(self._url) as reader:
            return sum(host.value.status == "Up" for host in reader.vdss.list())

    def wrong(self) -> dict[str, tuple[State | None, State, State]]:
        """Each VM of which the database says what was true neither before nor after it was read:
        what it says, and the two truths. A VM that never ran need not be known."""
        before, stored, after = self.control.truth(), self.stored(), self.control.truth()
        return {
            id: (stored.get(id), before[id], after[id])
            for id in after.keys() | stored.keys()
            if not _agrees(stored.get(id), (before[id], after[id]))
        }

    def misses(self, since: int = 0) -> list[tuple[str, str, str, str]]:
        """Host, question, kind and reason of each poll that was missed, from so many bytes of the
        log on."""
        with self.service.log.open("rb") as log:
            log.seek(since)
            text = log.read().decode("utf-8", "replace")
        return [match.groups() for line in text.splitlines() if (match := _MISSED.search(line))]  # type: ignore[misc] # four groups

    def logged(self) -> int:
        """How long the log is, in bytes."""
        return self.service.log.stat().st_size


def _agrees(stored: State | None, truths: Sequence[State]) -> bool:
    if stored is None:
        return any(host is None for _, host in truths)
    return stored in truths


@contextmanager
def watching(home: Path, settings: str, *words: str, events: bool = True) -> Iterator[Watched]:
    """Simulate with these words of the command line, watch with these settings in TOML, with a file
    of events beside the log or without."""
    hosts, config = home / "hosts.toml", home / "vurti.toml"
    for folder in ("simulator", "service"):
        (home / folder).mkdir(parents=True)
    given = ("--write", str(hosts), "--directory", str(home / "keys"))
    with Program(home / "simulator", "simulate", *given, *words) as simulator:
        control = Control(control_url(simulator))
        config.write_text(f'include = ["hosts.toml"]\n{settings}', encoding="utf-8")
        file = ("--events", str(home / "events")) if events else ()
        with Program(home / "service", "run", str(config), *file) as service:
            _wait_for_words(service, _STARTED)
            yield Watched(home, simulator, service, control)


def control_url(simulator: Program) -> str:
    """Where the control port of a simulation is, once it says so."""
    return _wait_for_words(simulator, _CONTROL)[1]


def _wait_for_words(program: Program, words: re.Pattern[str]) -> re.Match[str]:
    """Until it says them; fails with what it said where it ended instead."""

    def said() -> re.Match[str] | None:
        assert program.process.poll() is None, program.log.read_text(encoding="utf-8")
        return words.search(program.log.read_text(encoding="utf-8"))

    wait_for(said, f"{words.pattern!r} is said", 120)
    found = said()
    assert found is not None
    return found
