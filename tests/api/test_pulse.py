"""Alive and ready, asked from outside: a loop that hangs is told of, and not waited for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from wsgiref.util import setup_testing_defaults

from tests.api.watched import Fleet
from vurti.api.inside import here
from vurti.api.metrics import FAMILIES, Watched, page
from vurti.api.progress import STUCK_SECS_MIN
from vurti.api.pulse import Pulse
from vurti.clock import Timeout

R = TypeVar("R")


def too_busy(_function: Callable[[], R]) -> R:
    raise Timeout("not within 10 s")


def test_while_the_loop_turns_it_says_what_health_says(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, progress):
        pulse = Pulse(adapter.clock, health, progress, here)
        looking = adapter.clock.spawn(pulse.watch)
        adapter.run(for_secs=2 * STUCK_SECS_MIN)
        assert pulse.alive() == health.alive() == (True, {"alive": True, "why": None})
        assert pulse.ready() == health.ready()
        looking.kill()


def test_a_loop_that_turns_no_more_is_not_alive_after_as_long_as_anything_that_is_stuck(
    tmp_path: Path,
) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, progress):
        pulse = Pulse(adapter.clock, health, progress, too_busy)
        adapter.run(for_secs=20)
        for _ in range(int(STUCK_SECS_MIN) + 1):  # seconds outside, in which none passes inside
            assert pulse.alive()[0]
            pulse.look()
        pulse.look()
        assert pulse.alive() == (
            False,
            {"alive": False, "why": "the event loop has not turned for 31 s"},
        )
        adapter.run(for_secs=2)
        pulse.look()
        assert pulse.alive()[0]


def test_a_loop_that_is_too_busy_to_be_asked_is_not_ready_and_says_so(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, progress):
        adapter.run(for_secs=5)
        well, told = Pulse(adapter.clock, health, progress, too_busy).ready()
        assert (well, told["ready"]) == (False, False)
        assert told["checks"] == {"loop": {"ok": False, "why": "not within 10 s"}}


def test_figures_of_a_loop_that_is_too_busy_to_be_asked_are_refused_and_not_waited_for_again(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    with Fleet(tmp_path).watched() as (adapter, _, progress):
        answer = page(Watched(adapter, progress, dict, inside=too_busy), FAMILIES)
        environ: dict[str, Any] = {}
        setup_testing_defaults(environ)
        told = b"".join(answer(environ, lambda status, _headers, *_: said.append(status)))  # type: ignore[arg-type, return-value] # nobody writes by it
    assert said == ["503 Service Unavailable"]
    assert b"not within 10 s" in told
