"""How the program itself is."""

import platform
from collections.abc import Callable, Iterable

import gevent

from vurti import __version__
from vurti.api.metrics.family import Family, Sample, counter, gauge, histogram
from vurti.api.metrics.watched import Process, Watched

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _build(_: Process) -> Iterable[Sample]:
    return [((__version__, platform.python_version(), gevent.__version__), 1)]


def _lag(process: Process) -> Iterable[Sample]:
    return [((), process.lag_secs)]


def _idle(watched: Watched) -> Iterable[Sample]:
    return [((), watched.progress.idle_secs)]


def _suspected(name: str) -> Callable[[Watched], Iterable[Sample]]:
    def read(watched: Watched) -> Iterable[Sample]:
        watching = watched.adapter.watching
        return [((), getattr(watching.monitor, name) if watching is not None else 0)]

    return read


def _lines(process: Process) -> Iterable[Sample]:
    lines = process.logged().lines
    return [((level.lower(),), lines.get(level, 0)) for level in LEVELS]


PROCESS: tuple[Family[Process], ...] = (
    gauge(
        "vurti_build_info", "Always 1; the labels say what runs.", _build,
        "version", "python", "gevent",
    ),
    histogram(
        "vurti_loop_lag_seconds",
        "How late a task woke that sleeps for a while: what is slow in the process makes it late.",
        _lag,
    ),
    counter("vurti_log_lines_total", "Lines that were logged.", _lines, "level"),
    counter(
        "vurti_log_left_out_total",
        "What was not logged as a line of its own, but in the sum of many.",
        lambda process: [((), process.logged().left_out)],
    ),
    counter(
        "vurti_log_failures_total", "Lines that could not be written: the disk may be full.",
        lambda process: [((), process.logged().failed)],
    ),
    counter(
        "vurti_log_redactions_total",
        "Secrets that were taken out of lines: each is a bug that should be told to us.",
        lambda process: [((), process.logged().redacted)],
    ),
)  # fmt: skip

WATCHING: tuple[Family[Watched], ...] = (
    gauge(
        "vurti_polls_idle_seconds",
        "For how long no host was asked though some are watched; /livez fails when it is too long.",
        _idle,
    ),
    counter(
        "vurti_stalls_total",
        "How often the whole process stood still, so that nobody was judged by that time.",
        _suspected("stalls"),
    ),
    counter(
        "vurti_clock_steps_total", "How often the wall clock was set.", _suspected("steps"),
    ),
    counter(
        "vurti_mass_losses_total",
        "How often most hosts fell silent at once, which is put down to the network.",
        _suspected("losses"),
    ),
)  # fmt: skip
