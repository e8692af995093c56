"""The configuration that `vurti run` needs to watch a simulation."""

import json
from pathlib import Path

from vurti.simulator.dialect import Scheme
from vurti.simulator.simulator import Simulator

CLUSTERS = ("east", "west")
"""Hosts are dealt into these in turn."""

_SOURCES = {
    Scheme.STOMP_TLS: "vdsm",
    Scheme.XML_TLS: "vdsm_xmlrpc",
    Scheme.JSON_TLS: "json",
}


def hosts_table(simulator: Simulator) -> str:
    """TOML: a `[hosts.ID]` table each, and where our certificates are if hosts ask for them."""
    lines = ["# Written by `vurti simulate`: simulated hosts on loopback."]
    for place, host in enumerate(simulator.hosts):
        lines += [
            "",
            f"[hosts.{json.dumps(host)}]",
            f'url = "{simulator.url(host)}"',
            f'cluster = "{CLUSTERS[place % len(CLUSTERS)]}"',
        ]
    return "\n".join((*lines, *_certificates(simulator), ""))


def _certificates(simulator: Simulator) -> list[str]:
    authority, scheme = simulator.authority, simulator.options.scheme
    if authority is None or not scheme.secure:
        return []
    return [
        "",
        f"[sources.{_SOURCES[scheme]}]",
        f"ca_path = {_quoted(authority.ca)}",
        f"cert_path = {_quoted(authority.client)}",
        f"key_path = {_quoted(authority.client_key)}",
    ]


def _quoted(path: Path) -> str:
    return json.dumps(str(path.resolve()), ensure_ascii=False)
