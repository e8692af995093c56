"""What the machine must have for a fleet, and whether inventories answer."""

import json
import resource
import sys
from pathlib import Path

import pytest

from tests.doctor.conftest import SetUp, bad, notes
from vurti.doctor import Finding, machine


def of_machine(hosts: int = 10) -> dict[str, Finding]:
    return {one.subject: one for one in machine.look_at_the_machine(hosts)}


def test_more_hosts_than_files_may_be_open_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    assert of_machine(400)["open files"].verdict == "ok"
    found = of_machine(1000)["open files"]
    assert (found.verdict, found.way_out) == (
        "bad", "ulimit -n 2100, or LimitNOFILE=2100 in the unit",
    )  # fmt: skip
    assert "no more than 4096 is allowed here" in of_machine(3000)["open files"].what


def test_a_control_group_that_is_too_small_for_the_fleet_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "_CGROUP_MEMORY", limit)
    assert "memory" not in of_machine()
    limit.write_text("max\n")
    assert "memory" not in of_machine()
    limit.write_text(str(256 * 2**20))
    assert of_machine(10)["memory"].verdict == "ok"
    assert of_machine(1000)["memory"].verdict == "bad"


@pytest.mark.parametrize(("state", "verdict"), [(True, "ok"), (None, "ok"), (False, "note")])
def test_a_clock_that_nobody_keeps_right_is_noted(
    monkeypatch: pytest.MonkeyPatch, state: bool | None, verdict: str
) -> None:
    monkeypatch.setattr(machine, "is_synchronised", lambda: state)
    assert of_machine()["clock"].verdict == verdict


def test_what_vurti_stands_on_is_told() -> None:
    assert "gevent " in of_machine()["versions"].what
    assert machine.is_synchronised() in {True, False, None}


def inventory(setup: SetUp, answer: str) -> list[Finding]:
    (setup.home / "tell.py").write_text(f"print({answer!r})")
    words = json.dumps([sys.executable, str(setup.home / "tell.py")])
    setup.write(f'[listen]\naddress = ""\n[inventory.cmdb]\ncommand = {words}')
    return setup.examined()


def test_hosts_of_an_inventory_are_looked_at_as_well(setup: SetUp) -> None:
    found = inventory(setup, json.dumps({"hosts": {"alpha": {"url": "sim://alpha"}}}))
    assert bad(found) == []
    assert any("1 hosts and 0 VMs" in one.what for one in found)
    assert [one.subject for one in found if one.area == "hosts"] == ["alpha"]


def test_an_inventory_that_tells_nothing_that_can_be_read_is_bad(setup: SetUp) -> None:
    (found,) = bad(inventory(setup, "nonsense"))
    assert (found.area, found.subject) == ("inventories", "cmdb")


def test_an_entry_that_cannot_be_used_is_noted_and_spares_the_others(setup: SetUp) -> None:
    hosts = {"alpha": {"url": "sim://alpha"}, "beta": {"url": "nonsense://"}}
    found = inventory(setup, json.dumps({"hosts": hosts}))
    assert any("beta" in one.what for one in notes(found))
    assert [one.subject for one in found if one.area == "hosts"] == ["alpha"]
