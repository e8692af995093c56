"""Admission: may this word about a VM count, or is it older than what is known? (contract 3)"""

import math

from msgspec import UNSET, Struct

from vurti.decide.draft import Draft
from vurti.decide.view import HostClockMemo, VdsMemory, View
from vurti.model import Absence, Push, Snapshot, VmReport, VmStatesAnswer


class Word(Struct, frozen=True, gc=False):
    """A host speaks. `started` is when the question left (a push: when it came in), `time` the
    host's own clock for a whole message and `times` for each VM, `restart` that it was not heard
    since vurti began, `absence` what it means on this host that a VM is not listed, None where no
    host speaks; `complete` that it names all its VMs, `referred` that it is another scope's host.
    """

    host: str
    at: float
    started: float
    pushed: bool
    absence: Absence | None = None
    time: int | None = None
    times: dict[str, int] = {}
    restart: bool = False
    complete: bool = False
    referred: bool = False

    @property
    def asked(self) -> float | None:
        """When the question left, None where nobody asked."""
        return None if self.pushed or not self.host else self.started


def word_of_poll(snapshot: Snapshot, states: VmStatesAnswer, draft: Draft) -> Word:
    """What all VMs of one answer have in common."""
    return Word(
        host=snapshot.host,
        at=draft.at,
        started=snapshot.started,
        pushed=False,
        absence=states.absence,
        times=states.times,
        restart=draft.view.heard(snapshot.host).listed_at is None,
        complete=states.complete,
    )


def word_of_push(push: Push, draft: Draft) -> Word:
    """What all VMs of one push have in common."""
    return Word(
        host=push.host,
        at=draft.at,
        started=draft.at,
        pushed=True,
        absence=push.absence,
        time=push.notify_time,
        restart=draft.view.heard(push.host).listed_at is None,
    )


def is_overtaken(snapshot: Snapshot, states: VmStatesAnswer, draft: Draft) -> bool:
    """Its host has answered a later question by now, and that was heard: this says nothing more,
    with evidence for each VM of it, also where nothing has changed of them since."""
    listed_at = draft.view.heard(snapshot.host).listed_at
    if listed_at is None or snapshot.started >= listed_at:
        return False
    for vm in {**states.vms, **draft.view.vms_on.get(snapshot.host, {})}:
        rule = "10.3 asked before an answer that was heard"
        draft.because(vm, rule, snapshot.host, asked=snapshot.started, rejected=True)
    return True


def news(host: str, states: VmStatesAnswer, view: View) -> dict[str, VmReport]:
    """The reports to look at. Of the other VMs the host repeats its last complete answer, which
    was heard, and nothing has changed about them since that was asked for: what was concluded then
    still holds. No rule is repeated here, and most polls end here. (Had a VM changed between
    question and answer, the answer was dropped as stale.)"""
    heard = view.heard(host)
    since, listed = heard.listed_at, heard.listed
    if since is None or not states.complete:  # what is not listed is not remembered either
        return states.vms
    rows, remembered = view.vms, view.vm_memory.keys() & states.vms.keys()
    doubtful = remembered.union(heard.rejected, _behind(host, states, heard, view))
    return {
        vm: report
        for vm, report in states.vms.items()
        if listed.get(vm) != report
        or vm in doubtful
        or (row := rows.get(vm)) is None
        or row.changed >= since
    }


def _behind(host: str, states: VmStatesAnswer, heard: VdsMemory, view: View) -> set[str]:
    """The VMs whose time in this answer is not as late as a time that the host told before."""
    times, clocks = heard.times, view.host_clocks
    if not states.times or min(states.times.values()) >= clocks.latest.get(host, math.inf):
        return set()
    return {
        vm
        for vm, time in states.times.items()
        if time < times.get(vm, time)
        or ((last := clocks.get(vm)) is not None and time < last.time and last.host == host)
    }


def is_the_same_answer(host: str, states: VmStatesAnswer, view: View) -> bool:
    """The same answer again, whose every VM is recorded there and said nothing new the last time;
    nothing about the host's VMs has changed since, and its clock has not gone back. Then there is
    nothing to look at: `news` would find none, and costs more."""
    heard = view.heard(host)
    if not heard.settled or heard.listed_at is None or not states.complete:
        return False
    if states.vms is not heard.listed and states.vms != heard.listed:
        return False
    if view.touched.get(host, float("-inf")) >= heard.listed_at:
        return False
    times = states.times
    if not times or times is heard.times:
        return not heard.times or times is heard.times
    if times.keys() != heard.times.keys():  # also where its clock may have begun anew meanwhile
        return False
    return min(times.values()) >= view.host_clocks.latest[host]


def admitted(vm: str, report: VmReport, word: Word, draft: Draft) -> bool:
    """False, with evidence, for a report that is stale for this VM."""
    if not _in_host_time(vm, report, word, draft):
        _stale(vm, "10.4 older than the host's last word", word, draft)
        return False
    return fresh(vm, word, draft)


def fresh(vm: str, word: Word, draft: Draft) -> bool:
    """False, with evidence, where the answer was asked for before the VM last changed (10.3)."""
    if word.pushed or (row := draft.view.vms.get(vm)) is None or word.started > row.changed:
        return True
    _stale(vm, "10.3 asked before the last change", word, draft)
    return False


def _stale(vm: str, rule: str, word: Word, draft: Draft) -> None:
    draft.because(vm, rule, word.host, asked=word.asked, rejected=True)


def _in_host_time(vm: str, report: VmReport, word: Word, draft: Draft) -> bool:
    """Is the host's own clock not behind its last word on this VM? Remembered even if the report
    is rejected for another reason. Clocks of different hosts are never compared."""
    time = word.time if word.pushed else word.times.get(vm, report.status_time)
    last = _last_time(vm, word.host, draft)
    if time is None or time is UNSET:
        return word.pushed or last is None
    if last is not None and time < last:
        return False
    if time != last:
        draft.memo(HostClockMemo(vm, word.host, time))
    return True


def _last_time(vm: str, host: str, draft: Draft) -> int | None:
    """The host's clock at its last word on this VM, be it one that was looked at or one that only
    repeated what it had said."""
    listed, past = draft.heard(host).times.get(vm), draft.view.host_clocks.get(vm)
    looked_at = past.time if past is not None and past.host == host else None
    if listed is None or looked_at is None:
        return looked_at if listed is None else listed
    return max(listed, looked_at)
