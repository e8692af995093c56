"""A `vurti run` in a process of its own over the hosts of a bed, and what it commits.

    with Running(bed, directory, pushes=False) as run:
        run.until(vm, "Added Up")

The hosts are called alpha and beta. Every wait has a deadline, and tells what came instead.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.libvirt.bed import Bed
from tests.libvirt.machine import Guest
from tests.waiting import wait_for

ROOT = Path(__file__).parents[2]
HOSTS = ("alpha", "beta")
WAIT_SECS = 30.0
STOP_SECS = 20.0

PASSING = frozenset({"WaitForLaunch", "PoweringDown", "MigratingFrom"})
"""Statuses that last so shortly that a poll may see them or not."""

CONFIG = """
[log]
level = "DEBUG"
repeat_secs = 0
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = {status_secs}
statistics_secs = {statistics_secs}
timeout_secs = 1.0
statistics_timeout_secs = 1.0
[rules]
grace_secs = {grace_secs}
grace_per_vm_secs = 0
quiet_secs = 0
cpu_percent_max = 100
vanish_grace_secs = 1.0
[sources.libvirt]
pushes = {pushes}
keepalive_secs = 0.5
retry_secs = 0.1
retry_secs_max = 0.5
"""


class Running:
    """The service with its files in `home`; after `kill`, `start` goes on with what is there."""

    def __init__(
        self,
        bed: Bed,
        home: Path,
        pushes: bool = True,
        status_secs: float = 0.5,
        grace_secs: float = 60.0,
    ) -> None:
        self.config, self._out, self._log = home / "v.toml", home / "events", home / "log"
        tables = "".join(
            f'[hosts.{name}]\nurl = "{host.url}"\ncluster = "east"\n'
            for name, host in zip(HOSTS, bed.hosts, strict=True)
        )
        settings = CONFIG.format(
            status_secs=status_secs,
            statistics_secs=max(1.0, status_secs),
            grace_secs=grace_secs,
            pushes=str(pushes).lower(),
        )
        self.config.write_text(settings + tables)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Running":
        self.start()
        self.until_true(
            lambda: all(self.story(host)[-1:] == ["Changed Up"] for host in HOSTS), "hosts Up"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.stop()
        self.kill()

    def start(self) -> None:
        """Start it, and go on at once."""
        words = ["setpriv", "--pdeathsig", "KILL"]  # it ends with the tests, however they end
        words += [sys.executable, "-m", "vurti", "run", str(self.config), "--events", "-"]
        with self._out.open("ab") as out, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=log, cwd=ROOT
            )

    def stop(self) -> None:
        """Ask it to end by SIGTERM, and see that it ends well."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(STOP_SECS) == 0, self._words()

    def kill(self) -> None:
        """End it by SIGKILL, if it has not ended."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_SECS)

    def events(self) -> list[dict[str, Any]]:
        """Everything that it has printed so far, over all its starts."""
        if not self._out.exists():
            return []
        whole, _, _ = self._out.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def logged(self) -> list[dict[str, Any]]:
        """What `vurti events` reads in the log, all of it, without the cursors."""
        words = ["events", str(self.config), "--json", "--since", "0"]
        told = subprocess.run(
            [sys.executable, "-m", "vurti", *words],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=WAIT_SECS,
        )  # fmt: skip
        found = [json.loads(line) for line in told.stdout.splitlines()]
        assert [one.pop("cursor") for one in found] == list(range(1, len(found) + 1))
        return found

    def of(self, thing: Guest | str) -> list[dict[str, Any]]:
        """The events of a VM, or of a host by its name."""
        if isinstance(thing, Guest):
            return [one for one in self.events() if one.get("vm") == thing.id]
        return [one for one in self.events() if "vm" not in one and one["host"] == thing]

    def story(self, thing: Guest | str) -> list[str]:
        """Its events in words, without the stations that polls may see or not."""
        return [words(one) for one in self.of(thing) if not passing(one)]

    def until(self, thing: Guest | str, *last: str) -> None:
        """Until its story ends in these events."""
        name = thing.name if isinstance(thing, Guest) else thing
        self.until_true(lambda: self.story(thing)[-len(last) :] == [*last], f"{name}: {last}")

    def until_logged(self, text: str) -> None:
        """Until the log has this text."""
        self.until_true(lambda: text in self._log.read_text(), text)

    def until_true(self, condition: Callable[[], object], what: str) -> None:
        """Until it holds; what was told and logged instead is in the AssertionError."""
        try:
            wait_for(lambda: self._alive() and condition(), what, WAIT_SECS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._words()}") from None

    def _alive(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "vurti has ended"
        return True

    def _words(self) -> str:
        told = [f"{one.get('name') or one['host']}: {words(one)}" for one in self.events()]
        return "\n".join([*told, self._log.read_text()[-4000:]])


def passing(event: dict[str, Any]) -> bool:
    """Whether it may be missing from a story that is told well: it goes into a passing status, or
    tells that the destination of a migration, told already, has spoken as well."""
    arrived = event["before"] == "MigratingTo" and event["after"] == "Up"
    return event["kind"] == "VmStateChanged" and (event["after"] in PASSING or arrived)


def words(event: dict[str, Any]) -> str:
    """An event as a few words: `Changed Paused NOERR`, `Migrated alpha>beta`, `Added Up`."""
    kind = event["kind"].removeprefix("Vm").removeprefix("Vds").removeprefix("State")
    told = [event["after"]]
    if event["after"] == "Paused":
        told += [event["pause_status"]]
    if event["after"] == "Down":
        told += [event["exit_status"], event["exit_reason"]]
    if "from" in event:
        told = [f"{event['from']}>{event['to']}"]
    return " ".join(part for part in [kind, *told, event.get("restart") and "restart"] if part)
