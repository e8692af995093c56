"""What a scope knows of the others: which VMs are theirs, which hosts of theirs speak of its own,
and how their hosts are as far as judgement here depends on it."""

from msgspec import Struct

from vurti.model import Neighbours


class ForeignMemo(Struct, frozen=True, gc=False):
    """The VM is another scope's, or is not any more."""

    vm: str
    foreign: bool


class SpokenMemo(Struct, frozen=True, gc=False):
    """The host, one of ours, speaks of a VM of another scope, or does not any more: that its
    complete answer lacks it is news there."""

    vm: str
    host: str
    speaks: bool


class AbroadMemo(Struct, frozen=True, gc=False):
    """The host, one of another scope, lists a VM of ours, or does not any more."""

    vm: str
    host: str
    lists: bool


class GoneMemo(Struct, frozen=True, gc=False):
    """The VM or host has left for another scope: whatever was promised of it is kept there."""

    thing: str


class NeighboursMemo(Struct, frozen=True, gc=False):
    """The hosts of all scopes are so."""

    neighbours: Neighbours


Memo = ForeignMemo | SpokenMemo | AbroadMemo | NeighboursMemo


class Neighbourhood:
    """To be read only; `take` is for the view."""

    def __init__(self) -> None:
        self.hosts = Neighbours()
        self.foreign: dict[str, None] = {}
        self.abroad: dict[str, dict[str, None]] = {}
        self._spoken: dict[str, dict[str, None]] = {}

    def spoken_of(self, host: str) -> dict[str, None]:
        """The VMs of other scopes of which a host of ours speaks."""
        return self._spoken.get(host, _NONE)

    def speakers(self, vm: str) -> list[str]:
        """The hosts of ours that speak of a VM of another scope."""
        return [host for host, vms in self._spoken.items() if vm in vms]

    def take(self, memo: Memo) -> None:
        match memo:
            case ForeignMemo(vm=vm, foreign=foreign):
                _put(self.foreign, vm, foreign)
            case SpokenMemo(vm=vm, host=host, speaks=speaks):
                _put_under(self._spoken, host, vm, speaks)
            case AbroadMemo(vm=vm, host=host, lists=lists):
                _put_under(self.abroad, vm, host, lists)
            case NeighboursMemo(neighbours=neighbours):
                self.hosts = neighbours

    def forget(self, thing: str) -> None:
        """Nobody speaks any more of this VM, nor this host of any."""
        self.abroad.pop(thing, None)
        self._spoken.pop(thing, None)


def _put(among: dict[str, None], one: str, there: bool) -> None:
    if there:
        among[one] = None
    else:
        among.pop(one, None)


def _put_under(among: dict[str, dict[str, None]], key: str, one: str, there: bool) -> None:
    _put(among.setdefault(key, {}), one, there)
    if not among[key]:
        del among[key]


_NONE: dict[str, None] = {}
