"""What a connection to a vdsm host costs that nobody uses: CPU to open it, memory to keep it.

    python -m benchmarks.idle_connections [--hosts 1000] [--scheme vdsm]

From the top of a checkout. The hosts are simulated in a process of their own and asked nothing;
the figures are of the process that connects.
"""

import argparse
import gc
import os
import tempfile
import time
from pathlib import Path

from benchmarks.process import usage
from tests.fleet.watched import Control, control_url
from tests.service.program import Program
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host
from vurti.service.interpreter import calm_the_collector
from vurti.sources.vdsm.endpoint import VdsmEndpoint
from vurti.sources.vdsm.options import VdsmOptions


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--scheme", default="vdsm", choices=["vdsm", "vdsm+tcp"])
    parser.add_argument("--port", type=int, default=54922)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        size = ("--hosts", str(args.hosts), "--vms", "0", "--pace", "0")
        reach = ("--scheme", args.scheme, "--port", str(args.port))
        keys = ("--directory", str(home / "keys"))
        with Program(home, "simulate", *size, *reach, *keys) as simulator:
            connect(Control(control_url(simulator)).get("/hosts"), home / "keys")


def connect(hosts: dict[str, str], keys: Path) -> None:
    """Connect to all, wait, and tell what it cost."""
    clock = GeventClock()
    options = VdsmOptions(
        ca_path=keys / "ca.pem", cert_path=keys / "client.pem", key_path=keys / "client.key"
    )
    endpoints = [VdsmEndpoint(Host(id, url), clock, options) for id, url in hosts.items()]
    up: set[str] = set()
    calm_the_collector()
    before, cpu, began = usage(os.getpid()).rss_kib, time.process_time(), time.monotonic()
    for endpoint in endpoints:
        endpoint.open(lambda push: None, up.add)
    while len(up) < len(hosts):
        assert time.monotonic() < began + 300, f"{len(up)} of {len(hosts)} are connected"
        clock.sleep_until(clock.now() + 0.1)
    cpu, secs = time.process_time() - cpu, time.monotonic() - began
    gc.collect()
    each = (usage(os.getpid()).rss_kib - before) / len(hosts)
    print(f"{len(hosts)} connected with {cpu:.1f} s of CPU in {secs:.1f} s, {each:.0f} KiB each")
    cpu = time.process_time()
    clock.sleep_until(clock.now() + 20)
    print(f"idle: {5 * (time.process_time() - cpu):.1f} % of a core")
    tries = sum(endpoint.reconnects for endpoint in endpoints)
    print(f"connections made anew: {tries}")


if __name__ == "__main__":
    main()
