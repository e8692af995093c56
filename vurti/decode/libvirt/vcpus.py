"""How many vCPUs VMs have. It changes seldom and costs much to ask, so it is kept for a while."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import DomainStats


class VcpuCount(Struct, frozen=True, gc=False):
    """How many vCPUs a VM had when it was asked. `at` is our monotonic clock."""

    at: float
    vcpus: int


def vcpu_counts(records: Iterable[DomainStats], at: float) -> dict[DomainRef, VcpuCount]:
    """Of the VMs that run and tell it. The next run of one is another domain: it may have been
    defined anew."""
    told = {record.domain: record.fields.get("vcpu.current") for record in records}
    return {
        domain: VcpuCount(at, vcpus)
        for domain, vcpus in told.items()
        if domain.id >= 0 and type(vcpus) is int
    }


def still_counted(
    records: Iterable[DomainStats], counts: Mapping[DomainRef, VcpuCount], since: float
) -> tuple[dict[DomainRef, VcpuCount], tuple[DomainRef, ...]]:
    """Of the VMs that run: the counts that were taken after `since`, and who has none of these."""
    running = [record.domain for record in records if record.domain.id >= 0]
    found = {domain: counts.get(domain) for domain in running}
    counted = {domain: one for domain, one in found.items() if one and one.at > since}
    return counted, tuple(domain for domain in running if domain not in counted)
