"""libvirt's answers and messages as values. Pure: bytes and earlier samples in, values out."""

from vurti.decode.libvirt.messages import Listener
from vurti.decode.libvirt.states import Doubt, Note, State, doubts, states, vm_id
from vurti.decode.libvirt.statistics import (
    CpuSample,
    capabilities,
    vds_statistics,
    vm_statistics,
)

__all__ = [
    "CpuSample",
    "Doubt",
    "Listener",
    "Note",
    "State",
    "capabilities",
    "doubts",
    "states",
    "vds_statistics",
    "vm_id",
    "vm_statistics",
]
