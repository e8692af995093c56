"""Where things wait in an adapter, and what is done about it: figures for those who show them."""

from collections.abc import Iterator
from typing import NamedTuple

from vurti.adapter.push_adapter import PushAdapter


class Stage(NamedTuple):
    """One place where something may wait: `queue` is how much does, `oldest_secs` how long the
    oldest of it has, `peak` the most that ever did. `taken` counts what has come in, `sums` the
    pairs that became one for want of room, `over` what came beyond the bound and found none.

    The stages are the `sequencer`, the mailboxes (`store hosts`, `store vms`), and one for each
    live stream (`stream vms` …; those of the configuration are `stream configured` together): there
    the figures are those of the subscriber who is worst off. Where there are several scopes, their
    names come first (`part.1 sequencer`).
    """

    name: str
    taken: int
    queue: int
    oldest_secs: float
    peak: int
    sums: int = 0
    over: int = 0


class Pressure(NamedTuple):
    """`demand` is how much is wanted of the hosts, from 1, all, to 0, as little as can be;
    `thinned` counts the questions that were left out, `replaced` the samples and `flared` the
    intents that were over before they could be stored. Subscribers that were `cut_off`, the items
    that were `dropped` with them, signals at which one was `busy` computing, and `errors` are
    counted over all streams."""

    demand: float
    thinned: int
    stages: tuple[Stage, ...]
    replaced: int = 0
    flared: int = 0
    cut_off: int = 0
    dropped: int = 0
    busy: int = 0
    errors: int = 0

    @property
    def sums(self) -> int:
        """Pairs that became one for want of room, anywhere."""
        return sum(stage.sums for stage in self.stages)


def pressure(adapter: PushAdapter) -> Pressure:
    """How it stands now. Costs a look at each stage; nothing in it yields."""
    watching = adapter.watching
    limits = [stream.limits for stream in adapter.live]
    return Pressure(
        watching.demand() if watching is not None else 1.0,
        watching.subscriptions.counted("thinned") if watching is not None else 0,
        tuple(_stages(adapter)),
        sum(scope.writing.replaced for scope in adapter.scopes.values()),
        sum(scope.writing.flared for scope in adapter.scopes.values()),
        sum(one.cut_off for one in limits),
        sum(one.dropped for one in limits),
        sum(one.busy for one in limits),
        sum(one.errors for one in limits),
    )


def _stages(adapter: PushAdapter) -> Iterator[Stage]:
    now = adapter.clock.now()
    for scope in adapter.scopes.values():
        of = f"{scope.name} " if len(adapter.scopes) > 1 else ""
        sequencer = scope.pipeline.sequencer
        yield Stage(f"{of}sequencer", sequencer.number, sequencer.queued, 0.0, sequencer.peak)
        for name, box in scope.writing.mailboxes.items():
            age, bound = _age(now, box.oldest_at), (box.peak, box.sums, box.over)
            yield Stage(f"{of}store {name}", box.offered, len(box), age, *bound)
    for stream in adapter.live:
        limits, age = stream.limits, _age(now, stream.oldest_at)
        figures = (limits.peak, limits.sums, limits.over)
        yield Stage(f"stream {stream.name}", stream.emitted, stream.waiting, age, *figures)


def _age(now: float, oldest_at: float | None) -> float:
    return 0.0 if oldest_at is None else now - oldest_at
