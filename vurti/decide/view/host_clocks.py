"""The hosts' own clocks, each only ever compared with itself (contract 3)."""

from collections.abc import Iterator, Mapping

from vurti.decide.view.memory import HostClockForgotten, HostClockMemo


class HostClocks(Mapping[str, HostClockMemo]):
    """By VM the host that last spoke of it, and that host's clock then. `latest` is the latest time
    of a host's clock in any of its words, `anew` how often that may have begun anew."""

    def __init__(self) -> None:
        self.latest: dict[str, int] = {}
        self.anew: dict[str, int] = {}
        self._of: dict[str, HostClockMemo] = {}
        self._by: dict[str, dict[str, None]] = {}  # so that one host is forgotten without the fleet
        self.get = self._of.get  # type: ignore[method-assign] # asked for at each word of a host

    def __getitem__(self, vm: str) -> HostClockMemo:
        return self._of[vm]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def take(self, memo: HostClockMemo) -> None:
        """A host spoke of a VM."""
        vm, host, time = memo.vm, memo.host, memo.time
        past = self._of.get(vm)
        if past is None or past.host != host:
            self.forget(vm)
            self._by.setdefault(host, {})[vm] = None
        self._of[vm] = memo
        self.told(host, time)

    def told(self, host: str, time: int) -> None:
        """A host's clock stood there."""
        if time > self.latest.get(host, time - 1):
            self.latest[host] = time

    def forget(self, vm: str) -> None:
        """Nobody speaks of the VM any more."""
        past = self._of.pop(vm, None)
        if past is not None:
            self._by[past.host].pop(vm, None)

    def begin_anew(self, memo: HostClockForgotten) -> None:
        """A host was away: its past words bind it no more (10.5)."""
        for vm in self._by.pop(memo.host, ()):
            del self._of[vm]
        self.latest.pop(memo.host, None)
        self.anew[memo.host] = memo.times or self.anew.get(memo.host, 0) + 1
