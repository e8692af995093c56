"""What holds in every world, whatever chance decides."""

import subprocess
import sys
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.model import VmStatus
from vurti.world import Link, Notice, StoryKind, VmRates, World, WorldOptions

LIVELY = WorldOptions(pace=60.0, opening_secs=2.0)


def told_in(world: World, times: list[float]) -> bytes:
    """Everything that happens up to each of the times, as bytes."""
    notices: list[Notice] = []
    world.on_notice = notices.append
    for time in times:
        world.advance(time)
    listings = [machine.states() for machine in world.machines.values()]
    samples = [machine.vm_samples(world.now) for machine in world.machines.values()]
    return msgspec.json.encode((notices, listings, samples, world.truth()))


@given(
    steps=st.lists(st.floats(0, 90), max_size=30),
    seed=st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None)
def test_the_size_of_the_steps_makes_no_difference(steps: list[float], seed: int) -> None:
    at_once = told_in(World(seed, 5, 4, LIVELY), [90.0])
    in_steps = told_in(World(seed, 5, 4, LIVELY), [*sorted(steps), 90.0])
    assert at_once == in_steps


def test_two_seeds_tell_two_stories() -> None:
    assert told_in(World(1, 5, 4, LIVELY), [90.0]) != told_in(World(2, 5, 4, LIVELY), [90.0])


def test_the_hash_seed_makes_no_difference() -> None:
    program = (
        "from hashlib import sha256; import msgspec; from vurti.world import World\n"
        "told = []; world = World('x', 8, 5); world.on_notice = told.append; world.advance(120)\n"
        "print(len(told), sha256(msgspec.json.encode((told, world.truth()))).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1
    assert int(answers.pop().split()[0]) > 20


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_hosts_that_answer_list_exactly_the_truth(seed: int) -> None:
    world = World(seed, 5, 4, LIVELY)
    for step in range(1, 121):
        world.advance(step * 0.5)
        held: dict[str, list[str]] = {vm: [] for vm in world.truth()}
        for machine in world.machines.values():
            for listed in machine.states().vms:
                if listed.status is not VmStatus.DOWN:
                    held[listed.id].append(machine.id)
        for vm, (status, home) in world.truth().items():
            check_one(world, vm, status, home, held[vm])


def check_one(world: World, vm: str, status: VmStatus, home: str | None, held: list[str]) -> None:
    """A VM is on its home and nowhere else, but for the two sides of a migration."""
    if home is None:
        assert (status, held) == (VmStatus.DOWN, [])
        return
    by_host = {
        host: next(v.status for v in world.host(host).states().vms if v.id == vm) for host in held
    }
    assert by_host[home] is status
    others = {by_host[host] for host in held if host != home}
    assert len(held) <= 2
    assert others <= {VmStatus.MIGRATING_TO, VmStatus.MIGRATING_FROM}


def test_only_a_world_that_was_asked_for_split_brains_has_them() -> None:
    rates = VmRates(split_brain=3.0)
    seen: set[str] = set()
    for asked in (False, True):
        options = WorldOptions(pace=20.0, vm_rates=rates if asked else VmRates())
        world = World(5, 5, 4, options)
        for step in range(600):
            world.advance(step * 0.5)
            seen |= {f"{asked}" for _ in world.split()}
    assert seen == {"True"}


def test_counters_never_go_back_during_a_run_nor_a_host_clock_between_boots() -> None:
    world = World(3, 4, 4, LIVELY)
    runs: dict[int, list[tuple[int, ...]]] = {}
    clocks: dict[tuple[str, float], list[int]] = {}
    kept = []  # keeps each run alive, so that no two have the same id()
    for step in range(600):
        world.advance(step * 0.5)
        for machine in world.machines.values():
            clocks.setdefault((machine.id, machine.booted), []).append(machine.clock_ms(world.now))
            for run in machine.living():
                kept.append(run)
                sample = run.sample(world.now)
                counters = (
                    sample.cpu_time_ns, sample.disk_read_bytes, sample.disk_write_bytes,
                    sample.net_rx_bytes, sample.net_tx_bytes,
                )  # fmt: skip
                runs.setdefault(id(run), []).append(counters)
                assert 0 <= sample.cpu_percent <= 100
                assert sample.rss_kb <= sample.memory_max_kb
    assert len(runs) > 30
    assert any(len(set(samples)) > 10 for samples in runs.values())
    for samples in runs.values():
        for before, after in pairwise(samples):
            assert all(past <= now for past, now in zip(before, after, strict=True))
    for times in clocks.values():
        assert times == sorted(times)


def test_a_paused_vm_uses_no_cpu_time() -> None:
    from vurti.world import STILL, pause

    world = World(1, 1, 1, STILL)
    world.advance(100)
    world.do(pause("vm-1"))
    before = world.host("host-1").vm_samples(world.now)["vm-1"]
    world.advance(200)
    after = world.host("host-1").vm_samples(world.now)["vm-1"]
    assert before.cpu_time_ns == after.cpu_time_ns > 0
    assert after.cpu_percent == 0


def test_an_unchanged_host_lists_the_very_same_object() -> None:
    world = World(1, 2, 2, WorldOptions(pace=0))
    before = world.host("host-1").states()
    world.advance(1000)
    assert world.host("host-1").states() is before


@pytest.mark.parametrize("seed", range(8))
def test_whoever_looks_at_the_demo_for_half_a_minute_sees_every_kind_of_story(seed: int) -> None:
    world = World(seed, hosts=20, vms_per_host=10)
    told: list[Notice] = []
    links: set[tuple[str, Link]] = set()
    world.on_notice = told.append
    world.on_link = lambda machine: links.add((machine.id, machine.link))
    world.advance(30.0)
    assert set(StoryKind) - {StoryKind.SPLIT_BRAIN, StoryKind.RESTORE} <= set(+world.played)
    dead = {host for host, link in links if link is Link.REFUSES}
    hung = {host for host, link in links if link is Link.HANGS}
    back = {host for host, link in links if link is Link.ANSWERS}
    assert hung & back
    assert dead & back
    assert restarted_elsewhere(told)
    assert sum(status is VmStatus.UP for status, _ in world.truth().values()) > 180


def test_chance_waits_until_the_opening_is_over() -> None:
    calm, wild = World(1), World(1, options=WorldOptions(pace=5000))
    for world in (calm, wild):
        world.advance(23.9)
    assert wild.played == calm.played
    wild.advance(26)
    assert wild.played.total() > 2 * calm.played.total()


def restarted_elsewhere(told: list[Notice]) -> set[str]:
    crashed: dict[str, str] = {}
    found = set()
    for notice in told:
        if notice.vm.exit_reason == "LostQEMUConnection":
            crashed[notice.vm.id] = notice.host
        elif (
            notice.vm.status is VmStatus.UP
            and crashed.get(notice.vm.id, notice.host) != notice.host
        ):
            found.add(notice.vm.id)
    return found


@pytest.mark.parametrize("hosts", [1, 2, 3])
def test_the_vms_of_a_small_world_do_not_die_out(hosts: int) -> None:
    world = World(9, hosts, 5, WorldOptions(pace=10))
    world.advance(3600)
    running = [vm for vm, (status, _) in world.truth().items() if status is not VmStatus.DOWN]
    assert len(running) >= 5 * hosts * 0.6


def test_a_host_that_joins_brings_its_own_vms_and_changes_nothing_else() -> None:
    world = World(1, ("alpha",), 2, WorldOptions(pace=0))
    world.join("beta")
    assert list(world.truth()) == ["alpha-vm-1", "alpha-vm-2", "beta-vm-1", "beta-vm-2"]
    assert world.join("alpha") is world.host("alpha")
    assert len({guest.name for guest in world.guests.values()}) == 4


def test_a_world_that_is_no_longer_lively_comes_to_rest() -> None:
    world = World(4, 4, 4, LIVELY)
    world.advance(120)
    world.lively = False
    world.advance(300)
    at_rest = world.truth()
    world.advance(900)
    assert world.truth() == at_rest
