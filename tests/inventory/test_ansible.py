"""What Ansible's inventories print, read as ours."""

from typing import Any

import pytest

from vurti.inventory.ansible import NotAnsible, converted
from vurti.inventory.settings import InventorySettings
from vurti.inventory.template import Unfilled, fill, flaw

LISTED: dict[str, Any] = {
    "_meta": {
        "hostvars": {
            "alpha": {"ansible_host": "10.0.0.1"},
            "beta": {"ansible_host": "10.0.0.2", "port": 54322},
            "web": {"ansible_host": "10.0.1.1"},
        }
    },
    "all": {"children": ["ungrouped", "hypervisors", "servers"]},
    "hypervisors": {"children": ["east", "west"], "vars": {"port": 54321, "rack": "none"}},
    "east": {"hosts": ["alpha"], "vars": {"rack": "r1"}},
    "west": {"hosts": ["beta"]},
    "servers": ["web"],
    "ungrouped": {},
}


def read(listed: Any = LISTED, **settings: Any) -> tuple[dict[str, Any], dict[str, str]]:
    whole = {"command": ["list"], "format": "ansible", **settings}
    return converted(listed, InventorySettings.model_validate(whole))


def test_hosts_of_the_chosen_groups_are_taken_with_the_cluster_of_their_group() -> None:
    hosts, flaws = read(
        host_url="vdsm://{ansible_host}:{port}",
        groups={"east": "e", "west": "w", "hypervisors": ""},
    )
    assert hosts == {
        "alpha": {"url": "vdsm://10.0.0.1:54321", "cluster": "e"},
        "beta": {"url": "vdsm://10.0.0.2:54322", "cluster": "w"},
    }
    assert flaws == {}


def test_a_group_has_the_hosts_of_the_groups_in_it_and_inner_variables_count_first() -> None:
    hosts, _ = read(
        host_url="vdsm://{inventory_hostname}", host_cluster="{rack}", groups={"hypervisors": ""}
    )
    assert {id_: host["cluster"] for id_, host in hosts.items()} == {"alpha": "r1", "beta": "none"}


def test_without_groups_every_host_is_taken_and_one_without_its_variable_is_named() -> None:
    hosts, flaws = read(host_url="vdsm://{ansible_host}:{port}")
    assert set(hosts) == {"alpha", "beta"}
    assert flaws == {"web": "has no variable port"}


def test_groups_that_are_in_each_other_end() -> None:
    listed = {
        "_meta": {"hostvars": {}},
        "a": {"hosts": ["h"], "children": ["b"]},
        "b": {"children": ["a"], "vars": {"vurti_url": "sim://h"}},
    }
    assert read(listed)[0] == {"h": {"url": "sim://h", "cluster": ""}}


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ({"all": {"hosts": ["a"]}}, "no object _meta.hostvars"),
        ({"_meta": {"hostvars": {"a": 1}}}, "no object _meta.hostvars"),
        ({"_meta": {"hostvars": {}}, "all": 7}, "group 'all' is neither"),
        ({"_meta": {"hostvars": {}}, "all": {"hosts": "alpha"}}, "hosts of the group 'all'"),
        ({"_meta": {"hostvars": {}}, "all": {"children": [1]}}, "children of the group 'all'"),
    ],
)
def test_what_is_no_inventory_of_ansible_says_why(listed: Any, why: str) -> None:
    with pytest.raises(NotAnsible, match=why):
        read(listed)


def test_a_group_that_is_not_there_is_a_failure_not_an_empty_fleet() -> None:
    with pytest.raises(NotAnsible, match="no group 'north'"):
        read(groups={"north": "n"})


def test_a_template_puts_in_texts_and_whole_numbers_and_nothing_else() -> None:
    assert fill("{a}://{b|none}:{c|}/{d}", {"a": "vdsm", "d": 3}) == "vdsm://none:/3"
    for value in (True, 1.5, ["x"], {"x": 1}, "{{ other }}"):
        with pytest.raises(Unfilled):
            fill("{a}", {"a": value})


@pytest.mark.parametrize(
    "template", ["{a.b}", "{a[0]}", "{a!r}", "{a:>10}", "{}", "{0}", "{a", "a}"]
)
def test_a_template_looks_names_up_and_does_nothing_else(template: str) -> None:
    assert flaw(template) is not None
    assert fill(template, {"a": "x", "0": "x"}) == template
