"""collectd with its plugin virt on each host, as Debian has it. It writes files of CSV: what Debian
has built to write otherwise needs a server, or libraries that come with no monitor."""

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.monitors.monitor import ASKED, INTERVAL_SECS, TOLD, Monitor, found
from tests.libvirt.machine import Guest, Host

CONFIG = """
BaseDir "{home}"
PIDFile "{home}/pid"
TypesDB "/usr/share/collectd/types.db"
Hostname "{name}"
FQDNLookup false
Interval {secs}
LoadPlugin logfile
LoadPlugin csv
LoadPlugin virt
<Plugin logfile>
  LogLevel warning
  File "{home}/notes"
</Plugin>
<Plugin csv>
  DataDir "{home}/csv"
</Plugin>
<Plugin virt>
  Connection "{url}"
  ExtraStats "domain_state"
</Plugin>
"""
RUNNING = 1.0
"""As libvirt numbers the states of VMs."""


class Collectd(Monitor):
    """Told by libvirt's events, of which it makes notifications; and the state is one of the values
    that it reads. All else is as by default: VMs are listed anew each minute."""

    name = "collectd"

    def begin(self) -> None:
        for host in self.watched.vms:
            home = self._home(host)
            home.mkdir()
            config = home / "collectd.conf"
            config.write_text(
                CONFIG.format(home=home, name=host.name, url=host.url, secs=INTERVAL_SECS)
            )
            self.run("collectd", found("collectd"), "-f", "-C", str(config))

    def samples(self) -> int:
        files = [file for vm in self.watched.all for file in self._csv(vm, "virt_cpu_total")]
        return sum(len(rows(file.read_text())) for file in files)

    def values(self, vm: Guest) -> int:
        """Of a file that has just begun there is no line yet."""
        return sum(len(row) for file in self._csv(vm) for row in rows(file.read_text())[-1:])

    def knows(self) -> bool:
        return all(self._csv(vm, "domain_state") for vm in self.watched.all)

    @property
    def signs(self) -> Mapping[str, Callable[[Guest], bool]]:
        return {TOLD: self._has_noted, ASKED: self._reads_another_state}

    def _has_noted(self, vm: Guest) -> bool:
        files = [self._home(host) / "notes" for host in self.watched.vms]
        notes = [line for file in files if file.exists() for line in file.read_text().splitlines()]
        return any(is_end_of(vm.name, note) for note in notes)

    def _reads_another_state(self, vm: Guest) -> bool:
        state, _reason = rows(self._csv(vm, "domain_state")[-1].read_text())[-1]
        return state != RUNNING

    def _home(self, host: Host) -> Path:
        return self.home / host.name

    def _csv(self, vm: Guest, kind: str = "") -> list[Path]:
        """A file for each kind and day, the newest last."""
        return sorted(self.home.glob(f"*/csv/{vm.name}/virt/{kind}*"))


def rows(csv: str) -> list[list[float]]:
    """The values of each whole line, without the time that stands before them."""
    whole, _, _ = csv.rpartition("\n")
    return [[float(value) for value in line.split(",")[1:]] for line in whole.splitlines()[1:]]


def is_end_of(name: str, note: str) -> bool:
    """Whether a line of its log is the notification that this VM is shut off."""
    return "Notification: " in note and f" host = {name}," in note and "is shut off" in note
