"""One text in memory for what repeats itself: in one record, or in those of many VMs.

Each VM's last record is kept to be compared with its next one: this is half of what that takes.
"""

from functools import lru_cache

from msgspec import Raw

from vurti.decode.vdsm.records import StateRecord
from vurti.model import VmReport
from vurti.model.texts import once

_WORDS = ("status", "monitor_response", "pause_code", "guest_os")
"""Of which there are a few in a whole fleet."""
_LISTS_MAX, _BYTES_MAX = 256, 4096
"""So many lists of what is installed are shared, unless they are longer than this."""
_NO_JOBS: dict[str, object] = {}


def shared_before(one: StateRecord) -> None:
    """Change no value of the record, but have as many of them as can be in one place, before a
    report is made of it. What was cut out unread is copied: else the whole answer would be kept."""
    for name in _WORDS:
        if type(word := getattr(one, name)) is str:
            setattr(one, name, once(word))
    if one.guest_name == one.vm_name:
        one.guest_name = one.vm_name
    if one.vm_jobs == _NO_JOBS:
        one.vm_jobs = _NO_JOBS
    if isinstance(one.apps_list, Raw):
        one.apps_list = _shared_list(bytes(one.apps_list))
    if isinstance(one.net_ifaces, Raw):
        one.net_ifaces = one.net_ifaces.copy()


def shared_with(report: VmReport, one: StateRecord) -> None:
    """The same with the report that was made of it: most guests have one address of IPv4."""
    for nic in report.guest_nics or ():
        if one.guest_ips in nic.v4:
            one.guest_ips = nic.v4[nic.v4.index(one.guest_ips)]


def _shared_list(told: bytes) -> Raw:
    return Raw(told) if len(told) > _BYTES_MAX else _list(told)


@lru_cache(maxsize=_LISTS_MAX)
def _list(told: bytes) -> Raw:
    return Raw(told)
