"""`vurti run`: one process for all hosts."""

import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import closing

from benchmarks.monitors.monitor import ASKED, INTERVAL_SECS, TOLD, Monitor
from benchmarks.process import ROOT
from benchmarks.registry import OURS
from benchmarks.watching import Watch
from tests.libvirt.machine import Guest
from tests.ports import free_port
from vurti.repository import open_for_reading

QUESTIONS = 3
"""At each beat: the states of all VMs, their statistics, the host's."""
CONFIG = """
[repository]
url = "{store}"
[listen]
address = "127.0.0.1:{port}"
[api]
address = "127.0.0.1:{api}"
[poll]
status_secs = {secs}
statistics_secs = {secs}
timeout_secs = {secs}
statistics_timeout_secs = {secs}
[rules]
quiet_secs = 0
[sources.libvirt]
pushes = {pushes}
{keys}
[hosts]
"""
_KEPT = "select s.* from vm_statistics s join vm_dynamic d on d.key = s.vm where d.id = ?"


class Ours(Monitor):
    """Told by libvirt's events. It knows what its log has, which is what is committed."""

    name = OURS
    pushes = True
    keys = ""
    """More keys of `[sources.libvirt]`."""
    checkout = ROOT

    def begin(self) -> None:
        port, path = free_port(), self.home / "vurti.toml"
        pushes = str(self.pushes).lower()
        config = CONFIG.format(
            store=self._store, port=port, api=free_port(), secs=INTERVAL_SECS, pushes=pushes,
            keys=self.keys,
        )  # fmt: skip
        hosts = [f'{host.name} = {{ url = "{host.url}" }}' for host in self.watched.vms]
        path.write_text("\n".join([config, *hosts]))
        words = (sys.executable, "-m", "vurti", "run", str(path))
        process = self.run("vurti", *words, cwd=self.checkout)
        self._watch = Watch(process, self.home, port, len(self.watched.all))

    def samples(self) -> int:
        beats = self._watch.answered() / QUESTIONS / len(self.watched.vms)
        return round(beats * len(self.watched.all))

    def values(self, vm: Guest) -> int:
        with closing(sqlite3.connect(self.home / "vurti.db")) as store:
            _, _, *kept = store.execute(_KEPT, (vm.id,)).fetchone() or (None, None)  # key, when
        return 1 + sum(value is not None for value in kept)

    def knows(self) -> bool:
        try:
            return self._watch.known() == len(self.watched.all)
        except OSError:  # it does not listen yet
            return False

    @property
    def signs(self) -> Mapping[str, Callable[[Guest], bool]]:
        return {TOLD if self.pushes else ASKED: self._says_down}

    def _says_down(self, vm: Guest) -> bool:
        with open_for_reading(self._store) as reader:
            logged = reader.log(thing=vm.id)
        return any(getattr(one.event.after, "status", "") == "Down" for one in logged)

    @property
    def _store(self) -> str:
        return f"sqlite:///{self.home}/vurti.db"


class Unpushed(Ours):
    """The same without libvirt's events."""

    pushes = False
