"""What agents tell of hosts themselves in JSON."""

import json

from msgspec import Raw

from vurti.decode.json_http import answer
from vurti.decode.json_http.host_records import Facts, VdsSample
from vurti.model import (
    Disk,
    Multipath,
    Nic,
    NicSample,
    Question,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
)

HOST = {
    "statistics": {
        "nics": [{"name": "eth0", "up": False, "rx_bytes": 5}],
        "disks": [{"path": "/var/log"}],
        "multipaths": [{"device": "m", "valid_paths": 1, "failed_paths": ["sda"]}],
    },
    "capabilities": {"cpu_flags": ["vmx", "nx"], "nics": [{"name": "b", "slaves": ["e"]}]},
}


def test_only_what_is_concluded_of_hosts_cannot_be_told() -> None:
    concluded = {"memory_percent", "network_percent", "committed_memory_mb", "committed_cores"}
    assert set(VdsSample.__struct_fields__) == set(VdsStatistics.__struct_fields__) - concluded
    assert set(Facts.__struct_fields__) == set(VdsCapabilities.__struct_fields__)


def test_a_host_tells_its_parts_as_lists_of_records() -> None:
    body = Raw(json.dumps(HOST).encode())
    assert answer(body, Question.VDS_STATISTICS) == VdsStatisticsAnswer(
        VdsStatistics(
            nics=(NicSample("eth0", up=False, rx_bytes=5),),
            disks=(Disk("/var/log"),),
            multipaths=(Multipath("m", 1, ("sda",)),),
        )
    )
    assert answer(body, Question.CAPABILITIES) == VdsCapabilitiesAnswer(
        VdsCapabilities(cpu_flags=("nx", "vmx"), nics=(Nic("b", slaves=("e",)),))
    )
