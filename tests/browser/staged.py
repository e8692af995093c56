"""What is staged for pictures: a VM that lives through a lot, and a host that hangs."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.request import urlopen

from tests.browser.site import Site
from tests.waiting import wait_for


class Staged(NamedTuple):
    """The VM, the step of its story at which it migrated, and the host."""

    vm: str
    step: int
    host: str


def stage(fleet: Site) -> Staged:
    """Let it happen, one thing after the other, each once vurti knows of the one before."""
    vm = fleet.vms_of("host-3")[0]
    name = fleet.name(vm)
    fleet.story("migrate", name, to="host-5")
    _until(fleet, vm, lambda now: (now["run_on"], now["status"]) == ("host-5", "Up"), "it migrated")
    fleet.story("io_error", name, pause_status="EIO", secs=4)
    _passes(fleet, vm, "Paused")
    fleet.strike("hang", "host-5")
    _until(fleet, vm, lambda now: now["status"] == "Unknown", "its host is lost")
    fleet.mend()
    _until(fleet, vm, lambda now: now["status"] == "Up", "its host is back")
    fleet.story("crash", name, secs=3)
    _passes(fleet, vm, "Down")
    fleet.story("reboot", name)
    _passes(fleet, vm, "RebootInProgress")
    fleet.strike("hang", "host-8")
    wait_for(lambda: _told(fleet, "/hosts/host-8")["status"] == "NonResponsive", "it is lost", 30)
    events = _told(fleet, f"/vms/{vm}/events?limit=100")["items"]
    step = next(one["seq"] for one in events if one["kind"] == "VmMigrated")
    return Staged(vm, step, "host-8")


def _passes(fleet: Site, vm: str, status: str) -> None:
    """It comes to be so, and is Up again."""
    _until(fleet, vm, lambda now: now["status"] == status, f"it is {status}")
    _until(fleet, vm, lambda now: now["status"] == "Up", f"it is no longer {status}")


def _until(fleet: Site, vm: str, so: Callable[[dict[str, Any]], bool], what: str) -> None:
    wait_for(lambda: so(_told(fleet, f"/vms/{vm}")), what, 40, 0.1)


def _told(fleet: Site, path: str) -> dict[str, Any]:
    with urlopen(f"{fleet.url}/api/v1{path}", timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
    return told
