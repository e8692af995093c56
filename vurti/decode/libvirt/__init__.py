"""libvirt's answers and messages as values. Pure: bytes and earlier samples in, values out."""

from vurti.decode.libvirt.made_of import NOT_TOLD, MadeOf, made_of
from vurti.decode.libvirt.messages import Listener
from vurti.decode.libvirt.states import Doubt, Note, State, doubts, states, vm_id
from vurti.decode.libvirt.statistics import (
    CpuSample,
    capabilities,
    vds_statistics,
    vm_statistics,
)
from vurti.decode.libvirt.vcpus import VcpuCount, still_counted, vcpu_counts

__all__ = [
    "CpuSample",
    "Doubt",
    "Listener",
    "MadeOf",
    "NOT_TOLD",
    "Note",
    "State",
    "VcpuCount",
    "capabilities",
    "doubts",
    "made_of",
    "states",
    "still_counted",
    "vcpu_counts",
    "vds_statistics",
    "vm_id",
    "vm_statistics",
]
