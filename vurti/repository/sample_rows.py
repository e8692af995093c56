"""Samples as the tables hold them, and back: each figure in a column of its own, what has parts as
JSON. A whole number beyond 64 bits is not told (None)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from vurti.model import Balloon, Disk, Multipath, NicSample, VdsStatistics, VmStatistics
from vurti.repository.database import WHOLE_MAX, Values
from vurti.repository.rows import json_text

VDS_SAMPLE = VdsStatistics.__struct_fields__
VM_SAMPLE = VmStatistics.__struct_fields__
_VDS_PARTS = {
    VDS_SAMPLE.index("nics"): tuple[NicSample, ...],
    VDS_SAMPLE.index("disks"): tuple[Disk, ...],
    VDS_SAMPLE.index("multipaths"): tuple[Multipath, ...],
}
VM_PARTS = {VM_SAMPLE.index("balloon"): Balloon}


def sample_values(sample: VdsStatistics | VmStatistics) -> Values:
    """A sample in the order of its fields."""
    values = msgspec.structs.astuple(sample)
    parts: dict[int, Any] = VM_PARTS if isinstance(sample, VmStatistics) else _VDS_PARTS
    told = [place for place in parts if values[place] is not None]
    return _with_texts(values, told) if told else values


def _with_texts(values: Values, places: Sequence[int]) -> Values:
    written = list(values)
    for place in places:
        written[place] = json_text(values[place])
    return tuple(written)


def vds_sample(values: Sequence[Any]) -> VdsStatistics:
    """What `sample_values` made of a host's."""
    return VdsStatistics(*_with_parts(values, _VDS_PARTS))


def vm_sample(values: Sequence[Any]) -> VmStatistics:
    """What `sample_values` made of a VM's."""
    return VmStatistics(*_with_parts(values, VM_PARTS))


def with_whole_numbers_that_fit(values: Values) -> Values:
    """The same, with None in the place of whole numbers beyond 64 bits."""
    return tuple(
        None if isinstance(value, int) and not -WHOLE_MAX <= value <= WHOLE_MAX else value
        for value in values
    )


def _with_parts(values: Sequence[Any], parts: dict[int, Any]) -> list[Any]:
    told = list(values)
    for place, kind in parts.items():
        if told[place] is not None:
            told[place] = msgspec.json.decode(told[place], type=kind)
    return told
