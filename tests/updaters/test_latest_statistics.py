"""Which statistics are due for storing: as a model that looks at all of them each time."""

from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.model import VdsStatistics
from vurti.model.decision import Statistics
from vurti.updaters.latest import LatestStatistics

EVERY_SECS = 15.0
HOSTS = ("a", "b")
MOMENTS = st.sampled_from([0.25, 5.0, 7.5, 14.9, 15.0])
RARELY = st.sampled_from([False, False, False, True])


class _Model:
    """The same, plainly."""

    def __init__(self) -> None:
        self.waiting: dict[str, dict[bool, tuple[Statistics, int]]] = {}
        self.handed_on: dict[str, float] = {}
        self.offered: dict[str, float] = {}
        self.fresh: set[str] = set()

    def offer(self, one: Statistics, number: int, now: float) -> None:
        if now - self.offered.get(one.host, -inf) >= EVERY_SECS / 2:
            self.fresh.add(one.host)
        self.offered[one.host] = now
        self.waiting.setdefault(one.host, {})[one.vds is not None] = one, number

    def due(self, number_max: int, everything: bool, now: float) -> list[Statistics]:
        hosts = [
            host
            for host, kept in self.waiting.items()
            if (everything or host in self.fresh or self.has_waited(host, now))
            and all(number <= number_max for _, number in kept.values())
        ]
        self.handed_on.update(dict.fromkeys(hosts, now))
        self.fresh.difference_update(hosts)
        return [one for host in hosts for one, _ in self.waiting.pop(host).values()]

    def has_waited(self, host: str, now: float) -> bool:
        return self.handed_on.get(host, -inf) + EVERY_SECS <= now

    def put_back(self, statistics: list[Statistics]) -> None:
        for one in statistics:
            self.waiting.setdefault(one.host, {}).setdefault(one.vds is not None, (one, 0))

    def forget(self, host: str) -> None:
        for kept in (self.waiting, self.handed_on, self.offered):
            kept.pop(host, None)
        self.fresh.discard(host)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("offer"), st.sampled_from(HOSTS), st.booleans(), RARELY),
        st.tuples(st.just("due"), RARELY, RARELY, RARELY),
        st.tuples(st.just("forget"), st.sampled_from(HOSTS)),
        st.tuples(st.just("wait"), MOMENTS),
    ),
    min_size=10,
    max_size=60,
)


@settings(max_examples=300)
@given(STEPS)
def test_what_is_due_is_what_who_looks_at_all_would_say(steps: list[tuple[object, ...]]) -> None:
    now, number = 100.0, 0
    model, latest = _Model(), LatestStatistics(EVERY_SECS, lambda: now)
    for step in steps:
        match step:
            case ("offer", str(host), bool(own), bool(ahead)):
                number += 1
                one = Statistics(host, number, VdsStatistics() if own else None)
                model.offer(one, number + ahead, now)
                latest.offer(one, number + ahead)
            case ("due", bool(behind), bool(everything), bool(refused)):
                told = latest.due(number - behind, everything)
                known = model.due(number - behind, everything, now)
                assert sorted(told, key=_place) == sorted(known, key=_place)
                if refused:
                    model.put_back(known)
                    latest.put_back(told)
            case ("forget", str(host)):
                model.forget(host)
                latest.forget(host)
            case ("wait", float(secs)):
                now += secs
        assert len(latest) == len(model.waiting)


def _place(one: Statistics) -> tuple[str, bool]:
    return one.host, one.vds is not None


def test_who_was_handed_on_before_his_time_is_due_again_from_then_on() -> None:
    now = 100.0
    latest = LatestStatistics(EVERY_SECS, lambda: now)
    latest.offer(Statistics("a", 1), 1)
    assert latest.due(1)
    latest.offer(Statistics("a", 2), 2)  # due at 115 by itself
    now = 105.0
    assert latest.due(2, everything=True)
    latest.offer(Statistics("a", 3), 3)
    now = 119.9
    assert not latest.due(3)
    now = 120.0
    assert latest.due(3)
