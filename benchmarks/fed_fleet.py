"""The real repository, log, hub, API and page over changes that are made up at a steady rate: for
what is downstream of the log, on a machine that has no room for a whole fleet beside it.

    python -m benchmarks.fed_fleet --port 7178 [--hosts 1000] [--vms 30] [--changes 2000]

From the top of a checkout. `--vms` are those of each host, `--changes` those in a second, and
`--secs` is for how long.
"""

# ruff: noqa: E402 - nothing may be imported before this patches
from gevent import monkey

monkey.patch_all()

import argparse
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks.made_up import Fleet
from vurti import PushAdapter
from vurti.api.access.gate import Gate
from vurti.api.access.tokens import Tokens
from vurti.api.health import Health
from vurti.api.listener import Limits, Listener
from vurti.api.metrics import Watched
from vurti.api.metrics.collector import figures
from vurti.api.progress import Progress
from vurti.api.stream.hubs import Hubs
from vurti.api.v1 import Served, make_app
from vurti.clock import Clock
from vurti.config import Config
from vurti.config.listen import Place
from vurti.events import Event
from vurti.model import Row
from vurti.model.commit import Commit, Logged
from vurti.model.scope import SYSTEM
from vurti.repository import open_repository
from vurti.repository.settings import RepositorySettings
from vurti.service.api import Asking, ScopeLog
from vurti.service.interpreter import calm_the_collector, share_the_interpreter

WINDOWS_A_SEC = 4
ROWS_MAX = 2000


class Feed:
    """Commits what befalls a fleet."""

    def __init__(self, clock: Clock, url: str, fleet: Fleet) -> None:
        self.clock, self.fleet = clock, fleet
        self.repository = open_repository(url, "system", self.clock.worker())
        self.repository.start()
        self._number = 0
        self._commit(vdss=tuple(fleet.vdss))
        for start in range(0, len(fleet.vms), ROWS_MAX):
            self._commit(vms=tuple(fleet.vms[start : start + ROWS_MAX]))

    def _commit(
        self,
        vdss: tuple[Row, ...] = (),
        vms: tuple[Row, ...] = (),
        events: tuple[Event, ...] = (),
    ) -> list[Logged]:
        self._number += 1
        at = self.clock.wall()
        last = self.repository.commit(Commit(self._number, self._number, vdss, vms, events), at)
        first = last - len(events) + 1
        return [Logged(first + place, at, one) for place, one in enumerate(events)]

    def step(self, count: int) -> list[Logged]:
        """So many changes in one commit."""
        told = list(self.fleet.befall(count, self.clock.wall()))
        return self._commit(vms=tuple(row for row, _ in told), events=tuple(one for _, one in told))


def serve(home: Path, args: argparse.Namespace) -> None:
    """Until the time is over."""
    idle = Config(repository=RepositorySettings(url=f"sqlite:///{home / 'idle.db'}"))
    url = f"sqlite:///{home / 'fed.db'}"
    with PushAdapter(idle) as adapter, ExitStack() as closing:
        feed = Feed(adapter.clock, url, Fleet(args.hosts, args.vms))
        closing.callback(feed.repository.close)
        fed = replace(idle, repository=RepositorySettings(url=url))
        hubs = answering(adapter, fed, feed.fleet, Place("127.0.0.1", args.port), closing)
        calm_the_collector()
        share_the_interpreter()
        print("fed", flush=True)
        due = adapter.clock.now()
        until = due + args.secs
        while due < until:
            hubs.committed(SYSTEM, feed.step(args.changes // WINDOWS_A_SEC))
            due = max(due + 1 / WINDOWS_A_SEC, adapter.clock.now())
            adapter.clock.sleep_until(due)


def answering(
    adapter: PushAdapter, fed: Config, fleet: Fleet, place: Place, closing: ExitStack
) -> Hubs:
    """The page and the API at that place; its own figures are those of a vurti with no hosts."""
    progress = Progress(adapter, fed.poll)
    asking = Asking(adapter.clock, fed)
    closing.callback(asking.close)
    wall = adapter.clock.wall
    running = {
        "ages": fleet.ages,
        "pipeline": lambda: figures(Watched(adapter, progress, dict)),
        "health": lambda: Health(adapter, progress).ready()[1],
    }
    served = Served(asking, wall, 9.0, fleet.cluster, running)
    tokens = Tokens(Path("there-is-none.json"))
    gate = Gate(
        tokens, now=adapter.clock.now, wall=wall, open_to_readers=True, requests_per_sec=1000
    )
    hubs = Hubs(adapter.clock, lambda scope: ScopeLog(asking, scope), fleet.cluster)
    closing.callback(hubs.close)
    listener = Listener(
        adapter.clock, place, make_app(served, gate, hubs), limits=Limits(50, 30.0, None)
    )
    listener.start()
    closing.callback(listener.close)
    return hubs


def main() -> None:
    """Read the command line, and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--vms", type=int, default=30)
    parser.add_argument("--changes", type=int, default=2000)
    parser.add_argument("--secs", type=float, default=600.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        serve(Path(directory), args)


if __name__ == "__main__":
    main()
