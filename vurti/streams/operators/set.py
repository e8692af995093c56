"""set: what receivers are to read that no event says by itself."""

from collections.abc import Mapping

from reactivex import operators as ops

from vurti.events import Event, Label, Severity
from vurti.streams.derived import labelled
from vurti.streams.operator import Operator
from vurti.streams.sums import is_known


def set(  # the name that chains call it by
    labels: Mapping[str, Label] | None = None, severity: Severity | str | None = None
) -> Operator:
    """Put labels on each event, and say how bad it is.

    `severity` counts in place of what the event's marks say. A label that is there already is
    replaced. Nothing else about the event changes; its id becomes another, since its content does.

        -d-u--|
        set(severity="error")
        -d-u--|
    """
    given: dict[str, Label] = dict(labels or {})
    if severity is not None:
        given["severity"] = str(Severity(severity))

    def put(event: Event) -> Event:
        return event if is_known(event) else labelled(event, given)

    return ops.map(put)
