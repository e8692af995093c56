"""The records of VMs as they are decoded: only what is kept of them, each field of any type."""

from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from vurti.decode.vdsm.scalars import Odd

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


class QuickRecord(StateRecord, gc=False, rename="camel"):
    """The same from JSON: what is long and seldom changes is cut out unread, and what changes at
    each sample is left out, for hosts where no disk is a LUN."""

    apps_list: Raw = Raw()
    net_ifaces: Raw = Raw()
    disks: Any = msgspec.field(name="", default=UNSET)  # which is what no host calls anything


class Lun(Struct, gc=False):
    """Of a disk, what is told where it is a LUN."""

    lun_guid: Odd = msgspec.field(name="lunGUID", default=None)
    truesize: Odd = None


class LunRecord(QuickRecord, gc=False, rename="camel"):
    """The same for hosts where some are."""

    disks: dict[str, Lun] | None = None


class Nic(Struct, gc=False):
    """Bytes over one network card. vdsm 3 tells rates instead, which are not kept."""

    rx: Odd = None
    tx: Odd = None


class Disk(Struct, gc=False, rename="camel"):
    """Bytes over one disk."""

    read_bytes: Odd = None
    written_bytes: Odd = None


class BalloonInfo(Struct, gc=False):
    """Memory in KiB."""

    balloon_cur: Odd = None
    balloon_max: Odd = None
    balloon_target: Odd = None
    balloon_min: Odd = None


class SampleRecord(VmRecord, gc=False, rename="camel"):
    """Of one VM, its numbers."""

    cpu_user: Odd = None
    cpu_sys: Odd = None
    cpu_usage: Odd = None
    cpu_actual: Odd = None
    vcpu_count: Odd = None
    guest_cpu_count: Odd = msgspec.field(name="guestCPUCount", default=None)
    mem_usage: Odd = None
    balloon_info: BalloonInfo | None = None
    network: dict[str, Nic] | None = None
    disks: dict[str, Disk] | None = None
