"""where: what somebody wants to hear of, in a sentence."""

from reactivex import operators as ops

from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.conditions import Condition
from vurti.streams.operator import Operator


def where(condition: str, around: Around = NOTHING_KNOWN) -> Operator:
    """Let those events pass of which a condition holds.

    Below is how a condition is written. Raises ConditionError, a ValueError, for one that cannot
    be read.

        -d-u--d-u-|
        where("status == 'Down' and kind != 'VmKnown'")
        -d----d---|
    """
    said = Condition(condition)
    return ops.filter(lambda event: said.holds(event, around))
