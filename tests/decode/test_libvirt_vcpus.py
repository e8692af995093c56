"""Numbers of vCPUs hold for a run of a VM, and for a while."""

from uuid import UUID

from vurti.decode.libvirt import VcpuCount, still_counted, vcpu_counts
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import DomainStats, Value


def record(vm: int, run: int, **fields: Value) -> DomainStats:
    told = {name.replace("_", "."): value for name, value in fields.items()}
    return DomainStats(DomainRef(f"vm{vm}", UUID(int=vm).bytes, run), told)


def test_vcpus_are_those_that_a_running_vm_has_now() -> None:
    told = [
        record(1, 5, vcpu_current=2, vcpu_maximum=8),
        record(2, -1, vcpu_current=4),  # of its definition
        record(3, 6),
        record(4, 7, vcpu_current="two"),
    ]
    assert vcpu_counts(told, 10.0) == {told[0].domain: VcpuCount(10.0, 2)}


def test_what_was_counted_holds_for_its_run_and_for_a_while() -> None:
    now = [record(1, 5), record(2, 6), record(3, 7), record(4, 8), record(5, -1)]
    first, again, aged, new, _ = (one.domain for one in now)
    counts = {
        first: VcpuCount(10.0, 2),
        record(2, 4).domain: VcpuCount(10.0, 2),  # another run of the second
        aged: VcpuCount(9.0, 2),
        record(6, 9).domain: VcpuCount(10.0, 2),  # it is gone
    }
    assert still_counted(now, counts, since=9.0) == (
        {first: VcpuCount(10.0, 2)},
        (again, aged, new),
    )
