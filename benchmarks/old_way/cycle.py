"""The cycle of one host: lock the world, ask the database of each VM, compare, save, unlock."""

import threading
import time
from typing import Any, NamedTuple, Protocol


class Record(NamedTuple):
    """A VM as the database has it: what vurti keeps of one, state first, then its statistics."""

    id: str
    name: str
    status: str
    pause_code: str
    run_on: str
    guest_ip: str
    session: str
    device_hash: str
    observed_at: float
    cpu_user: float
    cpu_sys: float
    cpu_time_ns: int
    memory_percent: int
    balloon_kb: int
    elapsed_secs: int
    rx_bytes: int
    tx_bytes: int
    read_bytes: int
    written_bytes: int


STATE = slice(1, 8)
"""Which of a record's fields are its state: where they differ, it is news."""


class Store(Protocol):
    """A database, of which one thread has the lock. What a cycle does is one transaction."""

    def begin(self) -> None: ...

    def load(self, vm: str) -> Record | None:
        """One SELECT."""

    def insert(self, record: Record) -> None: ...

    def update(self, record: Record) -> None:
        """One UPDATE of the whole row."""

    def event(self, vm: str, before: str, after: str, at: float) -> None: ...

    def commit(self) -> None: ...

    def close(self) -> None: ...


class World:
    """The lock and what it guards."""

    def __init__(self, store: Store) -> None:
        self.store, self.events, self.vms = store, 0, 0
        self._lock = threading.Lock()

    def refresh(self, host: str, answer: list[dict[str, Any]]) -> None:
        """One whole cycle of a host."""
        now = time.time()
        records = [record(host, vm, now) for vm in answer]
        with self._lock:
            self.store.begin()
            for one in records:
                self._save(one)
            self.store.commit()
            self.vms += len(records)

    def _save(self, new: Record) -> None:
        store = self.store
        known = store.load(new.id)
        if known is None:
            store.insert(new)
        else:
            store.update(new)
        if known is None or known[STATE] != new[STATE]:
            before = "" if known is None else known.status
            store.event(new.id, before, new.status, new.observed_at)
            self.events += 1


def record(host: str, vm: dict[str, Any], now: float) -> Record:
    """What is kept of a VM in vdsm's answer."""
    nics, disks = vm.get("network", {}).values(), vm.get("disks", {}).values()
    return Record(
        vm["vmId"], vm["vmName"], vm["status"], vm.get("pauseCode", "NOERR"), host,
        vm["guestIPs"], vm["session"], vm["hash"], now,
        float(vm["cpuUser"]), float(vm["cpuSys"]), int(vm["cpuUsage"]), int(vm["memUsage"]),
        int(vm["balloonInfo"]["balloon_cur"]), int(vm["elapsedTime"]),
        sum(int(nic["rx"]) for nic in nics), sum(int(nic["tx"]) for nic in nics),
        sum(int(disk["readBytes"]) for disk in disks),
        sum(int(disk["writtenBytes"]) for disk in disks),
    )  # fmt: skip
