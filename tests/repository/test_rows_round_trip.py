"""What was committed is found again exactly, whatever it is."""

from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.events import Mark, event
from vurti.model import (
    Balloon,
    Disk,
    ExitReason,
    ExitStatus,
    Guest,
    Hardware,
    Multipath,
    Network,
    Nic,
    NicSample,
    NonOperationalReason,
    PauseStatus,
    Row,
    Statistics,
    Vds,
    VdsCapabilities,
    VdsStatistics,
    VdsStatus,
    Vm,
    VmDevice,
    VmStatistics,
    VmStatus,
)
from vurti.model.commit import Commit
from vurti.repository.rows import VM_LONG
from vurti.wire.record import fields

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
WHOLE = st.integers(-(2**63) + 1, 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
MAYBE_WHOLE, MAYBE_FLOAT, MAYBE_TEXT = st.none() | WHOLE, st.none() | FLOATS, st.none() | TEXTS
MAYBE_FINITE = st.none() | st.floats(allow_nan=False, allow_infinity=False)
DEVICES = st.lists(
    st.builds(VmDevice, TEXTS, TEXTS, st.booleans(), st.booleans(), TEXTS, TEXTS), max_size=3
).map(tuple)
LUNS = st.lists(st.tuples(TEXTS, WHOLE), max_size=2).map(tuple)
BALLOONS = st.none() | st.builds(Balloon, WHOLE, WHOLE, WHOLE, WHOLE)
SEVERAL = st.none() | st.lists(TEXTS, max_size=2).map(tuple)

capabilities = st.builds(
    VdsCapabilities,
    MAYBE_TEXT,
    MAYBE_TEXT,
    *[MAYBE_WHOLE] * 4,
    *[MAYBE_TEXT] * 2,
    SEVERAL,
    st.none() | st.booleans(),
    SEVERAL,
    st.none() | st.tuples(st.builds(Network, TEXTS, st.none() | st.booleans())),
    st.none() | st.tuples(st.builds(Nic, TEXTS, st.tuples(TEXTS), st.tuples(TEXTS), MAYBE_TEXT)),
    SEVERAL,
    MAYBE_TEXT,
    guest_overhead_mb=MAYBE_WHOLE,
)
VDS_SAMPLES = st.builds(
    VdsStatistics,
    MAYBE_FLOAT,
    *[MAYBE_WHOLE] * 3,
    *[MAYBE_FLOAT] * 5,
    *[MAYBE_WHOLE] * 4,
    MAYBE_FLOAT,
    *[MAYBE_WHOLE] * 5,
    st.none() | st.tuples(st.builds(NicSample, TEXTS, st.booleans(), MAYBE_WHOLE)),
    st.none() | st.tuples(st.builds(Disk, TEXTS, MAYBE_WHOLE)),
    st.none() | st.tuples(st.builds(Multipath, TEXTS, WHOLE, st.tuples(TEXTS))),
    *[MAYBE_WHOLE] * 4,
)
VM_SAMPLES = st.builds(
    VmStatistics,
    MAYBE_FLOAT,
    *[MAYBE_WHOLE] * 9,
    *[MAYBE_FLOAT] * 3,
    BALLOONS,
    *[MAYBE_WHOLE] * 2,
)
vdss = st.builds(
    Vds,
    TEXTS,
    TEXTS,
    st.sampled_from(VdsStatus),
    st.sampled_from(NonOperationalReason),
    st.none() | capabilities,
    MAYBE_FINITE,
)
vms = st.builds(
    Vm,
    TEXTS,
    TEXTS,
    st.sampled_from(VmStatus),
    MAYBE_TEXT,
    MAYBE_TEXT,
    st.sampled_from(PauseStatus),
    st.none() | st.sampled_from(ExitStatus),
    st.none() | st.sampled_from(ExitReason),
    TEXTS,
    MAYBE_FINITE,
    MAYBE_FINITE,
    st.just(Guest()) | st.builds(Guest, *[MAYBE_TEXT] * 6),
    st.just(Hardware()) | st.builds(Hardware, MAYBE_TEXT, DEVICES, LUNS),
)


def rows(values: st.SearchStrategy) -> st.SearchStrategy:
    row = st.builds(Row, values, st.integers(0, 2**62), st.just(0.0), FLOATS, TEXTS)
    return st.lists(row, max_size=4, unique_by=lambda one: one.value.id)


def by_id(some: tuple[Row, ...] | list[Row]) -> list[Row]:
    return sorted(some, key=lambda row: row.value.id.encode())


def test_rows_and_events_are_found_again_after_a_restart(opened, examples) -> None:
    scopes = count()

    @settings(max_examples=examples, deadline=None)
    @given(rows(vdss), rows(vms), st.lists(st.sampled_from(Mark), unique=True).map(tuple))
    def holds(hosts, machines, marks) -> None:
        scope = f"s{next(scopes)}"
        told = [
            event(None, row.value, marks, id="e", reason=row.rule) for row in (*hosts, *machines)
        ]
        with opened(scope) as first:
            first.start()
            first.commit(Commit(1, 1, tuple(hosts), tuple(machines), tuple(told)))
        with opened(scope) as second:
            loaded = second.start()

            assert list(loaded.vdss) == by_id(hosts)
            assert list(loaded.vms) == by_id(machines)
            assert [one.event for one in second.log()] == told
            assert [one.cursor for one in second.log()] == list(range(1, len(told) + 1))

    holds()


def test_samples_are_found_again(opened, examples) -> None:
    scopes = count()

    @settings(max_examples=examples, deadline=None)
    @given(VDS_SAMPLES, VM_SAMPLES, FLOATS)
    def holds(host_sample, vm_sample, heard_at) -> None:
        with opened(f"s{next(scopes)}") as repository:
            repository.start()
            repository.commit(Commit(1, 1, (Row(Vds("h")),), (Row(Vm("v", run_on="h")),)))
            repository.save_statistics([Statistics("h", heard_at, host_sample, {"v": vm_sample})])

            host, vm = repository.vdss.get("h"), repository.vdss.vms.get("v")
            assert (host.statistics, host.heard_at) == (host_sample, heard_at)
            assert (vm.statistics, vm.heard_at) == (vm_sample, heard_at)
            assert (host.sampled_at, vm.sampled_at) == (heard_at, heard_at)

    holds()


def test_a_text_of_a_vm_tells_what_its_record_does_but_for_what_is_long(opened, examples) -> None:
    scopes = count()

    @settings(max_examples=examples, deadline=None)
    @given(rows(vms), TEXTS, VM_SAMPLES, st.floats(allow_nan=False, allow_infinity=False))
    def holds(machines, cluster, sample, heard_at) -> None:
        with opened(f"s{next(scopes)}") as repository:
            repository.start()
            hosts = {row.value.run_on for row in machines if row.value.run_on is not None}
            known = tuple(Row(Vds(id_, cluster)) for id_ in sorted(hosts)[:2])
            repository.commit(Commit(1, 1, known, tuple(machines)))
            samples = {row.value.id: sample for row in machines[:2]}
            for host in known:
                repository.save_statistics([Statistics(host.value.id, heard_at, vms=samples)])

            records = repository.vdss.vms.list(whole=False)
            texts = repository.vdss.vms.texts()
            for text, record in zip(texts, records, strict=True):
                beside = {"id": text.id, "run_on": text.run_on, "heard_at": text.heard_at}
                told = msgspec.json.decode(msgspec.json.encode(fields(record)))
                expected = nearly(
                    {name: value for name, value in told.items() if name not in VM_LONG}
                )
                assert msgspec.json.decode(text.text) == expected
                assert beside == {name: expected[name] for name in beside}

    holds()


def nearly(told: dict[str, Any]) -> dict[str, Any]:
    """SQLite of old or of another processor may round the last of 17 digits."""
    return {
        name: nearly(one) if isinstance(one, dict)
        else pytest.approx(one, rel=1e-15) if isinstance(one, float)
        else one
        for name, one in told.items()
    }  # fmt: skip


def test_text_that_is_no_unicode_does_not_stop_the_writer(opened) -> None:
    repository = opened()
    repository.start()
    vm = Vm("v\udc80", name="a\ud800b", status=VmStatus.UP, run_on="h\udfff")
    host = Vds("h\udfff", capabilities=VdsCapabilities(hostname="\udc01"))
    told = (event(None, host, reason="\udc02"), event(None, vm))
    repository.commit(Commit(1, 1, (Row(host),), (Row(vm),), told))
    repository.save_statistics([Statistics("h\udfff", 5.0, vms={"v\udc80": VmStatistics(1.0)})])

    assert repository.vdss.vms.get("v\udc80").value == Vm("v?", "a?b", VmStatus.UP, "h?")
    assert repository.vdss.vms.get("v\udc80").statistics == VmStatistics(1.0)
    assert repository.vdss.get("h?").value.capabilities.hostname == "?"
    assert [one.event.thing for one in repository.log()] == ["h?", "v?"]
    repository.commit(Commit(2, 2, vms=(Row(vm, deleted=True),)))
    assert repository.vdss.vms.count() == 0


@pytest.mark.parametrize("absurd", [2**63, 10**30, -(10**30)])
def test_a_counter_beyond_64_bits_is_not_told_and_spares_the_others(opened, absurd) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, (Row(Vds("h")),), (Row(Vm("a")), Row(Vm("b")))))
    samples = {"a": VmStatistics(1.0, absurd, 4), "b": VmStatistics(2.0, 7, 4)}
    repository.save_statistics([Statistics("h", 5.0, VdsStatistics(3.0, absurd), samples)])

    assert repository.vdss.vms.get("a").statistics == VmStatistics(1.0, None, 4)
    assert repository.vdss.vms.get("b").statistics == VmStatistics(2.0, 7, 4)
    assert repository.vdss.get("h").statistics == VdsStatistics(3.0, None)


def test_a_number_of_any_size_within_json_is_found_again(opened) -> None:
    repository = opened()
    repository.start()
    vm = Vm("a", hardware=Hardware("x", (), (("lun", 10**30),)))
    repository.commit(Commit(1, 1, (Row(Vds("h")),), (Row(vm),), (event(None, vm),)))
    sample = VmStatistics(balloon=Balloon(10**30, 1, 2, -(10**30)))
    repository.save_statistics([Statistics("h", 5.0, vms={"a": sample})])

    found = repository.vdss.vms.get("a")
    assert (found.value, found.statistics) == (vm, sample)
    assert repository.log()[0].event.after == vm
