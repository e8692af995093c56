"""Everything that a subscriber can do wrong, at once, under a whole fleet (contract 12)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger
from reactivex import operators as ops

from vurti import PushAdapter, load_config, named
from vurti.adapter import pressure
from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event
from vurti.model.commit import Logged
from vurti.streams.operators import settle, window

pytestmark = pytest.mark.slow

CONFIG = """
[poll]
status_secs = 1.0
[subscribers]
queue_max = 20
errors_max = 5
busy_secs = 0.05
busy_max = 3
[streams.quiet]
from = "vms"
chain = [{ op = "settle", secs = 2 }]
[sources.sim]
seed = 5
pace = 10.0
vms_per_host = 6
"""


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert clock.errors == []
    assert clock.stray() == []


class Run:
    """A fleet for two minutes, with a polite subscriber of each stream and with `others`."""

    def __init__(
        self, folder: Path, clock: VirtualClock, others: Callable[["Run"], None] | None = None
    ) -> None:
        hosts = "".join(f'[hosts.h{number}]\nurl = "sim://h{number}"\n' for number in range(6))
        file = folder / f"{clock.now():g}-{others is None}.toml"
        file.write_text(f'[repository]\nurl = "sqlite:///{file.stem}.db"\n{CONFIG}{hosts}')
        self.clock = clock
        self.heard: dict[str, list[tuple[float, Any]]] = {"vms": [], "quiet": [], "polls": []}
        self.told: list[Logged] = []
        self.never = clock.signal()
        config = load_config(file)
        with PushAdapter(config, clock=clock, on_committed=self.told.extend) as adapter:
            self.adapter = adapter
            if others is not None:
                others(self)
            for name, heard in self.heard.items():
                adapter[name].subscribe(lambda item, heard=heard: heard.append((clock.now(), item)))
            adapter.run(120.0)
            self.pressure = pressure(adapter)
            self.limits = {one.name: one.limits for one in adapter.live}
            self.left = {one.name: one.subscribers for one in adapter.live}
            self.never.set()
            adapter.run(1.0)

    def events(self) -> list[tuple[int, Event]]:
        """What is in the log, without the ids of this start."""
        return [(one.cursor, _plain(one.event)) for one in self.told]


def _plain(event: Event) -> Any:
    return (event.kind, event.thing, event.seq_first, event.seq, event.before, event.after)


def bad(run: Run) -> None:
    """One of each kind, on each stream, with an operator before it and without."""

    def raises(_: Any) -> None:
        raise ValueError("mine")

    def burns(_: Any) -> None:
        run.clock.stall(0.1)

    def leaves(_: Any) -> None:
        leaving.dispose()

    def subscribes(event: Event) -> None:
        if event.seq % 5 == 0 and len(run.more) < 5:
            run.more.append(run.adapter["vms"].subscribe(lambda _: None))

    run.more = []  # type: ignore[attr-defined] # only these have it
    for name in ("vms", "quiet", "polls"):
        stream = run.adapter[name]
        stream.pipe(named(f"stalls at {name}")).subscribe(lambda _: run.never.wait())
        stream.pipe(named(f"raises at {name}")).subscribe(raises)
    vms = run.adapter["vms"]
    vms.pipe(settle(2)).subscribe(lambda _: run.never.wait())
    vms.pipe(window(3)).subscribe(raises)
    vms.pipe(ops.map(raises)).subscribe(on_error=lambda _: None)
    vms.pipe(named("burns")).subscribe(burns)
    vms.subscribe(subscribes)
    leaving = vms.subscribe(leaves)


def test_contract_12_whatever_subscribers_do_the_others_and_the_log_are_as_without_them(
    tmp_path: Path, clock: VirtualClock
) -> None:
    calm = Run(tmp_path, VirtualClock())
    wild = Run(tmp_path, clock, bad)

    assert len(calm.told) > 100
    limits = wild.limits
    assert limits["vms"].busy == 4  # cut off at the fourth in a minute
    assert limits["vms"].cut_off == 3  # for its errors, those behind the window, and being busy
    assert limits["configured"].cut_off == limits["polls"].cut_off == 1
    assert limits["vms"].errors >= 10
    assert limits["vms"].sums > 0
    assert wild.pressure.cut_off == 5
    assert wild.left["vms"] >= 5
    # The one that burnt the CPU made some questions late, so times differ, but not what is known.
    assert len(wild.heard["vms"]) > 100
    assert ends(wild.heard["vms"]) == known(wild)
    last = {event.thing: at for at, event in wild.heard["vms"]}
    still = {thing for thing, at in last.items() if at < clock.now() - 2.0}
    quiet = ends(wild.heard["quiet"])
    assert len(still) > 20
    assert {thing: quiet.get(thing) for thing in still} == {
        thing: known(wild).get(thing) for thing in still
    }
    assert abs(len(wild.heard["polls"]) - len(calm.heard["polls"])) <= 12


def test_contract_12_those_that_stall_or_raise_change_nothing_for_the_others_at_all(
    tmp_path: Path, clock: VirtualClock
) -> None:
    def stall_and_raise(run: Run) -> None:
        def raises(_: Any) -> None:
            raise ValueError("mine")

        for name in ("vms", "quiet", "polls"):
            run.adapter[name].subscribe(lambda _: run.never.wait())
            run.adapter[name].subscribe(raises)
        run.adapter["vms"].pipe(settle(2)).subscribe(lambda _: run.never.wait())
        run.adapter["vms"].pipe(window(3)).subscribe(raises)

    calm = Run(tmp_path, VirtualClock())
    wild = Run(tmp_path, clock, stall_and_raise)
    assert wild.events() == calm.events()
    for name, heard in calm.heard.items():
        assert [(at, _named(item)) for at, item in wild.heard[name]] == [
            (at, _named(item)) for at, item in heard
        ]


def _named(item: Any) -> Any:
    return _plain(item) if isinstance(item, Event) else item


def test_contract_12_a_listener_to_commits_that_holds_up_storing_is_named_now_and_then(
    tmp_path: Path, clock: VirtualClock
) -> None:
    lines = list[str]()

    class Billing:
        def charge(self, logged: list[Logged]) -> None:
            clock.stall(0.5)

    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG + '[hosts.h1]\nurl = "sim://h1"\n')
    sink = logger.add(lambda line: lines.append(str(line)), format="{message}", level="WARNING")
    logger.enable("vurti.adapter")
    try:
        with PushAdapter(load_config(file), clock=clock, on_committed=Billing().charge) as adapter:
            adapter.run(120.0)
            held_up = adapter.promises.held_up
    finally:
        logger.remove(sink)
        logger.disable("vurti.adapter")
    said = [line for line in lines if "held up storing" in line]
    assert held_up > len(said) >= 2
    assert "Billing.charge, told of commits, held up storing for 0.5 s" in said[0]
    assert "times more since this was last said)" in said[1]


def ends(heard: list[tuple[float, Any]]) -> dict[str, Any]:
    """How each VM is, as one believes who heard this."""
    last = {event.thing: event.after for _, event in heard}
    return {thing: after for thing, after in last.items() if after is not None}


def known(run: Run) -> dict[str, Any]:
    """How each VM is."""
    rows = run.adapter.pipeline.view.vms
    return {thing: row.value for thing, row in rows.items() if not row.deleted}
