"""What waits between one who never waits and one who is slow: bounded by adding up."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class _Entry(NamedTuple, Generic[T]):
    item: T
    key: str
    since: float  # when the oldest part of the item was offered


class Mailbox(Generic[T]):
    """Items in the order of their arrival, at most `capacity` of them as long as adding up helps.

    Beyond it the two oldest items of one `key` become their sum, `add(older, newer)`, in the place
    of the newer one; where that is None both go. So items of one key never change their order.
    Where every item has a key of its own nothing can be added: it then grows, counts `over`, and
    `demand` asks those who feed it to feed less. Nothing in here yields.
    """

    def __init__(
        self,
        capacity: int,
        key: Callable[[T], str],
        add: Callable[[T, T], T | None],
        *,
        now: Callable[[], float],
    ) -> None:
        """`now` gives monotonic seconds. Raises ValueError for a capacity under 1."""
        if capacity < 1:
            raise ValueError(f"a mailbox needs a capacity of at least 1, not {capacity}")
        self.capacity = capacity
        self.sums = 0  # pairs that became one item, or none
        self.over = 0  # items that came beyond the capacity and could not be made room for
        self.peak = 0  # the most that ever waited
        self._key, self._add, self._now = key, add, now
        self._entries: OrderedDict[int, _Entry[T]] = OrderedDict()
        self._places: dict[str, deque[int]] = {}  # where the items of a key are, oldest first
        self._doubles: dict[str, None] = {}  # keys with two items or more, in the order they got so
        self._offered = 0
        self._demand = True

    def __len__(self) -> int:
        return len(self._entries)

    def offer(self, item: T) -> None:
        """Put it behind everything that waits."""
        key = self._key(item)
        self._offered += 1
        self._entries[self._offered] = _Entry(item, key, self._now())
        places = self._places.setdefault(key, deque())
        places.append(self._offered)
        if len(places) == 2:
            self._doubles[key] = None
        self._make_room()
        self.peak = max(self.peak, len(self._entries))
        if len(self._entries) >= self.capacity:
            self._demand = False

    def take(self, accept: Callable[[T], bool] | None = None, limit: int | None = None) -> list[T]:
        """Remove and return items from the front while `accept` says so, at most `limit`."""
        taken: list[T] = []
        while self._entries and (limit is None or len(taken) < limit):
            place = next(iter(self._entries))
            if accept is not None and not accept(self._entries[place].item):
                break
            taken.append(self._entries[place].item)
            self._remove(place)
        if 2 * len(self._entries) < self.capacity:
            self._demand = True
        return taken

    def demand(self) -> bool:
        """False from the capacity on, True again once less than half of it waits."""
        return self._demand

    @property
    def oldest_at(self) -> float | None:
        """When the oldest of what waits was offered, also where it has become part of a sum.
        None where nothing waits. Costs a look at every item: meant for metrics."""
        return min((entry.since for entry in self._entries.values()), default=None)

    def _make_room(self) -> None:
        while len(self._entries) > self.capacity:
            if not self._doubles:
                self.over += 1
                return
            self._add_up(next(iter(self._doubles)))

    def _add_up(self, key: str) -> None:
        places = self._places[key]
        older, newer = places[0], places[1]
        first, second = self._entries[older], self._entries[newer]
        total = self._add(first.item, second.item)
        self.sums += 1
        self._remove(older)
        if total is None:
            self._remove(newer)
        else:
            self._entries[newer] = _Entry(total, key, first.since)

    def _remove(self, place: int) -> None:
        """`place` is always the oldest of its key."""
        key = self._entries.pop(place).key
        places = self._places[key]
        places.popleft()
        if len(places) < 2:
            self._doubles.pop(key, None)
        if not places:
            del self._places[key]
