"""The database taken away for minutes under a fleet in which much happens.

    python -m benchmarks.outage [--hosts 500] [--vms 20] [--secs 120] [--ways stopped paused …]

From the top of a checkout. Fleet, server of PostgreSQL and vurti (embedded by
tests/outage/embedder.py) are processes of their own. Prints a line for each way, and fails where
something is lost: where log, rows and, once the fleet has come to rest, its truth do not agree.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from tests.outage.outages import held_up, killed, paused, stopped
from tests.outage.watched import Embedded, Fleet, embedded, simulated
from tests.postgres.server import Server
from tests.sinks.receiver import Receiver
from tests.waiting import wait_for

SMALL_BOUND = 2000
PUSHED_SECS = 10.0
"""Hosts tell of their changes by themselves, and are asked for all of them this often."""
HEAD = """\
| way | changes/s | decided in it | waited at most | sums | thinned | MiB before / most / after \
| stored again after | true after | sums in the log |
|---|---|---|---|---|---|---|---|---|---|"""


@contextmanager
def nothing() -> Iterator[None]:
    """The database is well."""
    yield


@contextmanager
def down(receiver: Receiver) -> Iterator[None]:
    """The database is well, and the receiver of the sink is not there."""
    receiver.down()
    yield
    receiver.up()


def outage(
    server: Server, way: str, database: str, receiver: Receiver
) -> AbstractContextManager[None]:
    """One of the ways by its name, without what it has behind a blank."""
    match way.partition(" ")[0]:
        case "stopped":
            return stopped(server)
        case "killed":
            return killed(server)
        case "paused":
            return paused(server)
        case "locked":
            return held_up(server, database)
        case "sink":
            return down(receiver)
        case _:
            return nothing()


def go_through(fleet: Fleet, server: Server, home: Path, way: str, secs: float) -> str:
    """From a start through the outage to rest, as a row of the table."""
    name = f"away_{way.replace(' ', '_')}"  # `locked` is a database that asks for a password
    words = ("--stalls", "--raises") if way.endswith("subscribers") else ()
    receiver = Receiver()
    with receiver, embedded(
        home, server.create(name), fleet, *words, status_pushed_secs=PUSHED_SECS,
        waiting_max=SMALL_BOUND if way.endswith("bound") else 50_000,
        hook=receiver.url if way.startswith("sink") else "",
    ) as watching:  # fmt: skip
        fleet.control.post("/lively")
        wait_for(lambda: watching.figures(), "figures", 120)
        wait_for(lambda: watching.now()["oldest_secs"] < 2, "a start", 120)
        time.sleep(20)
        before = watching.now()
        with outage(server, way, name, receiver):
            time.sleep(secs)
            during = watching.now()
        stored_after = until(lambda: watching.now()["oldest_secs"] < 2)
        if way.startswith("sink"):
            tell_of_sink(watching, receiver, during["stored"])
        time.sleep(10)
        fleet.control.post("/calm")
        true_after = until(lambda: not watching.wrong())
        after = watching.now()
        end = watching.stop(120)
    watching.look()
    assert receiver.problems == []
    check(watching, end, sums=after["sums"])
    return row(way, watching, (before, during, after), (stored_after, true_after))


def tell_of_sink(watching: Embedded, receiver: Receiver, stored: int) -> None:
    """How soon its receiver has all but the last seconds of what it missed."""
    told = len(receiver.unique)
    after = until(lambda: len(receiver.unique) >= watching.now()["stored"] - 2000)
    print(f"told: {told} of {stored}; caught up after {after:.1f} s")


def row(
    way: str,
    watching: Embedded,
    moments: tuple[dict[str, Any], dict[str, Any], dict[str, Any]],
    secs: tuple[float, float],
) -> str:
    """Before the outage, at its end, and at rest; how long it took to store, and to be true."""
    before, during, after = moments
    most = max(one["rss_mib"] for one in watching.figures() if "rss_mib" in one)
    waited = max(one["backlog"] for one in watching.figures() if one.get("at", 0) >= before["at"])
    decided = during["decided"] - before["decided"]
    return (
        f"| {way} | {decided / (during['at'] - before['at']):.0f} | {decided}"
        f" | {waited} | {after['sums']} | {after['thinned'] - before['thinned']}"
        f" | {before['rss_mib']:.0f} / {most:.0f} / {after['rss_mib']:.0f}"
        f" | {secs[0]:.1f} s | {secs[1]:.1f} s | {watching.history.counts().sums} |"
    )


def check(watching: Embedded, end: dict[str, Any], sums: int) -> None:
    """Nothing is left; without sums each event that was decided is in the log, once."""
    assert end["left"] == 0, end
    assert len(watching.history.events) == end["stored"], end
    if not sums:
        assert end["decided"] == end["stored"], end


def until(condition: Any, secs: float = 300) -> float:
    """How long that takes."""
    began = time.monotonic()
    wait_for(condition, "it comes to rest", secs)
    return time.monotonic() - began


WAYS = ("stopped", "killed", "paused", "locked", "stopped bound", "sink away", "well subscribers")


def main() -> None:
    """Run, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--vms", type=int, default=20)
    parser.add_argument("--pace", type=float, default=7.0)
    parser.add_argument("--secs", type=float, default=120.0)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=WAYS)
    args = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="vurti-outage-"))
    print("in", home, flush=True)
    with Server() as server, simulated(home, args.hosts, args.vms, args.pace) as fleet:
        print(HEAD, flush=True)
        for way in args.ways:
            place = home / way.replace(" ", "_")
            place.mkdir()
            print(go_through(fleet, server, place, way, args.secs), flush=True)


if __name__ == "__main__":
    main()
