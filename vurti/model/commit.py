"""What is written together, and what is found again at start."""

from msgspec import Struct

from vurti.events import Event
from vurti.model.decision import Row


class Commit(Struct, frozen=True, gc=False):
    """A prefix of whole decisions of one scope: the last row of each thing, and every event in the
    order decided. It is written in one transaction or not at all (contract 7)."""

    number_first: int
    number_last: int
    vdss: tuple[Row, ...] = ()
    vms: tuple[Row, ...] = ()
    events: tuple[Event, ...] = ()


class Loaded(Struct, frozen=True, gc=False):
    """What a scope's store holds at start. `epoch` was raised for this start, `nonce` is this
    start's own: together with the scope they make the ids of its events unique for ever."""

    scope: str
    epoch: int
    nonce: str
    vdss: tuple[Row, ...] = ()
    vms: tuple[Row, ...] = ()


class Logged(Struct, frozen=True, gc=False):
    """An event where the log has it. `cursor` is gapless in its scope; `committed_at` wall time."""

    cursor: int
    committed_at: float
    event: Event
