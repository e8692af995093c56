"""The other scopes tell which VMs are theirs, and how their hosts are."""

from vurti.decide.draft import Draft
from vurti.decide.view import ForeignMemo, HostClockForgotten, NeighboursMemo, SeqMemo, SpokenMemo
from vurti.model import ClockAnew, Foreign, Neighbours


def foreign(said: Foreign, draft: Draft) -> None:
    """From now on words about the VM are another scope's to decide, or are ours."""
    draft.memo(ForeignMemo(said.vm, said.foreign))
    if said.seq:
        draft.memo(SeqMemo(said.vm, said.seq))
    if said.on is not None:
        draft.memo(SpokenMemo(said.vm, said.on, True))


def clock_anew(said: ClockAnew, draft: Draft) -> None:
    """What that host had said before binds it no more."""
    draft.memo(HostClockForgotten(said.host, said.times))


def neighbours(said: Neighbours, draft: Draft) -> None:
    """What judgement here depends on of the hosts of other scopes."""
    draft.memo(NeighboursMemo(said))
