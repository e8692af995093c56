"""A writer that runs, with updaters of its own."""

from collections.abc import Callable, Iterable

from vurti.clock import Clock
from vurti.model.commit import Commit, Logged
from vurti.model.explanation import Explanation
from vurti.streams.crossings import Crossings
from vurti.updaters.explanations import Explanations
from vurti.updaters.updater import VdsUpdater, VmUpdater
from vurti.updaters.writer import SaveStatistics, Writer


def start_writer(
    clock: Clock,
    *,
    commit: Callable[[Commit, float], int],
    save_statistics: SaveStatistics,
    prune: Callable[[], int] | None = None,
    on_stored: Callable[[Commit], None] | None = None,
    on_committed: Callable[[list[Logged]], None] | None = None,
    on_failed: Callable[[Exception], None] | None = None,
    statistics_secs: float = 15.0,
    waiting_max: int = 50_000,
    explained: Iterable[Explanation] = (),
    crossings: Crossings | None = None,
) -> Writer:
    """A running Writer with a VdsUpdater and a VmUpdater of its own; feed it by `on_next`.
    `explained` is what the store has from before, `crossings` what writers of several scopes share.
    """
    writer = Writer(
        clock,
        VdsUpdater(clock, waiting_max, statistics_secs),
        VmUpdater(clock, waiting_max),
        commit=commit,
        save_statistics=save_statistics,
        prune=prune,
        on_stored=on_stored,
        on_committed=on_committed,
        on_failed=on_failed,
        explanations=Explanations(clock.now, statistics_secs, explained),
        crossings=crossings,
    )
    writer.start()
    return writer
