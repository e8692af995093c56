"""What waits between one who never waits and one who is slow: bounded by adding up."""

import heapq
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
STALE_MAX = 64
"""So many ages of what is gone may be remembered before they are worth a clean-up."""


class _Entry(NamedTuple, Generic[T]):
    item: T
    key: str
    since: float  # when the oldest part of the item was offered


class Mailbox(Generic[T]):
    """Items in the order of their arrival, at most `capacity` of them as long as adding up helps.

    Beyond it the two oldest items of one `key` become their sum, `add(older, newer)`, in the place
    of the newer one; where that is None both go. So items of one key never change their order.
    Where every item has a key of its own nothing can be added: it then grows, counts `over`, and
    `demand` asks those who feed it to feed less. So there are never more than `capacity`, or as
    many as there are keys, whichever is more. Nothing in here yields.
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
        self._ages: list[tuple[float, int]] = []  # a heap: when the oldest of what is where came
        self._offered = 0
        self._full = False

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def offered(self) -> int:
        """How much was ever put in."""
        return self._offered

    def offer(self, item: T) -> None:
        """Put it behind everything that waits."""
        key = self._key(item)
        self._offered += 1
        self._keep(self._offered, _Entry(item, key, self._now()))
        places = self._places.setdefault(key, deque())
        places.append(self._offered)
        if len(places) == 2:
            self._doubles[key] = None
        self._make_room()
        self.peak = max(self.peak, len(self._entries))
        if len(self._entries) >= self.capacity:
            self._full = True

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
            self._full = False
        return taken

    def demand(self) -> float:
        """How much more is wanted: 1 as long as less than half of the capacity waits, then less and
        less down to 0 at the capacity; from there on 0 until less than half of it waits again."""
        if self._full:
            return 0.0
        return min(1.0, 2.0 * (1.0 - len(self._entries) / self.capacity))

    @property
    def front_at(self) -> float | None:
        """When what is taken next was offered, or the oldest part of it; None where nothing is."""
        for entry in self._entries.values():
            return entry.since
        return None

    @property
    def oldest_at(self) -> float | None:
        """When the oldest of what waits was offered, also where it has become part of a sum.
        None where nothing waits."""
        ages = self._ages
        while ages and not self._is_so(*ages[0]):
            heapq.heappop(ages)
        return ages[0][0] if ages else None

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
            self._keep(newer, _Entry(total, key, first.since))

    def _keep(self, place: int, entry: _Entry[T]) -> None:
        self._entries[place] = entry
        heapq.heappush(self._ages, (entry.since, place))
        if len(self._ages) > 2 * len(self._entries) + STALE_MAX:
            self._ages = [(one.since, place) for place, one in self._entries.items()]
            heapq.heapify(self._ages)

    def _is_so(self, since: float, place: int) -> bool:
        entry = self._entries.get(place)
        return entry is not None and entry.since == since

    def _remove(self, place: int) -> None:
        """`place` is always the oldest of its key."""
        key = self._entries.pop(place).key
        places = self._places[key]
        places.popleft()
        if len(places) < 2:
            self._doubles.pop(key, None)
        if not places:
            del self._places[key]
