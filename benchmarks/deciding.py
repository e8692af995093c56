"""Deciding: what one answer about all VMs of a host costs, changed or not."""

from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import real_poll, side_by_side
from benchmarks.registry import OURS, Figure, Run, benchmark
from vurti.decide import decide
from vurti.model import PauseStatus, Snapshot, Stamped, Vm, VmReport, VmStatesAnswer, VmStatus
from vurti.testing.fold import Fold

POLLS, REAL_POLLS = 2000, 10_000
ROWS = {
    "30 VMs, nothing new": (30, 0),
    "30 VMs, one of them another": (30, 1),
    "300 VMs, nothing new": (300, 0),
    "300 VMs, three of them another": (300, 3),
}
"""So many VMs, and so many that change with each answer."""
FIELDS = VmReport.__struct_fields__


@benchmark("decide", "Deciding", "µs an answer of a host")
def deciding(run: Run) -> Iterator[Figure]:
    """Answers about all VMs of a host; each is another object, as from a wire, and the host's clock
    goes on. The limit compares each VM with what was known of it as a whole, the old way field by
    field. The last row is the same on the clock of production: from the beat over the stream and
    the sequencer to the updaters."""
    polls = run.many(POLLS)
    for row, (vms, changing) in ROWS.items():
        ways = {
            OURS: partial(folded, vms, changing, polls),
            "compare": partial(compared, vms, changing, polls, as_a_whole),
            "field by field": partial(compared, vms, changing, polls, _field_by_field),
        }
        yield from side_by_side.rounds(run.rounds, row, ways, polls)
    for _ in range(run.rounds):
        cost = 1e6 * real_poll.poll_secs(run.many(REAL_POLLS), 30)
        yield Figure("30 VMs, nothing new, from its beat on", OURS, cost)


def answers(vms: int, changing: int, polls: int) -> list[VmStatesAnswer]:
    """In each the next VMs in turn are paused, or go on."""
    paused: set[int] = set()
    made = []
    for number in range(polls):
        paused ^= {(number * changing + n) % vms for n in range(changing)}
        made.append(_answer(vms, number, paused))
    return made


def _answer(vms: int, clock: int, paused: set[int]) -> VmStatesAnswer:
    reports = {
        f"v{n}": VmReport(
            status=VmStatus.PAUSED if n in paused else VmStatus.UP, name=f"n{n}",
            pause_status=PauseStatus.ENOSPC if n in paused else PauseStatus.NONE,
        )
        for n in range(vms)
    }  # fmt: skip
    return VmStatesAnswer(reports, times=dict.fromkeys(reports, clock))


def folded(vms: int, changing: int, polls: int) -> Callable[[], None]:
    """As a scope does, view and all."""
    fold = Fold(*[Vm(f"v{n}", status=VmStatus.UP, run_on="A") for n in range(vms)])
    told = answers(vms, changing, polls)
    fold.at += 1
    fold.give(Snapshot("A", fold.at - 0.1, _answer(vms, -1, set())))

    def run() -> None:
        for one in told:
            fold.at += 1
            snapshot = Snapshot("A", fold.at - 0.1, one)
            fold.view.apply(decide(fold.view, Stamped(1, fold.at, fold.at, snapshot)))

    return run


def compared(
    vms: int, changing: int, polls: int, differs: Callable[[VmReport, VmReport], bool]
) -> Callable[[], None]:
    """Each VM with what was known of it."""
    told = answers(vms, changing, polls)
    known = dict(_answer(vms, -1, set()).vms)

    def run() -> None:
        for one in told:
            for vm, report in one.vms.items():
                if differs(known[vm], report):
                    known[vm] = report

    return run


def as_a_whole(known: VmReport, report: VmReport) -> bool:
    """By the comparison of msgspec."""
    return known != report


def _field_by_field(known: VmReport, report: VmReport) -> bool:
    return any(getattr(known, name) != getattr(report, name) for name in FIELDS)
