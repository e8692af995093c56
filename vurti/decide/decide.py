"""The fold over one scope: which input asks which rules, the host's step first, then its VMs."""

from vurti.decide import admit, crossing, vds
from vurti.decide.draft import Draft
from vurti.decide.promises import announced
from vurti.decide.promises.expected import EXPECTATION
from vurti.decide.promises.intended import INTENT
from vurti.decide.sampling import sampled
from vurti.decide.view import View
from vurti.decide.vm import data_missed, data_told, hear, miss, wake
from vurti.decide.vm.hardware import devices_missed, devices_told
from vurti.model import (
    Cancel,
    ClockAnew,
    Decision,
    Expect,
    Foreign,
    Hearsay,
    IntentKind,
    Join,
    Leave,
    Missed,
    Neighbours,
    Push,
    Question,
    Reload,
    Snapshot,
    Stamped,
    Suspicion,
    Tick,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmDevicesAnswer,
    VmExternalDataAnswer,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.model.stamped import Crossing


def decide(view: View, stamped: Stamped) -> Decision:
    """All that follows from one input, given what is known. Reads `view` and changes nothing."""
    draft = Draft(view, stamped)
    match stamped.input:
        case Snapshot() as snapshot if snapshot.host in (view.hosts or {}):
            _snapshot(snapshot, draft)
        case Push() as push if push.host in (view.hosts or {}):
            _push(push, draft)
        case Missed() as missed if missed.host in (view.hosts or {}):
            _missed(missed, draft)
        case Tick() as tick:
            _tick(tick, draft)
        case Reload() as reload:
            vds.reload(reload, draft)
        case Expect() as said:
            announced.expect(said, draft)
            vds.announced(draft)
        case Suspicion() as suspicion:
            vds.suspected(suspicion, draft)
        case Cancel() as said_no:
            announced.cancel(said_no, draft)
            vds.announced(draft)
        case Snapshot() | Push() | Missed() as late:
            draft.because(late.host, "host is not watched", rejected=True)
        case told:
            _told_by_scopes(told, draft)
    return draft.done()


def _told_by_scopes(told: Crossing, draft: Draft) -> None:
    match told:
        case Hearsay():
            crossing.heard_say(told, draft)
        case Foreign():
            crossing.foreign(told, draft)
        case ClockAnew():
            crossing.clock_anew(told, draft)
        case Neighbours():
            crossing.neighbours(told, draft)
        case Leave():
            crossing.leave(told, draft)
        case Join():
            crossing.join(told, draft)


def _snapshot(snapshot: Snapshot, draft: Draft) -> None:
    vds.answered(snapshot, draft)
    match snapshot.answer:
        case VmStatesAnswer() as states:
            _states(snapshot, states, draft)
        case VmStatisticsAnswer(states=states):
            if states is not None:
                _states(snapshot, states, draft)
            sampled(snapshot, draft)
        case VdsStatisticsAnswer() | VdsCapabilitiesAnswer():
            pass  # vds.answered has taken them in
        case VmDevicesAnswer() as devices:
            devices_told(snapshot.host, devices, draft)
        case VmExternalDataAnswer(vm=vm):
            data_told(vm, draft)


def _missed(missed: Missed, draft: Draft) -> None:
    vds.missed(missed, draft)
    match missed.question:
        case Question.EXTERNAL_DATA:
            for vm in missed.vms:
                data_missed(vm, draft)
        case Question.DEVICES:
            devices_missed(missed, draft)


def _states(snapshot: Snapshot, states: VmStatesAnswer, draft: Draft) -> None:
    """Everything that one host says of all its VMs, and what follows from its silence on others."""
    view, host = draft.view, snapshot.host
    if admit.is_overtaken(snapshot, states, draft):
        return
    if admit.is_the_same_answer(host, states, view):
        vds.listed(snapshot, states, draft, settled=True)
        return
    here = view.vms_on.get(host, {})
    news, rejected = admit.news(host, states, view), list[str]()
    spoken = view.neighbourhood.spoken_of(host)
    absent = _absent(states, here, view.strangers_on.get(host, {}), spoken)
    if absent and vds.looks_first(host, draft):
        absent = []
    if news or absent:
        word = admit.word_of_poll(snapshot, states, draft)
        rejected = [vm for vm, report in news.items() if not hear(vm, report, word, draft)]
        for vm in absent:
            miss(vm, word, draft)
    if states.complete:
        _destroyed(host, states, draft)
        settled = not news and not absent and len(states.vms) == len(here)
        vds.listed(snapshot, states, draft, settled, frozenset(rejected))


def _destroyed(host: str, states: VmStatesAnswer, draft: Draft) -> None:
    """What was to be destroyed there is not there any more."""
    for vm in draft.view.intents.on(host):
        if vm not in states.vms and vm not in states.unreadable:
            draft.unwant(IntentKind.DESTROY_VM, vm, host, rule="its host lists it no more")


def _absent(states: VmStatesAnswer, *known: dict[str, None]) -> list[str]:
    """The VMs recorded on a host, or spoken of by it, that its answer proves to be absent."""
    if not states.complete:
        return []
    named = states.vms.keys() | states.unreadable
    return [vm for vms in known if not vms.keys() <= named for vm in vms if vm not in named]


def _push(push: Push, draft: Draft) -> None:
    """A push is partial: it speaks of the VMs that it names and proves nothing about others."""
    vds.looked_at_clock(push, draft)
    if push.host_conn:
        draft.ask(push.host, Question.CAPABILITIES)
    word = admit.word_of_push(push, draft)
    for vm, report in push.vms.items():
        hear(vm, report, word, draft)


def _tick(tick: Tick, draft: Draft) -> None:
    match tick.key.kind:
        case kind if kind in vds.TICKS:
            vds.wake(tick.key, draft)
        case kind if kind == EXPECTATION:
            announced.overdue(tick.key.thing, draft)
            vds.announced(draft)
        case kind if kind == INTENT:
            draft.expire(tick.key.thing)
        case _:
            wake(tick.key, draft)
