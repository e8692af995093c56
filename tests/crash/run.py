"""`kill -9` again and again while a simulated fleet lives on, and what must hold after each.

    python -m tests.crash.run --kills 300 --seed 1 [--hosts 30] [--vms 10] [--store sqlite]

From the top of a checkout. Ends with a table of figures, or with an AssertionError that says what
is broken; the directory with the store, the log and the configuration is kept then.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random

from tests.crash.delivered import Lines
from tests.crash.history import History
from tests.crash.kills import SHARES, STARTED, WITH_A_SERVER, Kill, drawn, strike
from tests.crash.mischief import Mischief
from tests.crash.stores import Holding, PostgresStore, SqliteStore, Store
from tests.fleet.watched import Control, State, control_url
from tests.ports import free_port
from tests.service.program import Program
from tests.sinks.receiver import Receiver
from tests.waiting import wait_for

SETTINGS = """
include = ["hosts.toml"]
[repository]
url = "{url}"
scope = "{scope}"
[listen]
address = ""
[sinks.hook]
kind = "webhook"
from = "events"
url = "{hook}"
secret = "{secret}"
start = "oldest"
timeout_secs = 2
retry_secs = 0.05
retry_secs_max = 0.5
[poll]
status_secs = 0.5
statistics_secs = 2
timeout_secs = 1
statistics_timeout_secs = 1.5
[rules]
attempts_max = 1
grace_secs = 1
grace_per_vm_secs = 0
quiet_secs = 0
forget_secs = 0.5
[sources.vdsm]
connect_secs = 1
heartbeat_secs = 1
reply_lost_secs = 3
retry_secs = 0.1
retry_secs_max = 1
"""
ENDED = ("--ended-listed", "1")
"""And so VMs that are down for long enough are removed, and added when they are back."""
SECRET = "no secret at all, but long"
FAULTS = {"error": 0.05, "busy": 0.03, "drop": 0.05, "hang": 0.005, "cut": 0.05, "half": 0.03}
"""What becomes of the requests of a webhook, besides that their sender dies."""
AGAIN_EVERY = 25
TO_TRUTH_SECS = 60.0


class Crashes:
    """One fleet, one store, and one vurti after another."""

    def __init__(
        self,
        home: Path,
        store: Store,
        control: Control,
        receiver: Receiver,
        scope: str,
        seed: int,
        secs: float,
    ) -> None:
        self.history, self.receiver = History(), receiver
        self.lines = Lines(home / "events")
        self.kills: Counter[str] = Counter()
        self.polling = 0  # those that were killed while they polled
        self._home, self._store, self._control = home, store, control
        self._random, self._secs = Random(f"{seed}/kills"), secs
        self._holdings: dict[str, Holding] = {}
        settings = SETTINGS.format(url=store.url, scope=scope, hook=receiver.url, secret=SECRET)
        (home / "vurti.toml").write_text(settings, encoding="utf-8")

    def kill(self) -> Kill:
        """Start, kill, and look at what is left."""
        shares = WITH_A_SERVER if isinstance(self._store, PostgresStore) else SHARES
        kill = drawn(self._random, self._secs, shares)
        with self._service() as service:
            since = service.log.stat().st_size
            self.polling += strike(
                kill,
                service,
                self._store,
                said=lambda: _said(service, since),
                delivered=lambda: self.receiver.requests,
            )
        self.kills[kill.instant] += 1
        self._store.come_to_rest()
        if self._store.exists():
            self.look()
        return kill

    def look(self) -> None:
        """Assert what must hold between any two starts."""
        with self._store.reader() as reader:
            self.history.read_on(reader)
            if self.kills.total() % AGAIN_EVERY == 0:
                self.history.read_again(reader)
        self.lines.read_on()
        self.lines.delivered.compare(self.history)
        self._compare_delivered()
        holdings = self._store.holdings()
        assert self._holdings.keys() <= holdings.keys(), "a scope is gone"
        for scope, now in holdings.items():
            assert now.cursor == self.history.cursors.get(scope, 0)
            before = self._holdings.get(scope, now)
            assert now.epoch >= before.epoch
            assert (now.epoch == before.epoch) == (now.nonce == before.nonce)
        self._holdings = holdings

    def come_to_the_truth(self) -> float:
        """The world is quiet by now: how long the last vurti takes until its rows say what is so,
        after which it is stopped as a supervisor does it."""
        with self._service() as service:
            began = time.monotonic()
            try:
                wait_for(lambda: not self._wrong(), "the truth", TO_TRUTH_SECS)
            except AssertionError as error:
                raise AssertionError(f"{error}: {self._wrong()}") from None
            took = time.monotonic() - began
            assert service.stop() == 0, service.text()[-3000:]
        self._store.come_to_rest()
        self.look()
        self._wait_until_all_is_told(set(self.history.events))
        with self._store.reader() as reader:
            self.history.read_again(reader)
        return took

    def _wait_until_all_is_told(self, committed: set[str]) -> None:
        """What was committed while vurti stopped may be told only by the next one: so one more is
        started, and must tell all that the log had before it."""
        with self._service() as service:
            since, told = service.log.stat().st_size, self.receiver.unique
            wait_for(lambda: STARTED in _said(service, since), "a start", TO_TRUTH_SECS)
            try:
                wait_for(lambda: committed <= told.keys(), "all is told", TO_TRUTH_SECS)
            except AssertionError as error:
                untold = committed - told.keys()
                raise AssertionError(f"{error}: {len(untold)}, {sorted(untold)[:3]}") from None
            assert service.stop() == 0, service.text()[-3000:]
        self._store.come_to_rest()
        self.look()

    def _compare_delivered(self) -> None:
        """Its receiver notes what is out of order and ids of two contents; here: nothing came that
        was not committed."""
        problems = self.receiver.problems
        assert not problems, f"{len(problems)} problems: {problems[:3]}"
        assert self.receiver.unique.keys() <= self.history.events.keys()

    def _service(self) -> Program:
        told = ("--events", str(self._home / "events"))
        return Program(self._home, "run", str(self._home / "vurti.toml"), *told)

    def _wrong(self) -> dict[str, tuple[State | None, State, State]]:
        if not self._store.exists():
            return {"the store": (None, ("", None), ("", None))}
        before = self._control.truth()
        with self._store.reader() as reader:
            vms = [one.value for one in reader.vdss.vms.list()]
        stored = {vm.id: (vm.status.value, vm.run_on) for vm in vms}
        after = self._control.truth()
        return {
            id: (stored.get(id), before[id], after[id])
            for id in after.keys() | stored.keys()
            if not _agrees(stored.get(id), before[id], after[id])
        }


def _agrees(stored: State | None, before: State, after: State) -> bool:
    """One that does not run may have been forgotten."""
    return before == after and (stored == after or (stored is None and after[1] is None))


def _said(service: Program, since: int) -> str:
    with service.log.open("rb") as log:
        log.seek(since)
        return log.read().decode("utf-8", "replace")


def crash(home: Path, store: Store, args: argparse.Namespace) -> Crashes:
    """All kills, then the truth."""
    with ExitStack() as stack:
        words = ("--hosts", str(args.hosts), "--vms", str(args.vms), "--pace", "0", *ENDED)
        where = ("--port", str(free_port()), "--write", str(home / "hosts.toml"))
        (home / "simulator").mkdir()
        fleet = Program(home / "simulator", "simulate", *words, *where, "--seed", str(args.seed))
        control = Control(control_url(stack.enter_context(fleet)))
        receiver = stack.enter_context(Receiver(args.seed, FAULTS, SECRET))
        crashes = Crashes(home, store, control, receiver, args.scope, args.seed, args.secs)
        mischief = Mischief(control, args.seed, args.stories, secs_max=3.0)
        mischief.start()
        for number in range(1, args.kills + 1):
            kill = crashes.kill()
            if args.loud:
                print(number, kill, *crashes.history.counts(), flush=True)
        mischief.end()
        print(f"{mischief.told} stories, {mischief.unfit} that did not fit")
        print(f"true {crashes.come_to_the_truth():.1f} s after the last start")
        return crashes


@contextmanager
def stored(home: Path, kind: str) -> Iterator[Store]:
    """A new store; one of PostgreSQL on a server of its own."""
    if kind == "sqlite":
        yield SqliteStore(home / "vurti.db")
        return
    from tests.postgres.server import Server

    with Server() as server, closing(PostgresStore(server)) as store:
        yield store


def options(words: list[str] | None = None) -> argparse.Namespace:
    """What is to be run: of these words, or of the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--scope", choices=["system", "cluster", "divided"], default="system")
    parser.add_argument("--hosts", type=int, default=30)
    parser.add_argument("--vms", type=int, default=10, help="on each")
    parser.add_argument("--secs", type=float, default=3.0, help="the longest life of a start")
    parser.add_argument("--stories", type=float, default=20.0, help="that are told a second")
    parser.add_argument("--loud", action="store_true", help="a line for each kill")
    return parser.parse_args(words)


def main() -> None:
    """Run, and print the figures."""
    args = options()
    home = Path(tempfile.mkdtemp(prefix="vurti-crash-"))
    print("in", home, *sys.argv[1:], flush=True)
    began = time.monotonic()
    with stored(home, args.store) as store:
        crashes = crash(home, store, args)
    print(f"{crashes.kills.total()} kills in {time.monotonic() - began:.0f} s", crashes.kills)
    print(f"{crashes.polling} of them while hosts were polled")
    print(crashes.history.counts())
    print(f"{len(crashes.lines.delivered)} events in the file of --events")
    receiver = crashes.receiver
    again = len(receiver.told) - len(receiver.unique)
    print(f"{len(receiver.unique)} events at the webhook, {again} again, in {receiver.requests}")
    print("requests, of which", dict(receiver.done))


if __name__ == "__main__":
    main()
