"""Prometheus, and an exporter for each host, as Debian has them."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.monitors.monitor import ASKED, INTERVAL_SECS, Monitor, found
from tests.libvirt.machine import Guest
from tests.ports import free_port

CONFIG = """
global: {{ scrape_interval: {secs:g}s, scrape_timeout: {secs:g}s }}
scrape_configs:
- job_name: libvirt
  static_configs: [{{ targets: {targets} }}]
"""
SERIES = "libvirt_domain_info_virtual_cpus"
"""What the exporter tells of each VM that runs."""
ASK_SECS = 10.0


class Prometheus(Monitor):
    """Knows that a VM has ended once a query has no value of it any more."""

    name = "Prometheus and exporters"

    def begin(self) -> None:
        self._port = free_port()
        targets = [self._exporter(host.url) for host in self.watched.vms]
        config = self.home / "prometheus.yml"
        config.write_text(CONFIG.format(secs=INTERVAL_SECS, targets=json.dumps(targets)))
        self.run(
            "Prometheus", found("prometheus"), f"--config.file={config}", "--log.level=warn",
            f"--storage.tsdb.path={self.home}/tsdb", f"--web.listen-address=127.0.0.1:{self._port}",
        )  # fmt: skip

    def _exporter(self, url: str) -> str:
        address = f"127.0.0.1:{free_port()}"
        words = (f"--libvirt.uri={url}", f"--web.listen-address={address}")
        self.run("exporters", found("prometheus-libvirt-exporter"), *words)
        return address

    def samples(self) -> int:
        return self._number(f"sum(count_over_time({SERIES}[1h]))")

    def values(self, vm: Guest) -> int:
        return self._number(f'count({{domain="{vm.name}"}})')

    def knows(self) -> bool:
        try:
            return self._number(f"count({SERIES})") == len(self.watched.all)
        except OSError:  # it does not listen yet, or its store is not open
            return False

    @property
    def signs(self) -> Mapping[str, Callable[[Guest], bool]]:
        return {ASKED: lambda vm: not self._query(f'{SERIES}{{domain="{vm.name}"}}')}

    def _number(self, query: str) -> int:
        told = self._query(query)
        return int(told[0]["value"][1]) if told else 0

    def _query(self, query: str) -> list[dict[str, Any]]:
        words = urlencode({"query": query})
        url = f"http://127.0.0.1:{self._port}/api/v1/query?{words}"
        with urlopen(url, timeout=ASK_SECS) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found
