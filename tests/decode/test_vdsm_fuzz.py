"""Whatever a host sends: a value that can be stored, or the one documented error."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vurti.decode import vdsm

NAMES = (
    "vmId", "status", "vmName", "pauseCode", "monitorResponse", "statusTime", "exitCode",
    "exitReason", "exitMessage", "cpuUser", "cpuSys", "cpuUsage", "cpuActual", "vcpuCount",
    "guestCPUCount", "balloonInfo", "network", "disks", "balloon_cur", "balloon_max", "rx", "tx",
    "readBytes", "writtenBytes", "memFree", "bootTime", "vmCount", "memSize", "cpuModel",
    "cpuThreads", "software_version", "notify_time", "progress", "downtime", "hash", "clientIp",
    "watchdogEvent", "time", "action", "guestFQDN", "guestName", "guestOs", "appsList",
    "netIfaces", "name", "hw", "inet", "inet6", "vmJobs", "cur", "end", "lunGUID", "truesize",
    "memUsage", "balloon_target", "balloon_min",
)  # fmt: skip
WORDS = ("Up", "Down", "Paused", "-1", "0.00", "", "Unknown", "9" * 25, "1e999", "nan", "a\ud800\0")
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(WORDS)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=30,
)
VMS = st.lists(VALUES | st.fixed_dictionaries({"vmId": st.text(), "status": SCALARS}), max_size=5)
BIGGEST = 2**63


def storable(value: Any) -> None:
    """Every text is UTF-8 and every number fits a column."""
    with sqlite3.connect(":memory:") as database:
        stack = [msgspec.to_builtins(value, str_keys=True)]
        while stack:
            one = stack.pop()
            if isinstance(one, dict):
                stack += [*one.keys(), *one.values()]
            elif isinstance(one, list | tuple):
                stack += one
            else:
                assert not isinstance(one, str) or "\0" not in one
                assert database.execute("select ?", (one,)).fetchone() == (one,)
    database.close()


def never_surprises(decode: Callable[[Any], Any], value: Any) -> None:
    with suppress(vdsm.VdsmDecodeError):
        storable(decode(value))


@given(VMS | VALUES)
def test_any_value_in_the_place_of_vms(value: Any) -> None:
    for decode in (vdsm.vm_states, vdsm.vm_statistics, vdsm.vm_list):
        never_surprises(decode, value)


@given(VMS | VALUES)
def test_any_json_in_the_place_of_vms_says_the_same_as_its_values(value: Any) -> None:
    body = json.dumps(value).encode()
    never_surprises(vdsm.vm_states_json, body)
    never_surprises(vdsm.vm_statistics_json, body)


@given(st.binary())
def test_any_bytes_in_the_place_of_json(body: bytes) -> None:
    never_surprises(vdsm.vm_states_json, body)
    never_surprises(vdsm.vm_statistics_json, body)


@given(VALUES)
def test_any_value_in_the_place_of_a_host_or_an_event(value: Any) -> None:
    for decode in (vdsm.vds_statistics, vdsm.capabilities):
        never_surprises(decode, value)
    for decode in (vdsm.vm_status_event, vdsm.migration_event):
        never_surprises(decode, value)
