"""Why a VM or host is as it is: which rules spoke of it, on whose word, and what is waited for."""

from msgspec import Struct

ACCEPTED_MAX = REJECTED_MAX = 4
"""Of so many rules that counted, and of so many words that did not, is kept why."""


class Said(Struct, frozen=True, gc=False, omit_defaults=True):
    """One rule spoke. `host` is on whose word, empty where no host spoke; `asked` when the question
    left that it answered, None for what a host said by itself; `at` when it was decided last. Both
    are seconds since 1970. `changed`: the state changed by it. `times` counts the same again."""

    rule: str
    at: float
    host: str = ""
    asked: float | None = None
    about: str = ""
    times: int = 1
    changed: bool = False


class Waiting(Struct, frozen=True, gc=False):
    """A timer that will come due at `due`, seconds since 1970, unless it is taken back."""

    kind: str
    due: float


class Explanation(Struct, frozen=True, gc=False, omit_defaults=True):
    """Of one VM or host: the latest rules that counted, and the latest words that did not, oldest
    first; the timers that run. `changed_at` is when something new was said, seconds since 1970."""

    thing: str
    changed_at: float
    accepted: tuple[Said, ...] = ()
    rejected: tuple[Said, ...] = ()
    waiting: tuple[Waiting, ...] = ()
