"""Jobs of a host on a VM, such as merging disks: followed where they were announced (8.8)."""

from msgspec import UNSET

from vurti.decide.admit import Word
from vurti.decide.draft import Draft
from vurti.decide.view import JobsMemo
from vurti.model import Awaited, Expectation, Outcome, VmReport


def follow_jobs(vm: str, report: VmReport, word: Word, draft: Draft) -> None:
    """Take in how far they are. One that its host lists no more is done; one announced after the
    host was asked is not in the answer yet; of jobs that nobody announced nothing is kept."""
    if report.jobs is UNSET:
        return
    announced = _announced(vm, draft)
    known = draft.view.jobs.get(vm, {})
    if not (announced or known):  # nearly always
        return
    listed = {job: report.jobs.get(job) for job in announced}
    going_on = {job: one for job, one in listed.items() if one is not None}
    for job in announced.keys() - going_on.keys():
        if _is_in(announced[job], word, draft):
            draft.end(announced[job], Outcome.MET, "8.8 its host lists the job no more")
        elif job in known:
            going_on[job] = known[job]
    if going_on != known:
        draft.memo(JobsMemo(vm, going_on))


def forget_jobs(vm: str, draft: Draft) -> None:
    """Its run is over, and with it every job on it."""
    if draft.view.jobs.get(vm):
        draft.memo(JobsMemo(vm, {}))


def _announced(vm: str, draft: Draft) -> dict[str, Expectation]:
    open_ = draft.announced(vm)
    return {one.job: one for one in open_ if one.kind is Awaited.JOB and one.job is not None}


def _is_in(expectation: Expectation, word: Word, draft: Draft) -> bool:
    """The host was asked after the job was announced."""
    asked = draft.wall - (draft.at - word.started)
    return asked > expectation.announced_at
