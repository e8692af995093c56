"""What to call a subscriber, so that somebody finds it."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from reactivex import Observable, abc

from vurti.streams.lane import LaneScheduler

T = TypeVar("T")
_INSIDE = ("reactivex", "vurti.streams", "vurti.adapter")


def named(name: str) -> Callable[[Observable[T]], Observable[T]]:
    """In the `pipe` of a live stream: its subscriber is called so in logs and figures, instead of
    by the place where it subscribed."""

    def operator(source: Observable[T]) -> Observable[T]:
        def subscribe(
            observer: abc.ObserverBase[T], scheduler: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            if isinstance(scheduler, LaneScheduler):
                scheduler.lane.name = name
            return source.subscribe(observer, scheduler=scheduler)

        return Observable(subscribe)

    return operator


def called(observer: abc.ObserverBase[Any]) -> str:
    """The function that is told, and the file and line that subscribed it. reactivex wraps what it
    is given: an observer that holds a function or a method of ours."""
    told = function_name(getattr(observer, "_on_next", None))
    return f"{told} at {_site()}" if told else _site()


def function_name(function: Any) -> str:
    """As it is called where it is defined; "" where it has no name."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, ModuleType):
        return f"{type(owner).__qualname__}.{getattr(function, '__name__', '')}"
    return str(getattr(function, "__qualname__", "") or "")


def _site() -> str:
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_inside(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _is_inside(module: str) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in _INSIDE)
