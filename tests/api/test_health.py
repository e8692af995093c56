"""Alive and ready: each is true where it may be relied on, and each lie is told by its name."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.api.watched import Fleet
from vurti.api.health import Health
from vurti.api.progress import STUCK_SECS_MIN, stuck_secs
from vurti.errors import StoreError
from vurti.streams.poll_settings import PollSettings


def failing(health: Health) -> dict[str, str]:
    """The checks that fail, and why."""
    return {check.name: check.why for check in health.checks() if check.why is not None}


def test_a_fleet_that_is_asked_and_stored_is_alive_and_ready(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, _):
        adapter.run(for_secs=20)
        assert health.alive() == (True, {"alive": True, "why": None})
        ready, told = health.ready()
    assert ready
    assert list(told["checks"]) == ["loaded", "store", "inventories", "polled", "progress"]
    assert all(check == {"ok": True, "why": None} for check in told["checks"].values())


def test_before_the_first_question_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (_, health, _):
        assert health.alive()[0]
        assert failing(health) == {"loaded": "it is starting"}


def test_it_is_not_ready_before_every_host_has_answered_or_been_missed_once(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    fleet.deaf.add("host-1")
    with fleet.watched() as (adapter, health, _):
        adapter.run(for_secs=5)
        assert failing(health) == {"polled": "1 of 4 hosts were not asked yet"}


def test_a_host_that_comes_later_makes_nothing_unready(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    with fleet.watched() as (adapter, health, _):
        adapter.run(for_secs=5)
        assert failing(health) == {}
        adapter.watch(fleet.config.hosts[:3])
        fleet.deaf.add("host-4")
        adapter.watch(fleet.config.hosts)
        adapter.run(for_secs=5)
        assert not all(one.told for one in adapter.polls)
        assert failing(health) == {}
        fleet.deaf.clear()


def test_one_host_that_hangs_for_ever_kills_nothing(tmp_path: Path) -> None:
    """A watchdog that killed for one stuck task would kill again and again."""
    fleet = Fleet(tmp_path)
    fleet.deaf.add("host-1")
    with fleet.watched() as (adapter, health, _):
        adapter.run(for_secs=10 * STUCK_SECS_MIN)
        assert health.alive()[0]


def test_where_no_host_is_asked_any_more_it_is_not_alive_and_says_why(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    with fleet.watched() as (adapter, health, _):
        adapter.run(for_secs=10)
        fleet.deaf.update(host.id for host in fleet.config.hosts)
        adapter.run(for_secs=STUCK_SECS_MIN / 2)
        assert health.alive()[0]
        adapter.run(for_secs=STUCK_SECS_MIN)
        alive, told = health.alive()
        assert (alive, health.ready()[0]) == (False, False)
        assert told["why"].startswith("none of 4 hosts was asked for ")
        fleet.deaf.clear()


def test_without_hosts_there_is_nothing_that_could_hang(tmp_path: Path) -> None:
    with Fleet(tmp_path, hosts=()).watched() as (adapter, health, _):
        adapter.run(for_secs=10 * STUCK_SECS_MIN)
        assert health.alive()[0]
        assert health.ready()[0]


def test_beats_that_are_left_out_for_want_of_room_are_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is away for hours thins the polls out; to restart would lose what waits."""
    with Fleet(tmp_path).watched() as (adapter, health, _):
        monkeypatch.setattr(adapter.writing, "demand", lambda: False)
        adapter.run(for_secs=5 * STUCK_SECS_MIN)
        assert health.alive()[0]


def test_a_store_that_refuses_makes_it_unready_but_not_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, _):
        adapter.run(for_secs=20)

        def refused(*_: Any, **__: Any) -> None:
            raise StoreError("password=hunter2")

        with monkeypatch.context() as broken:
            for name in ("announcements", "save_statistics"):
                broken.setattr(adapter.store, name, refused)
            adapter.run(for_secs=30)
            assert health.alive()[0]
            ready, told = health.ready()
            assert not ready
            assert told["checks"]["store"]["why"].startswith("the store has refused for ")
            assert "hunter2" not in str(told)
        adapter.run(for_secs=30)
        assert health.ready()[0]


def test_what_waits_too_long_to_be_stored_makes_it_unready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, _):
        adapter.run(for_secs=20)
        monkeypatch.setattr(type(adapter.writing), "oldest_age_secs", 31.0)
        assert failing(health) == {"store": "what was decided 31 s ago is not stored"}


def test_an_inventory_that_never_answered_makes_it_unready_and_a_later_failure_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, _):
        adapter.run(for_secs=20)
        status = SimpleNamespace(answered=False, failure="refused")
        monkeypatch.setattr(adapter, "inventories", lambda: [status])
        assert failing(health) == {"inventories": "1 inventories have not answered yet"}
        status.answered = True
        assert failing(health) == {}


def test_that_judgement_is_held_is_told_and_is_no_lack_of_readiness(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, _):
        adapter.run(for_secs=20)
        assert health.ready()[1]["judgement_held"] == "vurti has only just started"
        adapter.run(for_secs=20)
        assert health.ready() == (True, {**health.ready()[1], "judgement_held": None})


def test_who_looks_after_progress_must_look_himself(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, progress):
        adapter.run(for_secs=5)
        progress.close()
        assert health.alive() == (
            False, {"alive": False, "why": "nobody looks whether anything moves"},
        )  # fmt: skip


def test_seldom_beats_are_given_their_time() -> None:
    assert stuck_secs(PollSettings()) == STUCK_SECS_MIN + 0
    assert stuck_secs(PollSettings(status_secs=600, statistics_secs=600)) > 3 * 600


def test_beats_that_become_seldom_while_it_runs_are_given_their_time_as_well(
    tmp_path: Path,
) -> None:
    with Fleet(tmp_path).watched() as (adapter, health, _):
        adapter.run(for_secs=20)
        assert adapter.watching is not None
        seldom = PollSettings(status_secs=120, statistics_secs=600)
        adapter.watching.subscriptions.reschedule(seldom)
        for _ in range(10):
            adapter.run(for_secs=31)
            assert health.alive()[0]
        adapter.watching.subscriptions.reschedule(PollSettings(status_secs=1))
        adapter.run(for_secs=2)
        assert health.alive()[0]
