"""Run tests: each in a virtual time of its own, through the adapter that production has."""

from collections.abc import Sequence
from functools import partial

from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.testing.checks.diagrams import drawn
from vurti.testing.checks.given import Check, Restarted
from vurti.testing.checks.stage import Stage
from vurti.testing.checks.store import shelf
from vurti.testing.checks.verdict import Verdict, broken, judged
from vurti.testing.diagram import END

WALL = 1_767_225_600.0
"""The wall clock when a test begins: 2026-01-01T00:00:00Z."""


def run(test: Check, config: Config) -> Verdict:
    """One test. It fails by whatever vurti itself raises, which is a bug of its own."""
    try:
        return _run(test, config)
    except Exception as error:  # noqa: BLE001 - the other tests are run, whatever went wrong
        return broken(test, error)


def _run(test: Check, config: Config) -> Verdict:
    clock = VirtualClock(start_wall=WALL)
    lasting = any(isinstance(value.given, Restarted) for value in test.values.values())
    with shelf(clock, test.known, lasting=lasting) as place:
        stage = Stage(test, config, clock, place)
        try:
            _play(test, stage, clock)
            stage.must_be_well()
        finally:
            stage.close()
            clock.run(until=clock.now())
    if clock.errors:
        raise clock.errors[0]
    clusters = {host.id: host.cluster for host in (*config.hosts, *test.hosts)}
    return judged(test, stage.heard, stage.refused, clusters)


def run_all(tests: Sequence[Check], config: Config) -> list[Verdict]:
    """All of them, in their order."""
    return [run(test, config) for test in tests]


def _play(test: Check, stage: Stage, clock: VirtualClock) -> None:
    given, told = drawn(test.given, test.values), drawn(test.told, test.values)
    for sign in given.signs:
        value = None if sign.name == END else test.values[sign.name].given
        clock.call_at(stage.began + sign.tick * test.secs, partial(stage.give, sign.name, value))
    # Up to the end of the last character, but not into the one that would follow it.
    lasts = max(given.ticks, told.ticks)
    clock.run(until=stage.began + (lasts - 1e-6) * test.secs)
