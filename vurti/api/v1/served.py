"""What the API is about: handed in, so that it can be served from anything that can answer."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypedDict, TypeVar, Unpack

from vurti.model import Awaited
from vurti.repository import AllReader

T = TypeVar("T")

PREFIX = "/api/v1"


class Ask(Protocol):
    """Puts a question to the store, somewhere where it may block; raises StoreError."""

    def __call__(self, question: Callable[[AllReader], T]) -> T: ...


class More(TypedDict, total=False):
    """What may be said of an announcement besides; see PushAdapter.expect."""

    host: str | None
    job: str | None
    why: str
    secs: float | None


class Announce(Protocol):
    """PushAdapter.expect: returns the id of the expectation once it is stored. Raises Refused,
    StoreError, and ValueError for what cannot be announced."""

    def __call__(self, kind: Awaited | str, thing: str, **more: Unpack[More]) -> str: ...


class Served(NamedTuple):
    """`wall` gives seconds since 1970. A host that was not heard for `stale_secs` is stale.
    `cluster_of` names a host's cluster, "" where it is not known. `running` gives figures of the
    vurti that serves, by the name of its part; `answered` is told the status of each answer.
    `announce` and `cancel` are there where things may be announced through the API."""

    ask: Ask
    wall: Callable[[], float]
    stale_secs: float
    cluster_of: Callable[[str], str] = lambda _host: ""
    running: Mapping[str, Callable[[], Any]] = {}
    answered: Callable[[int], None] = lambda _status: None
    announce: Announce | None = None
    cancel: Callable[[str], None] | None = None
