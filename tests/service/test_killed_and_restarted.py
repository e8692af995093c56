"""Contract 6, 7 and 9: what survives when vurti dies in the middle of a busy fleet."""

import time
from pathlib import Path

import pytest

from tests.service.program import Program
from tests.waiting import wait_for
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config, load_config
from vurti.events import Event, VmAdded, VmRemoved
from vurti.model import Vds, Vm, VmStatus
from vurti.repository import Reader, open_for_reading
from vurti.sources.sim import shared_world

pytestmark = pytest.mark.slow

CONFIG = """
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = 0.5
statistics_secs = 2
statistics_timeout_secs = 2
timeout_secs = 1
[rules]
grace_secs = 2
quiet_secs = 0
[sources.sim]
seed = 11
hosts = 10
vms_per_host = 10
pace = 20
begun_at = {begun_at}
"""
Truth = dict[str, tuple[VmStatus, str | None]]


def configured(home: Path) -> Config:
    """Ten busy hosts; their world goes on whether or not anybody watches it."""
    text = CONFIG.format(begun_at=round(time.time(), 1))
    text += "".join(f'[hosts.host-{n}]\nurl = "sim://host-{n}"\n' for n in range(1, 11))
    (home / "vurti.toml").write_text(text)
    return load_config(home / "vurti.toml")


def truths(config: Config, end: float) -> list[Truth]:
    """What the hosts truly held at each quarter of a second of the last three before `end`."""
    clock = VirtualClock(start_wall=end - 3)
    world = shared_world(clock, config.sources.sim).hold()
    begun_at = config.sources.sim.begun_at
    assert begun_at is not None
    seen = []
    for quarter in range(14):
        world.world.advance(end - 3 + quarter / 4 - begun_at)
        seen.append(world.world.truth())
    world.release()
    return seen


def events(reader: Reader) -> list[Event]:
    return [one.event for one in reader.log(limit=100_000)]


def test_after_kill_9_nothing_is_added_or_removed_that_was_not_and_rows_say_the_truth(
    tmp_path: Path,
) -> None:
    config = configured(tmp_path)
    command = ("run", str(tmp_path / "vurti.toml"))
    with Program(tmp_path, *command) as first:
        wait_for(lambda: first.text().count("VmStateChanged") > 20, "a busy fleet")
        first.kill()
    with open_for_reading(config.repository.url) as reader:
        known = {one.value.id for one in reader.vdss.vms.list(limit=1000)}
        before = events(reader)
    time.sleep(2)  # nothing is waited for: the world goes on while nobody watches it
    with Program(tmp_path, *command, "--for", "7") as second:
        assert second.process.wait(30) == 0
        end = time.time()
    with open_for_reading(config.repository.url) as reader:
        after = events(reader)[len(before) :]
        rows = {one.value.id: one.value for one in reader.vdss.vms.list(limit=1000)}
        away = {one.value.id for one in reader.vdss.list(limit=100) if one.value.status != "Up"}
    false = [one for one in after if isinstance(one, (VmAdded, VmRemoved)) and one.thing in known]
    assert false == []
    assert any(one.restart for one in after if isinstance(one.after, Vm))
    assert_adjoining([*before, *after])
    assert replayed([*before, *after]) == rows
    assert_true(rows, truths(config, end), away)


def assert_adjoining(told: list[Event]) -> None:
    """Per thing in order, each beginning where the one before it ended; no id for two contents."""
    last: dict[str, Event] = {}
    for event in told:
        past = last.get(event.thing)
        assert event.seq_first == (past.seq + 1 if past is not None else 1)
        assert event.before == (past.after if past is not None else None)
        last[event.thing] = event
    assert len({event.id for event in told}) == len(told)


def replayed(told: list[Event]) -> dict[str, Vm]:
    vms: dict[str, Vm] = {}
    for event in told:
        if isinstance(event.after, Vm):
            vms[event.thing] = event.after
        elif not isinstance(event.after or event.before, Vds):
            vms.pop(event.thing, None)
    return vms


def assert_true(rows: dict[str, Vm], seen: list[Truth], away: set[str]) -> None:
    """Each VM stands as it truly stood a moment ago, but for those whose host cannot be asked."""
    wrong = {}
    for vm, row in rows.items():
        lately = {truth[vm] for truth in seen if vm in truth}
        ended = row.run_on is None and any(host is None for _, host in lately)
        hidden = row.run_on in away or bool(away & {host for _, host in lately if host})
        if (row.status, row.run_on) not in lately and not ended and not hidden:
            wrong[vm] = (row.status, row.run_on, sorted(lately, key=str))
    assert wrong == {}


def test_sigterm_stores_everything_that_was_decided_and_exits_0(tmp_path: Path) -> None:
    config = configured(tmp_path)
    with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as program:
        wait_for(lambda: program.text().count("VmAdded") >= 100, "all VMs")
        assert program.stop() == 0
        assert "everything decided is stored" in program.text()
    with open_for_reading(config.repository.url) as reader:
        rows = {one.value.id: one.value for one in reader.vdss.vms.list(limit=1000)}
        assert replayed(events(reader)) == rows
        assert len(rows) >= 100


def test_a_second_vurti_on_the_same_store_is_refused_with_its_holder_named(tmp_path: Path) -> None:
    configured(tmp_path)
    command = ("run", str(tmp_path / "vurti.toml"))
    with Program(tmp_path, *command) as first:
        wait_for(lambda: "VmAdded" in first.text(), "the first vurti at work")
        (tmp_path / "second").mkdir()
        with Program(tmp_path / "second", *command) as second:
            wait_for(lambda: str(first.process.pid) in second.text(), "a refusal with the pid")
            assert second.process.wait(10) != 0
        assert first.stop() == 0
