"""How old the truth is, from the running pipeline."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.api.conftest import NOW, Api
from tests.api.watched import Fleet
from vurti.api.ages import Age, Ages, ages
from vurti.decide.view import VmMemory
from vurti.streams.poll_settings import PollSettings

TOLD = Ages(2.0, 4.0, 9.0, (Age("a", 1.0, 0.1), Age("b", 31.0, 5.0), Age("c", None, 7.0)))


def test_a_host_that_answers_is_as_new_as_its_last_beat(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, _, _):
        adapter.run(for_secs=20)
        told = ages(adapter)
    assert [one.id for one in told.hosts] == ["host-1", "host-2", "host-3", "host-4"]
    assert all(one.age_secs is not None and one.age_secs <= 1.0 for one in told.hosts)
    assert told.older(told.target_secs) == []


def test_a_host_that_hangs_grows_old_while_the_others_stay_new(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    with fleet.watched() as (adapter, _, _):
        adapter.run(for_secs=10)
        fleet.deaf.add("host-2")
        adapter.run(for_secs=10)
        told = ages(adapter)
        fleet.deaf.clear()
    (found,) = told.older(told.target_secs)
    assert found.id == "host-2"
    assert found.age_secs == pytest.approx(10, abs=1.1)
    assert found.took_secs == pytest.approx(10, abs=1.1)
    assert told.figures()["max_secs"] == found.age_secs


def test_what_counts_as_stale_follows_how_often_hosts_are_asked(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    often = PollSettings(status_secs=1.0, status_pushed_secs=10.0)
    fleet.config = replace(fleet.config, poll=often)
    with fleet.watched() as (adapter, _, _):
        adapter.run(for_secs=2)
        told = ages(adapter)
    assert (told.period_secs, told.target_secs, told.stale_secs) == (10.0, 20.0, 25.0)


def test_hosts_of_whom_something_newer_is_known_are_left_out(api: Api) -> None:
    client = api.client(running={"ages": lambda: TOLD})
    told = client.get("/api/v1/ages?over_secs=4").json
    assert told is not None
    assert told["items"] == [
        {"id": "b", "age_secs": 31.0, "took_secs": 5.0},
        {"id": "c", "age_secs": None, "took_secs": 7.0},
    ]
    assert (told["hosts"], told["unheard"], told["max_secs"]) == (3, 1, 31.0)
    assert (told["period_secs"], told["target_secs"], told["stale_secs"]) == (2.0, 4.0, 9.0)
    assert told["now"] == NOW
    every = client.get("/api/v1/ages").json
    assert every is not None
    assert [one["id"] for one in every["items"]] == ["a", "b", "c"]


def test_a_host_that_takes_longer_than_its_beat_is_told_however_new_its_answer_is() -> None:
    slow = Age("slow", 0.5, 2.5)
    assert Ages(2.0, 4.0, 9.0, (Age("a", 1.0, 0.1), slow)).older(4.0) == [slow]


def test_a_vm_that_two_hosts_insist_on_is_told_as_long_as_they_do(tmp_path: Path) -> None:
    with Fleet(tmp_path).watched() as (adapter, _, _):
        adapter.run(for_secs=10)
        view = adapter.pipeline.view
        vm = next(iter(view.vms))
        assert ages(adapter).split_brains == ()
        view.vm_memory[vm] = VmMemory(split=True)
        assert ages(adapter).split_brains == (vm,)


def test_where_nobody_is_watched_there_is_no_age() -> None:
    told = Ages(2.0, 4.0, 9.0, ()).figures()
    assert told == {"hosts": 0, "unheard": 0, "p50_secs": None, "p95_secs": None, "max_secs": None}
