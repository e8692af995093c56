"""only: what somebody wants to hear of."""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from reactivex import operators as ops

from vurti.events import Event
from vurti.model import Vds, Vm
from vurti.streams.operator import Operator


def only(
    kinds: Iterable[str] = (),
    vms: Iterable[str] = (),
    hosts: Iterable[str] = (),
    statuses: Iterable[str] = (),
) -> Operator:
    """Let those events pass that fit everything given; what is left empty fits all.

    `kinds` are names of events; `vms` ids or names of VMs, `hosts` ids of hosts, both with `*` and
    `?`: a VM's event fits the host that holds it before or after. `statuses` are of the thing
    after the event, or before it where it was removed.

        -d-u--d-u-|
        only(statuses=["Down"])
        -d----d---|
    """
    wanted = [
        fits
        for fits in (
            _among(tuple(kinds), _kind),
            _among(tuple(vms), _vm),
            _among(tuple(hosts), _hosts),
            _among(tuple(statuses), _status),
        )
        if fits is not None
    ]
    return ops.filter(lambda event: all(fits(event) for fits in wanted))


def _among(
    patterns: tuple[str, ...], texts: Callable[[Event], set[str]]
) -> Callable[[Event], bool] | None:
    """Whether one of an event's texts is among the patterns; None where nothing was asked."""
    if not patterns:
        return None
    return lambda event: any(
        fnmatchcase(text, pattern) for text in texts(event) for pattern in patterns
    )


def _kind(event: Event) -> set[str]:
    return {event.kind}


def _vm(event: Event) -> set[str]:
    return {text for end in _ends(event) if isinstance(end, Vm) for text in (end.id, end.name)}


def _hosts(event: Event) -> set[str]:
    ends = _ends(event)
    found = {end.run_on if isinstance(end, Vm) else end.id for end in ends}
    return {host for host in found if host is not None}


def _status(event: Event) -> set[str]:
    end = event.before if event.after is None else event.after
    return set() if end is None else {str(end.status)}


def _ends(event: Event) -> list[Vm | Vds]:
    return [end for end in (event.before, event.after) if end is not None]
