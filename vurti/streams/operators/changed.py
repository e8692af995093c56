"""changed: only what touches what one cares about."""

from collections.abc import Callable, Iterable

from reactivex import operators as ops

from vurti.events import Event, VdsJoinedScope, VdsLeftScope, VmJoinedScope, VmLeftScope
from vurti.streams.around import NOTHING_KNOWN
from vurti.streams.conditions import FIELDS
from vurti.streams.operator import Operator
from vurti.streams.sums import is_known

CROSSING = (VmLeftScope, VmJoinedScope, VdsLeftScope, VdsJoinedScope)
"""The same thing as before, in the books of another scope."""


def changed(fields: Iterable[str]) -> Operator:
    """Let those events pass in which one of these parts of the thing's state is not as it was.

    They are named as in `before.NAME` and `after.NAME` of a condition: `status`, `run_on`,
    `guest.ip`. A thing that was added or removed has them all changed, where it has them; one that
    goes on in another scope has none. What is known passes: news begin with it.

        -d-u--p-|
        changed(["run_on"])
        --------|

        -d-u--p-|
        changed(["pause_status", "status"])
        -d-u--p-|
    """
    pairs = [_pair(name) for name in fields]

    def passes(event: Event) -> bool:
        if isinstance(event, CROSSING):
            return False
        return is_known(event) or any(differs(event) for differs in pairs)

    return ops.filter(passes)


def _pair(name: str) -> Callable[[Event], bool]:
    try:
        before, after = FIELDS[f"before.{name}"].of, FIELDS[f"after.{name}"].of
    except KeyError:
        raise ValueError(f"changed: there is no {name!r} in the state of a VM or host") from None
    return lambda event: before(event, NOTHING_KNOWN) != after(event, NOTHING_KNOWN)
