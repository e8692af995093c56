"""What it costs to live ten minutes with 200 hosts in virtual time, and that it is always the same.

    python benchmarks/virtual_fleet.py [HOSTS] [VMS_PER_HOST] [SECS] [--scope SCOPE]

Prints the seconds of CPU, how many decisions and events there were, and a digest of every event as
the log would have it: equal digests mean byte-identical events, also under another PYTHONHASHSEED.
The store is a real one, in memory.
"""

import argparse
import hashlib
import time

from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.events import encode
from vurti.model import Host
from vurti.model.commit import Logged
from vurti.repository import open_repository
from vurti.repository.settings import RepositorySettings
from vurti.service.interpreter import calm_the_collector
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings


def main() -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("hosts", type=int, nargs="?", default=200)
    parser.add_argument("vms_per_host", type=int, nargs="?", default=10)
    parser.add_argument("secs", type=float, nargs="?", default=600)
    parser.add_argument("--scope", choices=("system", "cluster", "divided"), default="system")
    parser.add_argument("--clusters", type=int, default=2, help="so many, of as many hosts each")
    args = parser.parse_args()
    calm_the_collector()  # as `vurti run` does
    began = time.process_time()
    decisions, events, digest = live(
        args.hosts, args.vms_per_host, args.secs, args.scope, args.clusters
    )
    cpu = time.process_time() - began
    print(f"{args.hosts} hosts x {args.vms_per_host} VMs, {args.secs:g} s: {cpu:.1f} s of CPU")
    print(f"{decisions} decisions ({1e6 * cpu / decisions:.0f} us each), {events} events, {digest}")


def live(
    hosts: int, vms_per_host: int, secs: float, scope: str = "system", clusters: int = 2
) -> tuple[int, int, str]:
    """Decisions, committed events, and the digest of the latter."""
    digest, told = hashlib.sha256(), 0
    clock = VirtualClock()
    fleet, sim = demo_fleet(hosts, vms_per_host, seed=1)
    config = Config(
        hosts=tuple(
            Host(one.id, one.url, f"c{place % clusters}") for place, one in enumerate(fleet)
        ),
        poll=PollSettings(status_secs=1.0),
        repository=RepositorySettings(url="sqlite://", scope=scope),
        sources=SourceOptions(sim=sim),
    )

    def committed(logged: list[Logged]) -> None:
        nonlocal told
        told += len(logged)
        for one in logged:
            digest.update(encode(one.event))

    worker = clock.worker()
    store = open_repository("sqlite://", "system", worker, wall=clock.wall, nonce=lambda: "fixed")
    with PushAdapter(config, clock=clock, repository=store, on_committed=committed) as adapter:
        adapter.run(secs)
        decisions = sum(one.pipeline.decisions for one in adapter.scopes.values())
    return decisions, told, digest.hexdigest()[:16]


if __name__ == "__main__":
    main()
