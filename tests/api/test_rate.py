"""How often somebody may do something."""

from vurti.api.access import rate
from vurti.api.access.rate import Rate


class _Time:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_so_many_at_once_and_then_as_many_as_the_rate_allows() -> None:
    now = _Time()
    limit = Rate(0.5, 3, now)
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0]
    assert limit.take("a") == 2.0
    now.at = 2.0
    assert limit.take("a") == 0.0
    assert limit.take("a") == 2.0
    assert limit.refused == 2


def test_one_does_not_use_up_what_another_may() -> None:
    limit = Rate(1.0, 1, _Time())
    assert limit.take("a") == 0.0
    assert limit.take("b") == 0.0
    assert limit.take("a") == 1.0


def test_nobody_gathers_more_than_so_many() -> None:
    now = _Time()
    limit = Rate(1.0, 2, now)
    limit.take("a")
    now.at = 1e6
    assert [limit.take("a") for _ in range(3)] == [0, 0, 1.0]


def test_what_is_remembered_is_bounded() -> None:
    limit = Rate(1.0, 1, _Time())
    for number in range(rate.KEYS_MAX + 5):
        limit.take(str(number))
    assert len(limit) == rate.KEYS_MAX
    assert limit.take(str(rate.KEYS_MAX + 4)) > 0
