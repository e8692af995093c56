"""What figures are read of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from vurti.adapter import PushAdapter, Writing
from vurti.adapter.pipeline import Pipeline
from vurti.api.counts import ApiCounts
from vurti.api.inside import Inside, here
from vurti.api.progress import Progress
from vurti.streams.histogram import Histogram


class Logged(NamedTuple):
    """What the program's log has counted: its lines by their level, what was left out of them,
    secrets that were taken out, and lines that could not be written."""

    lines: Mapping[str, int] = {}
    left_out: int = 0
    redacted: int = 0
    failed: int = 0


class Process(Protocol):
    """What any process of vurti that answers has. `logged` is of the program's log, `api` what the
    API has counted, `lag_secs` how late a task woke. All of it is read `inside`, in one go."""

    @property
    def lag_secs(self) -> Histogram: ...

    @property
    def logged(self) -> Callable[[], Logged]: ...

    @property
    def api(self) -> ApiCounts: ...

    @property
    def inside(self) -> Inside: ...

    @property
    def scope_names(self) -> Iterable[str]: ...


class Server(NamedTuple):
    """One that serves a store, and watches nothing."""

    lag_secs: Histogram
    logged: Callable[[], Logged]
    api: ApiCounts
    inside: Inside = here
    scope_names: Iterable[str] = ()


class Scope(NamedTuple):
    """One scope of an adapter."""

    name: str
    pipeline: Pipeline
    writing: Writing


NOTHING_SERVED = ApiCounts()


class Watched(NamedTuple):
    """A running adapter, and who looks at its progress. `log_bounds` are the first and last cursor
    that the log of each scope was lately seen to have."""

    adapter: PushAdapter
    progress: Progress
    log_bounds: Callable[[], Mapping[str, tuple[int, int]]]
    logged: Callable[[], Logged] = Logged
    api: ApiCounts = NOTHING_SERVED
    inside: Inside = here

    @property
    def lag_secs(self) -> Histogram:
        return self.progress.lag_secs

    @property
    def scope_names(self) -> Iterable[str]:
        return self.adapter.scopes

    @property
    def scopes(self) -> Iterator[Scope]:
        """Each with what decides and what stores it."""
        for name, scope in self.adapter.scopes.items():
            yield Scope(name, scope.pipeline, scope.writing)
