"""From an answer to hosts and VMs: one bad entry spares the others."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import vurti.inventory
from vurti.config.entries import entries
from vurti.inventory.answer import Failed, Listed, Unchanged
from vurti.inventory.memory import Memory
from vurti.inventory.reading import read
from vurti.inventory.settings import InventorySettings
from vurti.inventory.sources import JsonSource
from vurti.model import Host, VmFacts

OURS = InventorySettings.model_validate({"command": ["list"]})
ANSIBLE = InventorySettings.model_validate(
    {"command": ["list"], "format": "ansible", "host_url": "vdsm://{ansible_host}"}
)
SCHEMA = json.loads((Path(vurti.inventory.__file__).parent / "answer.schema.json").read_text())
GOOD = {
    "hosts": {
        "alpha": {"url": "vdsm://10.0.0.1", "cluster": "east", "power_management": True},
        "beta": {"url": "qemu+tls://beta.example/system"},
    },
    "vms": {
        "v1": {
            "ha": True, "priority": 50, "memory_mb": 4096, "min_memory_mb": 1024,
            "pinned_to": "elsewhere", "nics": [{"mac": "56:6F:1A:00:00:01"}],
        }
    },
}  # fmt: skip


def listed(answer: Any, settings: InventorySettings = OURS) -> Listed:
    told = read(json.dumps(answer).encode(), settings, entries)
    assert isinstance(told, Listed), told
    return told


def test_hosts_and_facts_of_vms_are_read_as_the_tables_of_a_file_are() -> None:
    told = listed(GOOD)
    assert told.hosts == (
        Host("alpha", "vdsm://10.0.0.1", "east", power_management=True),
        Host("beta", "qemu+tls://beta.example/system"),
    )
    (vm,) = told.vms
    assert (vm.id, vm.ha, vm.priority, vm.pinned_to) == ("v1", True, 50, "elsewhere")
    assert vm.nics[0].mac == "56:6f:1a:00:00:01"
    assert told.flaws == ()


@pytest.mark.parametrize(
    ("bad", "flaw"),
    [
        ({"bad": {"url": "vdms://x"}}, "hosts.bad.url: there is no source 'vdms'"),
        ({"bad": {"url": 7}}, "hosts.bad.url: expected a text"),
        ({"bad": {}}, "hosts.bad.url: is missing"),
        ({"bad": []}, "hosts.bad: expected a table"),
        ({"bad": None}, "hosts.bad: is missing"),
        ({"bad": {"url": "vdsm://x", "clutser": "e"}}, "did you mean `cluster`?"),
        ({"": {"url": "vdsm://x"}}, "a host's id is printable and not empty"),
        ({"b\n": {"url": "vdsm://x"}}, "a host's id is printable and not empty"),
    ],
)
def test_contract_18_a_bad_host_is_named_and_spares_the_others(
    bad: dict[str, Any], flaw: str
) -> None:
    told = listed({"hosts": {"good": {"url": "vdsm://good"}, **bad}})
    assert [host.id for host in told.hosts] == ["good"]
    assert told.bad_hosts == bad.keys()
    assert len(told.flaws) == 1
    assert flaw in told.flaws[0]


def test_a_bad_vm_and_a_key_that_nobody_knows_are_named() -> None:
    told = listed({"vms": {"a": {"ha": "yes"}, "b": {"ha": True}}, "vm": {}})
    assert told.vms == (VmFacts("b", ha=True),)
    assert told.bad_vms == {"a"}
    assert [one.partition(":")[0] for one in told.flaws] == ["vms.a.ha", "vm"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "its answer is empty"),
        (b"\n", "its answer is empty"),
        (b"{", "no JSON"),
        (b'{"hosts": {"a"', "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no object but list"),
        (b'{"error": "no data base"}', 'neither "hosts" nor "vms"'),
        (b"{}", 'neither "hosts" nor "vms"'),
        (b'{"hosts": []}', '"hosts" are no object'),
        (b'{"hosts": {}, "vms": null}', '"vms" are no object'),
    ],
)
def test_contract_18_an_answer_of_another_form_fails_as_a_whole(data: bytes, why: str) -> None:
    told = read(data, OURS, entries)
    assert isinstance(told, Failed)
    assert why in told.reason


def test_an_inventory_of_ansible_gives_hosts_and_names_those_that_it_cannot() -> None:
    told = listed(
        {"_meta": {"hostvars": {"a": {"ansible_host": "10.0.0.1"}, "b": {}}}, "all": {}}, ANSIBLE
    )
    assert told.hosts == (Host("a", "vdsm://10.0.0.1"),)
    assert told.bad_hosts == {"b"}
    assert told.flaws == ("hosts.b: has no variable ansible_host",)
    assert isinstance(read(json.dumps(GOOD).encode(), ANSIBLE, entries), Failed)


class Scripted:
    """Gives these one after the other."""

    def __init__(self, *answers: bytes | Unchanged) -> None:
        self.answers = list(answers)
        self.forgotten = 0

    def fetch(self) -> bytes | Unchanged | Failed:
        return self.answers.pop(0)

    def forget(self) -> None:
        self.forgotten += 1

    def abort(self) -> None: ...

    def close(self) -> None: ...


def test_the_same_bytes_are_read_once_but_those_that_fail_fail_again() -> None:
    good = json.dumps(GOOD).encode()
    scripted = Scripted(good, good, b"bad", b"bad", good)
    source = JsonSource(scripted, OURS, entries)
    told = [type(source.ask()) for _ in range(5)]
    assert told == [Listed, Unchanged, Failed, Failed, Listed]
    assert scripted.forgotten == 2


def test_entries_that_are_as_they_were_are_not_read_again() -> None:
    asked: list[tuple[set[str], set[str]]] = []

    def watched(hosts: dict[str, Any], vms: dict[str, Any]) -> Listed:
        asked.append((set(hosts), set(vms)))
        return entries(hosts, vms)

    remembering = Memory(watched)
    first = {"a": {"url": "sim://a"}, "b": {"url": "sim://b"}, "bad": {}}
    second = {"c": {"url": "sim://c"}, "b": {"url": "sim://b2"}, "a": {"url": "sim://a"}, "bad": {}}
    told = [remembering(hosts, {"v": {"ha": True}}) for hosts in (first, second, first)]
    assert asked == [
        ({"a", "b", "bad"}, {"v"}),
        ({"b", "c", "bad"}, set()),
        ({"b", "bad"}, set()),
    ]
    assert told == [entries(hosts, {"v": {"ha": True}}) for hosts in (first, second, first)]


def test_the_schema_that_comes_along_takes_what_is_taken_and_refuses_what_is_not() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(GOOD, SCHEMA)
    bad_ones: list[Any] = [
        {}, [], {"hosts": {"a": {}}}, {"hosts": []}, {"vms": {"a": {"ha": 1}}},
        {"hosts": {"a": {"url": "vdsm://a", "clutser": "x"}}}, {"hosts": {}, "vm": {}},
    ]  # fmt: skip
    for bad in bad_ones:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, SCHEMA)


def test_the_schema_has_every_key_that_a_table_has() -> None:
    from vurti.config import HostSettings, VmSettings

    assert SCHEMA["$defs"]["host"]["properties"].keys() == HostSettings.model_fields.keys()
    assert SCHEMA["$defs"]["vm"]["properties"].keys() == VmSettings.model_fields.keys()
