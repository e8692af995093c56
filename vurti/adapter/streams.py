"""Every stream of an adapter by its name: those that are always there, and the configuration's."""

from collections.abc import Callable, Iterable
from typing import Any

from reactivex import Observable

from vurti.adapter.live import Live
from vurti.adapter.parts import Parts
from vurti.decide import View
from vurti.model import Intent, Poll, Vds, VmFacts
from vurti.streams.bulkhead import SharedStream
from vurti.streams.definition import Definitions
from vurti.streams.named import Difference, NamedStreams


class Streams:
    """`shared` are those that are always there; of all but the intents others can be made."""

    def __init__(
        self,
        parts: Parts,
        polls: SharedStream[Poll],
        live: Live,
        intents: SharedStream[Intent],
    ) -> None:
        roots: dict[str, SharedStream[Any]] = {
            "polls": polls, "hosts": live.hosts, "vms": live.vms,
        }  # fmt: skip
        self.shared = {**roots, "intents": intents}
        known = Known(lambda: live.views)
        self.named = NamedStreams(parts.clock, roots, parts.streams, known, parts.subscribers)

    def __getitem__(self, name: str) -> Observable[Any]:
        """The stream of that name. Raises KeyError with the names that there are."""
        if name in self.shared:
            return self.shared[name].observable
        try:
            return self.named[name]
        except KeyError:
            known = ", ".join((*self.shared, *self.named.names))
            raise KeyError(f"no stream {name!r}; there are {known}") from None

    def reload(self, definitions: Definitions) -> Difference:
        """See NamedStreams."""
        return self.named.reload(definitions)


class Known:
    """What operators may ask about, as the views have it: see vurti.streams.around."""

    def __init__(self, views: Callable[[], Iterable[View]]) -> None:
        self._views = views

    def facts(self, vm: str) -> VmFacts | None:
        found = (view.facts.get(vm) for view in self._views())
        return next((one for one in found if one is not None), None)

    def cluster(self, host: str) -> str:
        for view in self._views():
            known = (view.hosts or {}).get(host)
            if known is not None and known.cluster:
                return known.cluster
            row = view.vdss.get(host)
            if row is not None and isinstance(row.value, Vds) and row.value.cluster:
                return row.value.cluster
        return ""
