"""What a fleet in which only samples move writes to the database, counted by the database itself.

    python -m benchmarks.quiet_fleet [--hosts 200] [--vms 30] [--secs 600]

From the top of a checkout. `vurti simulate` and `vurti run` are processes of their own; `vurti vms`
is asked again and again how old what it knows is. Ends with 1 where a row of state or of the log
was written, or where something was stale.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.thousand_hosts import usage
from tests.fleet.watched import Watched, watching
from tests.quiet.writes import STATE, count_in_sqlite, written_in_sqlite
from tests.waiting import wait_for
from vurti.repository import open_for_reading
from vurti.wire import words

SETTINGS = """
[repository]
url = "sqlite:///HOME/vurti.db"
[listen]
address = ""
[rules]
quiet_secs = 0
cpu_percent_max = 100      # that a host is busier than it may be would be news
network_percent_max = 100
"""
ASK_SECS = 30.0


def ages(config: Path) -> tuple[float, int]:
    """What another process is told: the greatest age of a VM's host, and how many are stale."""
    command = [sys.executable, "-m", "vurti", "vms", str(config), "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own words
    records = [json.loads(line) for line in told.splitlines()]
    return max(one["age_secs"] for one in records), sum(one["stale"] for one in records)


def quiet(fleet: Watched, args: argparse.Namespace) -> bool:
    """The quiet time; whether all was well."""
    path = fleet.home / "vurti.db"
    wait_for(lambda: len(fleet.stored()) == args.hosts * args.vms, "all VMs are known", 180)
    time.sleep(args.settle)
    count_in_sqlite(path)
    with open_for_reading(f"sqlite:///{path}") as reader:
        _, last = reader.log_bounds()
    before, began, worst, stale = usage(fleet.service), time.monotonic(), 0.0, 0
    while time.monotonic() - began < args.secs:
        time.sleep(min(ASK_SECS, args.secs))
        age, late = ages(fleet.home / "vurti.toml")
        worst, stale = max(worst, age), stale + late
    after, written = usage(fleet.service), written_in_sqlite(path)
    secs = time.monotonic() - began
    share = 100 * (after.cpu_secs - before.cpu_secs) / secs
    print(f"{args.hosts} hosts x {args.vms} VMs, {secs:.0f} quiet s: rows written {written}")
    print(f"`vurti vms`: {worst:.1f} s at most since a host was heard, {stale} stale")
    with open_for_reading(f"sqlite:///{path}") as reader:
        for logged in reader.log(last, 20):
            print("  ", words.line(logged.event))
    print(f"vurti: {share:.0f} % of a core, {after.rss_kib // 1024} MiB")
    return not stale and not any(written[table] for table in STATE)


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--vms", type=int, default=30)
    parser.add_argument("--secs", type=float, default=600.0)
    parser.add_argument("--settle", type=float, default=45.0, help="before it is counted")
    parser.add_argument("--port", type=int, default=54823)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory) / "fleet"
        size = ("--hosts", str(args.hosts), "--vms", str(args.vms), "--pace", "0")
        settings = SETTINGS.replace("HOME", str(home))
        with watching(home, settings, *size, "--port", str(args.port)) as fleet:
            well = quiet(fleet, args)
            print("stopped with", fleet.service.stop(60))
    sys.exit(not well)


if __name__ == "__main__":
    main()
