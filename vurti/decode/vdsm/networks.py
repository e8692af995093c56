"""Which networks a host has, and which of its interfaces carries which."""

from collections.abc import Iterator, Mapping

from vurti.decode.vdsm.scalars import text
from vurti.decode.vdsm.shapes import named, texts, truth
from vurti.model import Network, Nic


def networks(told: Mapping[str, object]) -> tuple[Network, ...] | None:
    """Its networks by name; None where it does not tell of any, which is not the same as none."""
    value = told.get("networks")
    if not isinstance(value, dict):
        return None
    return tuple(Network(name, truth(of.get("bridged"))) for name, of in sorted(named(value)))


def nics(told: Mapping[str, object]) -> tuple[Nic, ...] | None:
    """Its cards, bonds and VLANs by name, with what each carries."""
    if not any(isinstance(told.get(kind), dict) for kind in ("nics", "bondings", "vlans")):
        return None
    cards = {name: Nic(name) for name, _ in named(told.get("nics"))}
    bonds = {
        name: Nic(name, slaves=texts(of.get("slaves")) or ())
        for name, of in named(told.get("bondings"))
    }
    vlans = {
        name: Nic(name, base=text(of.get("iface")) or None) for name, of in named(told.get("vlans"))
    }
    made = cards | bonds | vlans
    carried = _carried(told, set(made))
    return tuple(
        Nic(name, tuple(carried.get(name, ())), made[name].slaves, made[name].base)
        for name in sorted(made)
    )


def _carried(told: Mapping[str, object], known: set[str]) -> dict[str, list[str]]:
    carried: dict[str, list[str]] = {}
    for network, of in sorted(named(told.get("networks"))):
        for nic in _below(of):
            if nic in known:
                carried.setdefault(nic, []).append(network)
    return carried


def _below(of: Mapping[str, object]) -> Iterator[str]:
    """The interface under a network. Where a host does not name it, it is among the ports of the
    network's bridge, or is the interface that a network without a bridge is made of."""
    if southbound := text(of.get("southbound")):
        yield southbound
        return
    yield from texts(of.get("ports")) or ()
    if iface := text(of.get("iface")):
        yield iface
