"""The more waits to be read or stored, the less is wanted of hosts."""

from collections.abc import Iterator

import pytest

from tests.adapter.test_watching import Fleet
from vurti import PushAdapter
from vurti.adapter.demand import of_unread


@pytest.fixture
def adapter(tmp_path) -> Iterator[PushAdapter]:
    fleet = Fleet(tmp_path)
    with fleet.adapter() as adapter:
        adapter.run(2)
        yield adapter


@pytest.mark.parametrize(
    ("secs", "demand"),
    [(0.0, 1.0), (0.5, 1.0), (0.8, 0.8), (1.25, 0.5), (2.0, 0.0), (60.0, 0.0)],
)
def test_the_longer_it_waits_to_be_read_the_less_is_wanted(secs: float, demand: float) -> None:
    assert of_unread(secs) == pytest.approx(demand)


@pytest.mark.parametrize(
    ("stored", "unread_secs", "demand"), [(1.0, 0.0, 1.0), (0.4, 0.0, 0.4), (0.4, 1.7, 0.2)]
)
def test_hosts_are_asked_by_what_waits_longest(
    adapter: PushAdapter, monkeypatch: pytest.MonkeyPatch,
    stored: float, unread_secs: float, demand: float,
) -> None:  # fmt: skip
    watching = adapter.watching
    assert watching is not None
    monkeypatch.setattr(watching._scopes, "demand", lambda: stored)
    monkeypatch.setattr(watching, "unread_secs", lambda: unread_secs)
    assert watching.demand() == pytest.approx(demand)


def test_where_nothing_is_read_in_time_statistics_are_left_out(
    adapter: PushAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = adapter.watching
    assert watching is not None
    monkeypatch.setattr(watching, "unread_secs", lambda: 2.0)
    adapter.run(60)
    assert watching.subscriptions.counted("thinned") > 0
