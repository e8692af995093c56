"""What `ansible-inventory --list` and dynamic inventories print, as an answer of our own form.

Groups are objects (`hosts`, `children`, `vars`) or plain lists of hosts; `_meta.hostvars` has each
host's variables. A host's own variables count before those of its groups, inner groups before outer
ones, and of groups that stand side by side the later name.
"""

from typing import Any

from vurti.inventory.settings import InventorySettings
from vurti.inventory.template import Unfilled, fill

Groups = dict[str, dict[str, Any]]


class NotAnsible(Exception):
    """Why it is no such inventory."""


def converted(
    answer: dict[str, Any], settings: InventorySettings
) -> tuple[dict[str, Any], dict[str, str]]:
    """The hosts as {id: {url, cluster}}, and what is wrong with each host that cannot be told so.
    Raises NotAnsible."""
    groups, own = _groups(answer), _hostvars(answer)
    members = {name: _members(name, groups) for name in groups}
    variables = _variables(groups, members, own)
    hosts: dict[str, Any] = {}
    flaws: dict[str, str] = {}
    for host, cluster in _chosen(settings, members, own).items():
        known = {"inventory_hostname": host, **variables.get(host, {})}
        try:
            url = fill(settings.host_url, known)
            hosts[host] = {"url": url, "cluster": cluster or fill(settings.host_cluster, known)}
        except Unfilled as error:
            flaws[host] = str(error)
    return hosts, flaws


def _groups(answer: dict[str, Any]) -> Groups:
    groups: Groups = {}
    for name, group in answer.items():
        if name == "_meta":
            continue
        table = {"hosts": group} if isinstance(group, list) else group
        if not isinstance(table, dict):
            raise NotAnsible(f"the group {name!r} is neither an object nor a list")
        for key in ("hosts", "children"):
            names = table.get(key) or []
            if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
                raise NotAnsible(f"the {key} of the group {name!r} are no list of names")
        groups[name] = table
    return groups


def _hostvars(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    meta = answer.get("_meta")
    hostvars = meta.get("hostvars") if isinstance(meta, dict) else None
    if not isinstance(hostvars, dict) or not all(map(_is_object, hostvars.values())):
        raise NotAnsible("there is no object _meta.hostvars with an object for each host")
    return hostvars


def _members(name: str, groups: Groups) -> dict[str, None]:
    """The hosts of a group and of all groups within it, each once; circles end."""
    found: dict[str, None] = {}
    seen, waiting = set[str](), [name]
    while waiting:
        one = waiting.pop(0)
        if one in seen or one not in groups:
            continue
        seen.add(one)
        found.update(dict.fromkeys(groups[one].get("hosts") or ()))
        waiting.extend(groups[one].get("children") or ())
    return found


def _variables(
    groups: Groups, members: dict[str, dict[str, None]], own: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Each host's variables. An inner group has no more hosts than the outer one: so the largest
    groups come first."""
    merged: dict[str, dict[str, Any]] = {}
    for name in sorted(groups, key=lambda name: (-len(members[name]), name)):
        given = groups[name].get("vars")
        if isinstance(given, dict) and given:
            for host in members[name]:
                merged.setdefault(host, {}).update(given)
    for host, given in own.items():
        merged.setdefault(host, {}).update(given)
    return merged


def _chosen(
    settings: InventorySettings, members: dict[str, dict[str, None]], own: dict[str, dict[str, Any]]
) -> dict[str, str]:
    """The hosts that are taken and the cluster that their group stands for: the first of `groups`
    that has the host; without `groups` every host."""
    if not settings.groups:
        every = [host for group in members.values() for host in group]
        return dict.fromkeys([*every, *own], "")
    chosen: dict[str, str] = {}
    for group, cluster in settings.groups.items():
        if group not in members:
            raise NotAnsible(f"there is no group {group!r}")
        for host in members[group]:
            chosen.setdefault(host, cluster)
    return chosen


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
