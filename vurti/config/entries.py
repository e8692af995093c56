"""Hosts and VMs that come from elsewhere, read as the tables of a file are."""

from pathlib import Path as FilePath
from typing import Any

from vurti.config.hosts import hosts_of
from vurti.config.vms import vms_of
from vurti.errors import Complaint
from vurti.inventory import Listed
from vurti.settings import Tree


def entries(hosts: dict[str, Any], vms: dict[str, Any]) -> Listed:
    """What these entries tell; each that is bad is named, and spares the others."""
    tree = Tree(FilePath(), {"hosts": hosts, "vms": vms})
    found: list[Complaint] = []
    good_hosts = hosts_of(tree, found)
    good_vms = vms_of(tree, found, pins_checked=False)
    return Listed(
        hosts=good_hosts,
        vms=good_vms,
        bad_hosts=frozenset(hosts.keys() - {host.id for host in good_hosts}),
        bad_vms=frozenset(vms.keys() - {vm.id for vm in good_vms}),
        flaws=tuple(_told(complaint) for complaint in found),
    )


def _told(complaint: Complaint) -> str:
    hint = f" ({complaint.way_out})" if complaint.way_out else ""
    return f"{complaint.key}: {complaint.what}{hint}"
