"""split: one stream into several, each event into exactly one."""

from collections.abc import Mapping

from reactivex import operators as ops

from vurti.events import Event
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.conditions import Condition
from vurti.streams.operator import Operator


def split(
    into: Mapping[str, str], rest: str = "rest", which: str = "", around: Around = NOTHING_KNOWN
) -> Operator:
    """Give each event to the first of the parts whose condition holds, or else to the `rest`.

    It is the last step of a chain: of the stream NAME each part is then a stream NAME.PART, and
    NAME itself still has every event. By hand, `which` says the part that is wanted.

        -d-u--p---|
        split({"down": "status == 'Down'", "up": "status == 'Up'"}, which="down")
        -d--------|

        -d-u--p---|
        split({"down": "status == 'Down'", "up": "status == 'Up'"}, which="rest")
        ------p---|
    """
    parts = [(name, Condition(said)) for name, said in into.items()]
    if which and which not in (*into, rest):
        raise ValueError(f"split: there is no part {which!r}; there are {', '.join((*into, rest))}")

    def goes_to(event: Event) -> str:
        return next((name for name, said in parts if said.holds(event, around)), rest)

    return ops.filter(lambda event: not which or goes_to(event) == which)
