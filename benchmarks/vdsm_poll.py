"""What one poll of a vdsm host costs, from the question over TLS to what is decided of it.

    python -m benchmarks.vdsm_poll [--polls 3000] [--vms 30] [--scheme vdsm] [--against CHECKOUT]

Prints microseconds of CPU of this process for each poll of the states, the simulator not included.
With `--against` the code of another checkout is measured in turns with this one, five times each,
and the ratio of the least of each is what counts: this machine's speed may swing in between.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gevent import monkey

HERE = Path(__file__).resolve().parent.parent
TURNS = 5


def one_turn(hosts: Path, polls: int) -> tuple[float, float]:
    """Microseconds of CPU for each poll, and for what is decided of each."""
    from vurti.clock.gevent_clock import GeventClock
    from vurti.config import load_config
    from vurti.decide import View, decide
    from vurti.model import Question, Reload, Snapshot, Stamped

    config, clock, view = load_config(hosts), GeventClock(), View()
    parts = config.parts(clock)
    (host,) = parts.hosts
    endpoint = parts.endpoint(host)
    endpoint.open(lambda push: None, lambda host: None)

    def told(given: object) -> None:
        now = clock.now()
        view.apply(decide(view, Stamped(1, now, now, given)))  # type: ignore[arg-type]  # inputs

    def turn(count: int) -> tuple[float, float]:
        asking = deciding = 0.0
        for _ in range(count):
            began = time.process_time()
            poll = endpoint.fetch(host.id, Question.VMS, 10.0)
            asked = time.process_time()
            assert isinstance(poll, Snapshot), poll
            told(poll)
            asking += asked - began
            deciding += time.process_time() - asked
        return 1e6 * asking / count, 1e6 * deciding / count

    told(Reload((host,)))
    turn(100)
    cost = turn(polls)
    endpoint.close()
    return cost


def measured(checkout: Path, hosts: Path, polls: int) -> tuple[float, float]:
    """One turn in a process of its own, with the code of this checkout."""
    words = (sys.executable, __file__, "--turn", str(hosts), "--polls", str(polls))
    paths = {**os.environ, "PYTHONPATH": str(checkout)}
    told = subprocess.run(words, env=paths, cwd=checkout, check=True, capture_output=True)  # noqa: S603  ours
    asking, deciding = told.stdout.split()
    return float(asking), float(deciding)


def compare(home: Path, args: argparse.Namespace) -> None:
    """Simulate one host, and ask it."""
    hosts = home / "hosts.toml"
    words = (
        sys.executable, "-m", "vurti", "simulate", "--hosts", "1", "--vms", str(args.vms),
        "--scheme", args.scheme, "--pace", "0", "--write", str(hosts), "--directory",
        str(home / "keys"), "--port", str(args.port),
    )  # fmt: skip
    checkouts = [HERE, *([args.against.resolve()] if args.against else [])]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=HERE) as simulator:  # noqa: S603  ours
        try:
            while not (hosts.exists() and hosts.stat().st_size):
                assert simulator.poll() is None, "the simulation ended"
                time.sleep(0.1)
            costs: dict[Path, list[tuple[float, float]]] = {one: [] for one in checkouts}
            for _ in range(TURNS):
                for one in checkouts:
                    costs[one].append(measured(one, hosts, args.polls))
        finally:
            simulator.terminate()
    show(costs)


def show(costs: dict[Path, list[tuple[float, float]]]) -> None:
    """A line for each checkout, and how they compare."""
    least = [
        tuple(min(turn[part] for turn in turns) for part in (0, 1)) for turns in costs.values()
    ]
    for checkout, (asking, deciding) in zip(costs, least, strict=True):
        print(f"{asking:7.0f} µs asking, {deciding:5.0f} µs deciding  {checkout}")
    if len(least) == 2:
        print(f"ratio: {sum(least[0]) / sum(least[1]):.2f}")


def main() -> None:
    """Measure, or be measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--polls", type=int, default=3000)
    parser.add_argument("--vms", type=int, default=30)
    parser.add_argument("--scheme", default="vdsm", choices=["vdsm", "vdsm+tcp"])
    parser.add_argument("--port", type=int, default=54931)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--turn", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.turn is not None:
        print(*one_turn(args.turn, args.polls))
        return
    with tempfile.TemporaryDirectory() as home:
        compare(Path(home), args)


if __name__ == "__main__":
    if "--turn" in sys.argv:
        monkey.patch_all()
    main()
