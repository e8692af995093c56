"""What all connections of one clock, or of one event loop, have in common."""

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary, ref

K = TypeVar("K")
T = TypeVar("T")


class SharedBy(Generic[K, T]):
    """The one thing of each key: made for the first who asks, and the same for all others as long
    as anybody holds it. So it goes with the last of them, also where it holds its key itself."""

    def __init__(self, make: Callable[[K], T]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[K, ref[T]] = WeakKeyDictionary()

    def __call__(self, key: K) -> T:
        made = self._made.get(key)
        one = made() if made is not None else None
        if one is None:
            one = self._make(key)
            self._made[key] = ref(one)
        return one
