"""The states of VMs. vdsm lists VMs that ended until somebody destroys them, with their reason."""

from collections.abc import Sequence
from operator import attrgetter

from vurti.decode.vdsm.known import Known, ids
from vurti.decode.vdsm.reading import parsed_and_read, read, read_json, usable
from vurti.decode.vdsm.records import NAMELESS, LunRecord, QuickRecord, StateRecord
from vurti.decode.vdsm.report import partial_report
from vurti.decode.vdsm.scalars import integer
from vurti.model import Absence, VmStatesAnswer

_CLOCK = attrgetter("status_time")
_Read = tuple[Sequence[StateRecord], tuple[str, ...]]


def vm_states(stats: Sequence[object], known: Known | None = None) -> VmStatesAnswer:
    """The answer to a poll of all VMs, from the parsed list of their statistics. Raises
    VdsmDecodeError for what is not a list."""
    return answer(*read(stats, StateRecord), known or Known())


def vm_states_json(body: bytes, known: Known | None = None) -> VmStatesAnswer:
    """The same from the JSON of that list. Raises VdsmDecodeError."""
    known = known or Known()
    told: _Read = _read_json(body, known) or parsed_and_read(body, StateRecord)
    return answer(*told, known)


def _read_json(body: bytes, known: Known) -> _Read | None:
    """All at once; None where anything is in the way of that. A host that has LUNs is expected to
    have some the next time as well."""
    if not known.luns and (told := read_json(body, QuickRecord)) is not None:
        for one in told[0]:
            one.disks = None  # their being no LUNs is no news, and nothing to be kept
        return told
    with_luns = read_json(body, LunRecord)
    known.luns = with_luns is not None
    return with_luns


def vm_list(result: object) -> VmStatesAnswer | list[str]:
    """What a list of VMs tells: ids alone, or ids with their status and nothing else of them.
    Raises VdsmDecodeError for what is not a list."""
    if (
        isinstance(result, list)
        and result
        and all(isinstance(one, str) and usable(one) for one in result)
    ):
        return [str(one) for one in result]
    return answer(*read(result, StateRecord), Known(partial_report))


def answer(
    records: Sequence[StateRecord], unreadable: tuple[str, ...], known: Known
) -> VmStatesAnswer:
    """All VMs of a host. One that is unreadable is named; where it does not even tell its id, it
    could be any that seems to be missing, so that the answer proves no absence."""
    complete = NAMELESS not in unreadable
    clocks = [*map(_CLOCK, records)]
    reports = known.reports(records)
    told = zip(ids(records, reports), clocks, strict=True)
    times = {vm: time for vm, clock in told if (time := integer(clock)) is not None}
    return VmStatesAnswer(reports, complete, Absence.GONE, unreadable, times)
