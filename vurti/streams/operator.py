"""What an operator on events is."""

from collections.abc import Callable
from typing import TypeAlias

from reactivex import Observable

from vurti.events import Event

Operator: TypeAlias = Callable[[Observable[Event]], Observable[Event]]
