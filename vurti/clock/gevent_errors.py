"""What a greenlet raises that nobody waits for."""

from collections.abc import Callable
from typing import Any

import gevent


def tell_errors(tell: Callable[[BaseException], object]) -> None:
    """Have it told so, in the place of gevent's own words on stderr, which nobody looks over."""

    def told(_context: object, _kind: object, error: Any, _trace: object) -> None:
        if isinstance(error, BaseException):
            tell(error)

    gevent.get_hub().print_exception = told  # type: ignore[method-assign, assignment]  # gevent has no other way
