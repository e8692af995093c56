"""Where the memory of a fleet that is watched goes, by kind, as Python counts it.

    python -m benchmarks.memory_by_kind [--hosts 300] [--vms 30]

From the top of a checkout. Prepared hosts answer over STOMP without TLS, all that is watched is in
SQLite. Counting begins once the program is loaded, so that this is what hosts and their VMs cost;
each block belongs to the file that made it. What Python does not count (SQLite, buffers of sockets,
holes) is in the memory of the process only, which `python -m benchmarks fleets` tells.
"""

import argparse
import gc
import tempfile
import tracemalloc
from collections import Counter
from pathlib import Path

from benchmarks.peer import Peer
from benchmarks.process import ROOT
from benchmarks.watching import Pace, configuration
from tests.ports import free_port
from vurti import PushAdapter
from vurti.config import load_config
from vurti.service.interpreter import calm_the_collector

PACE, SECS, CHANGING = Pace(10.0, 20.0), 60.0, 0.001
KINDS = {
    "devices": ("decode/domain", "decide/vm/hardware"),
    "samples": ("decode/vdsm/statistics", "decode/vdsm/scalars", "decide/sampling"),
    "records kept for comparing, with the texts that reports share":
        ("decode/vdsm/reading", "decode/vdsm/known", "decode/vdsm/alike"),
    "reports": ("decode/vdsm/report", "decode/vdsm/guest", "decode/vdsm/hardware"),
    "records of the VMs": ("decide/vm/", "decide/draft"),
    "evidence": ("updaters/explanations",),
    "dicts by VM, and clocks": ("decide/view", "decide/admit", "decode/vdsm/states"),
    "what hosts are made of": ("decode/vdsm", "decide/vds/"),
    "connections, polls, tasks": ("wire", "sources", "streams", "clock", "live"),
}  # fmt: skip
"""Which files make it, beneath `vurti`: the first that fits."""
ELSE = "all else: libraries, storing, settings"


def main() -> None:
    """Watch for a minute, and print bytes a VM of each kind."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--vms", type=int, default=30)
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        Peer(free_port(), args.hosts, args.vms, CHANGING) as peer,
    ):
        file = Path(home) / "vurti.toml"
        file.write_text(configuration(peer, Path(home), PACE, free_port(), "vdsm+tcp"))
        tell(file, args.hosts * args.vms)


def tell(file: Path, vms: int) -> None:
    """What it is after some rounds of all questions."""
    config = load_config(file)
    calm_the_collector()
    tracemalloc.start()
    with PushAdapter(config) as adapter:
        adapter.run(SECS)
        known = sum(len(scope.view.vms) for scope in adapter.scopes.values())
        assert known == vms, f"{known} of {vms} VMs are known"
        gc.collect()
        sizes = by_kind(tracemalloc.take_snapshot())
    for kind in (*KINDS, ELSE):
        print(f"{sizes[kind] / vms:8,.0f} B a VM  {kind}")
    print(f"{sizes.total() / vms:8,.0f} B a VM  together")


def by_kind(snapshot: tracemalloc.Snapshot) -> Counter[str]:
    """Bytes of each kind."""
    sizes: Counter[str] = Counter()
    for one in snapshot.statistics("filename"):
        sizes[_kind(one.traceback[0].filename)] += one.size
    return sizes


def _kind(file: str) -> str:
    own = file.removeprefix(f"{ROOT}/vurti/")
    return next((kind for kind, files in KINDS.items() if own.startswith(files)), ELSE)


if __name__ == "__main__":
    main()
