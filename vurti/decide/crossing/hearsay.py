"""A host of another scope speaks of a VM of ours: heard as if it were one of our hosts."""

from vurti.decide.admit import Word
from vurti.decide.draft import Draft
from vurti.decide.view import AbroadMemo, VdsLook, VdsMemory
from vurti.decide.vm import hear, miss
from vurti.model import Hearsay, IntentKind


def heard_say(said: Hearsay, draft: Draft) -> None:
    """What its own scope remembers of the host counts here for as long as this word does."""
    draft.lend(said.host, _memory(said), VdsLook(rebooted=said.rebooted))
    word = _word(said, draft)
    if said.report is not None:
        hear(said.vm, said.report, word, draft)
    else:
        miss(said.vm, word, draft)
        gone = "its host lists it no more"
        draft.unwant(IntentKind.DESTROY_VM, said.vm, said.host, rule=gone)
    lists = said.report is not None
    if said.complete and lists != (said.host in draft.view.neighbourhood.abroad.get(said.vm, ())):
        draft.memo(AbroadMemo(said.vm, said.host, lists))


def _memory(said: Hearsay) -> VdsMemory:
    listed = {said.vm: said.report} if said.listed and said.report is not None else {}
    times = {} if said.last_time is None else {said.vm: said.last_time}
    return VdsMemory(listed=listed, listed_at=said.listed_at, times=times)


def _word(said: Hearsay, draft: Draft) -> Word:
    pushed = said.started is None
    polled_time = not pushed and said.time is not None
    return Word(
        host=said.host,
        at=draft.at,
        started=draft.at if said.started is None else said.started,
        pushed=pushed,
        absence=said.absence,
        time=said.time if pushed else None,
        times={said.vm: said.time} if polled_time and said.time is not None else {},
        restart=said.restart,
        complete=said.complete,
        referred=True,
    )
