"""Things go from one scope to another with all that is known of them, as they are."""

from vurti.decide.draft import Draft
from vurti.decide.view import (
    AbroadMemo,
    ForeignMemo,
    GoneMemo,
    SpokenMemo,
    VmMemory,
    listing,
)
from vurti.decide.view.memory import NOTHING
from vurti.decide.vm import works
from vurti.events import Mark
from vurti.model import Belongings, Join, Leave, Vm, VmStatus


def leave(said: Leave, draft: Draft) -> None:
    """From now on they are another scope's; whoever of our hosts speaks of them is referred to it.
    Nothing that was announced or intended of them ends by that."""
    for one in said.things:
        thing, reason = one.row.value, f"goes on in scope {said.to}"
        draft.cross(None, thing=thing, mark=Mark.LEFT_SCOPE, reason=reason)
        draft.memo(GoneMemo(thing.id))
        for timer in one.timers:
            draft.wake(timer.key.kind, timer.key.thing, None)
        if isinstance(thing, Vm):
            _speak_on(thing, draft)
            draft.remember_vm(thing.id, NOTHING)
    draft.by(said.crossing)


def join(said: Join, draft: Draft) -> None:
    """They go on here as they were."""
    for one in said.things:
        reason = f"comes from scope {said.origin}"
        draft.cross(one.row, thing=one.row.value, mark=Mark.JOINED_SCOPE, reason=reason)
        for memo in one.memory:
            if not (isinstance(memo, AbroadMemo) and memo.host in draft.view.vdss):
                draft.memo(memo)
        for timer in one.timers:
            draft.wake(timer.key.kind, timer.key.thing, timer.due)
        if isinstance(one.row.value, Vm):
            _at_home(one, one.row.value, draft)
    draft.by(said.crossing)


def _speak_on(vm: Vm, draft: Draft) -> None:
    """Of these hosts of ours its new scope must hear that they have it no more: those that claim or
    receive it, those that list it, and those where it is to be destroyed."""
    draft.memo(ForeignMemo(vm.id, True))
    view = draft.view
    wanted = [host for _, host in view.intents.of(vm.id) if host is not None]
    for host in dict.fromkeys((*_named(draft.remembered(vm.id)), *listing(view, vm.id), *wanted)):
        if host in view.vdss:
            draft.memo(SpokenMemo(vm.id, host, True))


def _named(memory: VmMemory) -> list[str]:
    claimed = [claim.host for claim in memory.claims]
    return claimed if memory.incoming is None else [*claimed, memory.incoming]


def _at_home(one: Belongings, vm: Vm, draft: Draft) -> None:
    draft.memo(ForeignMemo(vm.id, False))
    for host in draft.view.neighbourhood.speakers(vm.id):
        draft.memo(SpokenMemo(vm.id, host, False))
    if vm.status is VmStatus.UP and vm.run_on is not None:
        works(vm.run_on, draft)
