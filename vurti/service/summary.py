"""What a run has done, in a line of its log now and then: what an operator looks at first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from loguru import logger

from vurti.adapter import InventoryStatus, Pressure, PushAdapter, pressure

_LINE = (
    "last {secs:.0f} s: {hosts} hosts polled {polls} times, {misses} missed{kinds}; {pushes}"
    " pushes; polls left {late_p50_secs:.3f} s late at the median,"
    " {late_p99_secs:.3f} s at the 99th percentile, {late_max_secs:.3f} s at most{pressed}{ailing}"
)


@contextmanager
def summing_up(adapter: PushAdapter, secs: float) -> Iterator[None]:
    """A summary every so many seconds and one at the end, of what came since the one before."""
    summary = Summary(adapter)
    task = adapter.clock.spawn(_repeat, summary, adapter, secs)
    try:
        yield
    finally:
        task.kill()
        summary.log()


class Summary:
    """Logs what an adapter has done since the last line; with `[log] format = "json"` each figure
    is also a field of the record's `extra`."""

    def __init__(self, adapter: PushAdapter) -> None:
        self._adapter = adapter
        self._at, self._polls, self._pushes = adapter.clock.now(), 0, 0
        self._missed: Counter[str] = Counter()
        self._pressure = pressure(adapter)

    def log(self) -> None:
        """One line."""
        adapter, now = self._adapter, self._adapter.clock.now()
        missed = adapter.missed - self._missed
        late, inventories = adapter.lateness(), adapter.inventories()
        past, self._pressure = self._pressure, pressure(adapter)
        logger.bind(each=True).info(
            _LINE,
            secs=now - self._at,
            hosts=len(adapter.polls),
            polls=adapter.polled - self._polls,
            misses=missed.total(),
            missed=dict(missed),
            kinds=_kinds(missed),
            pushes=adapter.pushes - self._pushes,
            late_p50_secs=late.p50_secs,
            late_p99_secs=late.p99_secs,
            late_max_secs=late.max_secs,
            pressed=_pressed(past, self._pressure, _oldest_secs(adapter)),
            thinned=self._pressure.thinned - past.thinned,
            stages=[stage._asdict() for stage in self._pressure.stages],
            ailing=_ailing(inventories),
            inventories=[figures_of(one) for one in inventories],
        )
        self._at, self._polls, self._pushes = now, adapter.polled, adapter.pushes
        self._missed = adapter.missed.copy()


def _oldest_secs(adapter: PushAdapter) -> float:
    """How long the oldest change of any scope has waited to be stored."""
    return max(scope.writing.oldest_age_secs for scope in adapter.scopes.values())


def _kinds(missed: Counter[str]) -> str:
    told = ", ".join(f"{kind} {count}" for kind, count in missed.most_common())
    return f" ({told})" if told else ""


def _pressed(past: Pressure, now: Pressure, unstored_secs: float) -> str:
    """What had to be left out or added up, if anything had, and who was cut off."""
    words = []
    if (thinned := now.thinned - past.thinned) > 0:
        words.append(f"{thinned} questions were left out, there was too much to do")
    for before, after in zip(past.stages, now.stages, strict=False):
        if (sums := after.sums - before.sums) > 0:
            words.append(f"{sums} sums for want of room in {after.name!r} ({after.queue} wait)")
    if words and unstored_secs > 0:
        words.append(f"the oldest that is not stored has waited {unstored_secs:.1f} s")
    if (cut_off := now.cut_off - past.cut_off) > 0:
        words.append(f"{cut_off} subscribers were cut off")
    return "".join(f"; {one}" for one in words)


def _ailing(inventories: Sequence[InventoryStatus]) -> str:
    """The inventories that are not well: whoever reads nothing else must see that."""
    return "".join(f"; inventory {one.name!r} {_how(one)}" for one in inventories if _how(one))


def _how(one: InventoryStatus) -> str:
    words = ["fails"] if one.failure is not None else []
    words += [f"lacks {one.held} that stay"] if one.held else []
    words += [f"has {one.bad} bad entries"] if one.bad else []
    return " and ".join(words)


def figures_of(one: InventoryStatus) -> dict[str, object]:
    """How it stands with one inventory, by name."""
    return {
        "name": one.name,
        "hosts": one.hosts,
        "failed": one.failed,
        "held": one.held,
        "bad": one.bad,
        "failure": one.failure,
    }


def _repeat(summary: Summary, adapter: PushAdapter, secs: float) -> None:
    due = adapter.clock.now()
    while True:
        due += secs
        adapter.clock.sleep_until(due)
        summary.log()
