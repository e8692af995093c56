"""How far a hand-over of a VM is, as its hosts have told so far.

Derived from the record and from what is remembered beside it, so that it survives a restart of
vurti as far as the record tells it. `handover` has what each word of a host makes of each phase.
"""

from enum import StrEnum

from vurti.decide.view import VmMemory
from vurti.model import Vm, VmStatus


class Phase(StrEnum):
    """From nothing to the end of the story, and where two hosts contradict each other."""

    SETTLED = "settled"  # its host has it, and no other host speaks of it
    LEAVING = "leaving"  # its host says that it migrates away
    ARRIVING = "arriving"  # another host says that it receives it
    LEFT = "left"  # its host has it no more by migration, and nobody has said who has
    HANDED_OVER = "handed over"  # its source has done with it; its destination has not spoken yet
    CLAIMED = "claimed"  # another host says that it runs it; its own host is being asked
    DENIED = "denied"  # its own host says that it runs it too; the other is being asked
    SPLIT = "split"  # both have said so again


def phase(known: Vm | None, memory: VmMemory) -> Phase:
    """The phase of a VM; where two would hold, the later in the story."""
    if memory.split:
        return Phase.SPLIT
    if memory.claims:
        denied = any(claim.denied_at is not None for claim in memory.claims)
        return Phase.DENIED if denied else Phase.CLAIMED
    if memory.left_at is not None:
        return Phase.LEFT
    if memory.incoming is not None:
        return Phase.ARRIVING
    match known:
        case Vm(status=VmStatus.MIGRATING_TO):
            return Phase.HANDED_OVER
        case Vm(status=VmStatus.MIGRATING_FROM):
            return Phase.LEAVING
        case _:
            return Phase.SETTLED
