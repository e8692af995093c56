"""All that a scope knows of one VM or host, as another scope can take it in."""

from collections.abc import Iterable, Iterator

from vurti.decide.view.memory import (
    ExpectationMemo,
    HostClockForgotten,
    IntentMemo,
    JobsMemo,
    LookMemo,
    SamplesMemo,
    ToldMemo,
    VdsMemo,
    VmMemo,
)
from vurti.decide.view.neighbourhood import AbroadMemo, SpokenMemo
from vurti.decide.view.view import View
from vurti.model import Belongings, Timer, Vm


def promised(view: View, thing: str) -> set[str]:
    """The ids of all that is open of it: some timers have these for names."""
    intents = view.intents.of(thing).values()
    return {*view.expectations.of(thing), *(one.id for one in intents)}


def holds(view: View, vm: str) -> bool:
    """Whether words about the VM are this scope's to decide."""
    return (
        vm in view.vms
        or vm in view.vm_memory
        or bool(view.expectations.of(vm))
        or bool(view.intents.of(vm))
    )


def belongings(view: View, thing: str, timers: Iterable[Timer]) -> Belongings:
    """Of a VM or host that has a row; `timers` are those that run for it or for its promises."""
    row = view.vms.get(thing) or view.vdss[thing]
    of_kind = _of_vm(view, thing) if isinstance(row.value, Vm) else _of_host(view, thing)
    return Belongings(row, (*of_kind, *_of_both(view, thing)), tuple(timers))


def _of_vm(view: View, vm: str) -> Iterator[object]:
    for memos in (view.host_clocks, view.balloons, view.devices):
        if vm in memos:
            yield memos[vm]
    if vm in view.samples:
        yield SamplesMemo({vm: view.samples[vm]})
    if vm in view.jobs:
        yield JobsMemo(vm, view.jobs[vm])
    yield VmMemo(vm, view.remembered(vm))
    for host in (*listing(view, vm), *view.neighbourhood.abroad.get(vm, ())):
        yield AbroadMemo(vm, host, True)


def listing(view: View, vm: str) -> list[str]:
    """The hosts of ours whose last complete answer names it."""
    return [host for host, memory in view.vds_memory.items() if vm in memory.listed]


def _of_host(view: View, host: str) -> Iterator[object]:
    yield HostClockForgotten(host, view.host_clocks.anew.get(host, 0) + 1)
    yield VdsMemo(host, view.heard(host))
    yield LookMemo(host, view.look(host))
    spoken = (*view.strangers_on.get(host, ()), *view.intents.on(host))
    for vm in dict.fromkeys((*spoken, *view.neighbourhood.spoken_of(host))):
        yield SpokenMemo(vm, host, True)


def _of_both(view: View, thing: str) -> Iterator[object]:
    for where, until in view.told.items():
        if where[0] == thing:
            yield ToldMemo(*where, until)
    for one in view.expectations.of(thing).values():
        yield ExpectationMemo(one, view.expectations.due.get(one.id, 0.0))
    for intent in view.intents.of(thing).values():
        yield IntentMemo(intent)
