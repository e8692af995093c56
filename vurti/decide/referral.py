"""A host of ours speaks of a VM that another scope has: its words go there as they are."""

from vurti.decide.admit import Word
from vurti.decide.draft import Draft
from vurti.decide.view import SpokenMemo
from vurti.model import Hearsay, VmReport


def is_foreign(vm: str, word: Word, draft: Draft) -> bool:
    """Another scope has it; also one that only this host has ever spoken of, and no more. What was
    referred to this scope is decided here, whatever it knows: it would go in circles."""
    view = draft.view
    if word.referred:
        return False
    if vm in view.neighbourhood.foreign:
        return True
    return vm in view.neighbourhood.spoken_of(word.host) and draft.vm(vm) is None


def refer(vm: str, report: VmReport | None, word: Word, draft: Draft) -> None:
    """Its scope decides what that means. What this host said before goes along."""
    heard, time = draft.view.heard(word.host), word.time
    if report is not None and not word.pushed:
        told = word.times.get(vm, report.status_time)
        time = told if isinstance(told, int) else None
    draft.refer(
        Hearsay(
            host=word.host,
            vm=vm,
            report=report,
            started=word.asked,
            complete=word.complete,
            absence=word.absence,
            time=time,
            restart=word.restart,
            listed_at=heard.listed_at,
            listed=vm in heard.listed,
            last_time=heard.times.get(vm),
            rebooted=draft.look(word.host).rebooted,
        )
    )
    draft.because(vm, "another scope's to decide", word.host, asked=word.asked)
    speaks = report is not None
    if speaks != (vm in draft.view.neighbourhood.spoken_of(word.host)):
        draft.memo(SpokenMemo(vm, word.host, speaks))
