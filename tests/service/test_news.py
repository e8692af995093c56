"""What a process that only serves sees of a store that another one writes."""

from collections.abc import Callable
from typing import Any

from vurti.api.stream.hubs import Hubs
from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import StoreError
from vurti.model import Vds
from vurti.repository import VdsRecord
from vurti.service.news import CLUSTERS_SECS, LOOK_SECS, News


class _Store:
    """Ends of logs and clusters of hosts, as an AllReader tells them; it may fail."""

    def __init__(self) -> None:
        self.ends = {"system": 5}
        self.hosts = {"alpha": "east"}
        self.fails, self.looked_up = False, 0
        self.asked: list[str] = []

    def __call__(self, question: Callable[[Any], Any]) -> Any:
        if self.fails:
            raise StoreError("it is away")
        return question(self)

    def logs(self) -> "_Store":
        return self

    def bounds(self) -> dict[str, tuple[int, int]]:
        return {scope: (1, last) for scope, last in self.ends.items()}

    @property
    def vdss(self) -> "_Store":
        return self

    def clusters(self) -> dict[str, str]:
        self.looked_up += 1
        return dict(self.hosts)

    def get(self, host: str) -> VdsRecord | None:
        self.asked.append(host)
        cluster = self.hosts.get(host)
        return VdsRecord(Vds(host, cluster), 1, 0.0, "r") if cluster is not None else None


class _Grown(Hubs):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, int]] = []

    def grown(self, ends: Any) -> None:
        self.told.append(dict(ends))


def test_only_logs_that_have_grown_are_told_and_each_once() -> None:
    store = _Store()
    news = News(VirtualClock(), store)
    assert news.look() == {"system": 5}
    assert news.look() == {}
    store.ends = {"system": 7, "cluster.east": 1}
    assert news.look() == {"system": 7, "cluster.east": 1}
    store.ends["cluster.east"] = 2
    assert news.look() == {"cluster.east": 2}


def test_clusters_are_looked_up_where_something_is_new_and_not_too_often() -> None:
    clock, store = VirtualClock(), _Store()
    news = News(clock, store)
    news.look()
    assert (news.cluster_of("alpha"), store.looked_up) == ("east", 1)
    store.hosts["alpha"], store.ends["system"] = "west", 6
    news.look()
    assert (news.cluster_of("alpha"), store.looked_up) == ("east", 1)  # it was looked just now
    clock.run(until=clock.now() + CLUSTERS_SECS)
    news.look()
    assert (news.cluster_of("alpha"), store.looked_up) == ("west", 2)
    clock.run(until=clock.now() + CLUSTERS_SECS)
    news.look()
    assert store.looked_up == 2  # nothing is new


def test_the_cluster_of_a_host_that_is_new_is_looked_up_at_once_and_alone() -> None:
    store = _Store()
    news = News(VirtualClock(), store)
    news.look()
    store.hosts["beta"] = "west"
    assert [news.cluster_of(host) for host in ("beta", "beta", "alpha", "")] == [
        *("west", "west", "east", "")
    ]
    assert (store.asked, store.looked_up) == (["beta"], 1)
    assert news.cluster_of("nobody") == ""


def test_a_store_that_is_away_is_looked_at_again_until_it_is_back() -> None:
    clock, store, hubs = VirtualClock(), _Store(), _Grown()
    news = News(clock, store)
    news.look()
    following = clock.spawn(news.follow, hubs)
    store.fails = True
    clock.run(until=clock.now() + 10 * LOOK_SECS)
    assert hubs.told == []
    store.fails, store.ends["system"] = False, 9
    clock.run(until=clock.now() + 2 * LOOK_SECS)
    assert {"system": 9} in hubs.told
    following.kill()


def test_when_it_was_last_read_and_how_late_it_was_looked_for_is_known() -> None:
    clock, store = VirtualClock(), _Store()
    news = News(clock, store)
    following = clock.spawn(news.follow, _Grown())
    clock.run(until=clock.now() + 10 * LOOK_SECS)
    read_at = news.read_at
    assert clock.now() - read_at <= LOOK_SECS
    store.fails = True
    clock.run(until=clock.now() + 10 * LOOK_SECS)
    assert news.read_at == read_at
    assert news.lag_secs.count >= 19
    following.kill()
