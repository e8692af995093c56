"""The records of VMs as they are decoded: only what is kept of them, each field of any type."""

from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from vurti.decode.vdsm.scalars import Count, Number, Odd

C = TypeVar("C")
N = TypeVar("N")

NAMELESS = ""
"""Stands for a record that does not even tell which VM it is of."""


class VmRecord(Struct, gc=False, rename="camel"):
    """Which VM it is, and its status: whatever is kept besides."""

    vm_id: str = NAMELESS
    status: str | UnsetType = UNSET


class StateRecord(VmRecord, gc=False, rename="camel"):
    """Of one VM, what its state, its guest and its hardware are told by. What is Any is a list or a
    map where the host is well."""

    vm_name: Odd | UnsetType = UNSET
    pause_code: Odd | UnsetType = UNSET
    monitor_response: Odd | UnsetType = UNSET
    status_time: Odd | UnsetType = UNSET
    exit_code: Odd | UnsetType = UNSET
    exit_reason: Odd | UnsetType = UNSET
    exit_message: Odd | UnsetType = UNSET
    hash: Odd | UnsetType = UNSET
    client_ip: Odd | UnsetType = UNSET
    guest_name: Odd | UnsetType = UNSET
    guest_fqdn: Odd | UnsetType = msgspec.field(name="guestFQDN", default=UNSET)
    guest_os: Odd | UnsetType = UNSET
    guest_ips: Odd | UnsetType = msgspec.field(name="guestIPs", default=UNSET)
    watchdog_event: Any = UNSET
    vm_jobs: Any = UNSET
    apps_list: Any = UNSET
    net_ifaces: Any = UNSET
    disks: Any = UNSET


class JsonRecord(StateRecord, gc=False, rename="camel"):
    """The same from JSON: what is long and seldom changes is cut out unread."""

    apps_list: Raw = Raw()
    net_ifaces: Raw = Raw()


class NoLun(Struct, gc=False):
    """Of a disk, that it is no LUN: one that is is refused."""

    lun_guid: None = msgspec.field(name="lunGUID", default=None)


class QuickRecord(JsonRecord, gc=False, rename="camel"):
    """The same for hosts where no disk is a LUN."""

    disks: dict[str, NoLun] | None = None


class Lun(Struct, gc=False):
    """Of a disk, what is told where it is a LUN."""

    lun_guid: Odd = msgspec.field(name="lunGUID", default=None)
    truesize: Odd = None


class LunRecord(JsonRecord, gc=False, rename="camel"):
    """The same for hosts where some are."""

    disks: dict[str, Lun] | None = None


class Nic(Struct, Generic[C], gc=False):
    """Bytes over one network card. vdsm 3 tells rates instead, which are not kept."""

    rx: C | None = None
    tx: C | None = None


class Disk(Struct, Generic[C], gc=False, rename="camel"):
    """Bytes over one disk."""

    read_bytes: C | None = None
    written_bytes: C | None = None


class BalloonInfo(Struct, Generic[C], gc=False):
    """Memory in KiB."""

    balloon_cur: C | None = None
    balloon_max: C | None = None
    balloon_target: C | None = None
    balloon_min: C | None = None


class SampleRecord(VmRecord, Generic[C, N], gc=False, rename="camel"):
    """Of one VM, its numbers: each as it stands there, or as what it should be. `cpu_usage` has a
    text that means something, and a guest that does not tell its CPUs has -1: those stay."""

    cpu_user: N | None = None
    cpu_sys: N | None = None
    cpu_usage: Odd = None
    cpu_actual: Odd = None
    vcpu_count: C | None = None
    guest_cpu_count: Odd = msgspec.field(name="guestCPUCount", default=None)
    mem_usage: N | None = None
    balloon_info: BalloonInfo[C] | None = None
    network: dict[str, Nic[C]] | None = None
    disks: dict[str, Disk[C]] | None = None


GoodSamples = SampleRecord[Count, Number]
OddSamples = SampleRecord[Odd, Odd]


class SampledDisk(Disk[Count], gc=False, rename="camel"):
    """Of a disk that is no LUN, bytes over it."""

    lun_guid: None = msgspec.field(name="lunGUID", default=None)


class SampledRecord(QuickRecord, gc=False, rename="camel"):
    """State and numbers of a VM at once, for hosts where all is well and no disk is a LUN. The
    numbers are those of GoodSamples: a Struct has one base, so they stand here again."""

    cpu_user: Number | None = None
    cpu_sys: Number | None = None
    cpu_usage: Odd = None
    cpu_actual: Odd = None
    vcpu_count: Count | None = None
    guest_cpu_count: Odd = msgspec.field(name="guestCPUCount", default=None)
    mem_usage: Number | None = None
    balloon_info: BalloonInfo[Count] | None = None
    network: dict[str, Nic[Count]] | None = None
    disks: dict[str, SampledDisk] | None = None  # type: ignore[assignment]  # each is a NoLun

    def state(self) -> QuickRecord:
        """What an answer about states alone would be read as, but for the disks."""
        return QuickRecord(*_STATE(self))


_STATE = attrgetter(*QuickRecord.__struct_fields__[:-1])
