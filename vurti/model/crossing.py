"""What scopes tell each other: words of hosts about a VM that another scope has, and things that go
from one scope to another with all that is known of them."""

from math import inf
from typing import Any

from msgspec import Struct

from vurti.model.decision import Row, Timer
from vurti.model.inputs import Absence, VmReport


class Belongings(Struct, frozen=True, gc=False):
    """A VM or host that goes to another scope: its row, what the fold remembers of it (memos, see
    decide.view) and the timers that wait for it."""

    row: Row
    memory: tuple[Any, ...] = ()
    timers: tuple[Timer, ...] = ()


class Leave(Struct, frozen=True, gc=False):
    """These go to the scope `to`. `crossing` names this going, the same here and there: what both
    decide of it is stored in one transaction."""

    crossing: str
    to: str
    things: tuple[Belongings, ...]


class Join(Struct, frozen=True, gc=False):
    """These come from the scope `origin`, hosts first."""

    crossing: str
    origin: str
    things: tuple[Belongings, ...]


class Foreign(Struct, frozen=True, gc=False):
    """A VM of which a host of this scope speaks is another scope's, or is not any more. That the
    host `on`, one of this scope, has it no more is news there. `seq` is how far its events have
    come in a scope that has it no more: should it come here, it counts on."""

    vm: str
    foreign: bool = True
    on: str | None = None
    seq: int = 0


class ClockAnew(Struct, frozen=True, gc=False):
    """The clock of another scope's host may have begun anew, for the `times`th time: its past words
    bind it no more (10.5)."""

    host: str
    times: int


class Hearsay(Struct, frozen=True, gc=False):
    """A host of another scope speaks of a VM of this one. `report` is None where its complete
    answer does not have the VM.

    `started` is when the question left (None: a push), `time` the host's own clock in ms,
    `complete` that it was a complete answer, `restart` that the host was not heard since vurti
    began. How it was before this word: `listed_at` is when its last complete answer was asked for,
    `listed` that the VM was in it, `last_time` what its clock was then; `rebooted`: it was booted
    anew, and has not listed its VMs since.
    """

    host: str
    vm: str
    report: VmReport | None
    started: float | None = None
    complete: bool = False
    absence: Absence | None = None
    time: int | None = None
    restart: bool = False
    listed_at: float | None = None
    listed: bool = False
    last_time: int | None = None
    rebooted: bool = False


class Neighbours(Struct, frozen=True, gc=False):
    """How the hosts of all scopes are, as far as judgement here depends on it: which are `silent`
    (nobody can ask them), and of the other scopes' hosts how many are `connecting` and `judged`.
    What holds judgement is the whole process's, also in a scope that has begun later: since when
    it watches (`started_at`), until when it suspects itself, and since when it stood still no more.
    """

    silent: frozenset[str] = frozenset()
    connecting: int = 0
    judged: int = 0
    started_at: float = inf
    quiet_until: float = -inf
    stalled_until: float = -inf
