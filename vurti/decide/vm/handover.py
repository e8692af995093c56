"""Who holds a VM that two hosts speak of. A small state machine, fed by both hosts: `phase` has its
states; tests/decide/test_handover.py has, as a table, where each word leads from each of them.

Evidence makes a change of host a migration: the host said that it receives the VM (`incoming`),
the source said where it sends it, or that it has gone by migration, or the run began by migration,
or an embedder announced just this.
A living VM without evidence is a claim: the recorded host is asked. If it says that its own ended,
the two were a crash and a restart; if both insist, in turn, it is split brain (contract 4, 5).
"""

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide.view import Claim, VmMemory
from vurti.decide.vm.closing import waited_for
from vurti.decide.vm.record import running
from vurti.decide.vm.step import Case, Step, Steps, ignored
from vurti.decide.vm.waiting import LEFT
from vurti.events import Mark
from vurti.model import Awaited, Begun, ExitReason, Vm, VmStatus
from vurti.model.status import RUNNING


def incoming(case: Case) -> Steps:
    """A host says that the VM is arriving there. Its source may not have spoken yet."""
    host, known = case.word.host, case.known
    if case.memory.incoming == host:
        return ignored("7.4 still arriving")
    memory = replace(case.memory, incoming=host)
    if known is None or known.status is not VmStatus.MIGRATING_FROM or _told_target(case, known):
        return (Step("7.4 arriving", memory=memory),)
    after = replace(known, migrating_to=host)
    return (Step("7.4 arriving", after, f"arrives on {host}", memory=memory),)


def _told_target(case: Case, known: Vm) -> bool:
    """Where it goes was told by the host that receives it, and not only announced."""
    return known.migrating_to is not None and known.migrating_to == case.memory.incoming


def still_at_source(case: Case) -> Steps:
    """Its recorded host only receives it, and its source speaks: as where it was recorded there
    from nowhere, or from a run before. The source holds it until it is done; else a migration that
    fails would seem its end."""
    known, host, to = case.record, case.word.host, case.record.run_on
    taken_over = known.status is VmStatus.MIGRATING_TO and known.migrating_to is None
    if to is None or not (taken_over or case.memory.receives):
        return ()
    after = running(case, known, case.said, host)
    if after.status is VmStatus.MIGRATING_FROM:
        after = replace(after, migrating_to=to)
    kept = replace(
        case.memory,
        incoming=to,
        receives=False,
        claims=_others(case.memory, host),
        vanished_at=None,
        left_at=None,
        held=None,
    )
    over = _waiting_at_home(case.memory)
    return (Step("7.4 still at its source", after, f"still on {host}", memory=kept, timers=over),)


def evident(case: Case, known: Vm) -> bool:
    """Does the speaking host hold the VM because it was handed over to it?"""
    host, memory, report = case.word.host, case.memory, case.said
    announced = case.awaited.get(Awaited.MIGRATE)
    if host in (known.migrating_to, memory.incoming, announced and announced.host):
        return True
    leaving = known.status is VmStatus.MIGRATING_FROM or memory.left_at is not None
    untold = report.begun is UNSET and known.migrating_to is None and memory.incoming is None
    if leaving and (untold or report.begun is Begun.MIGRATED):
        return True
    lost_at_home = memory.vanished_at is not None  # as where it moved while vurti did not run
    return report.begun is Begun.MIGRATED and (case.new_here or lost_at_home)


def hand_over_to_speaker(case: Case, known: Vm) -> Steps:
    """The destination has it. Whatever the source still says of it comes too late to count."""
    host, report = case.word.host, case.said
    after = running(case, known, report, host)
    return (_migrated(case, known, after, "7.4 migrated"),)


def hand_over(case: Case, known: Vm, to: str, rule: str) -> Steps:
    """The source has done with it; the destination will say how it is (optimistic: its next answers
    decide). Where the destination cannot be asked, the VM is Unknown like its others."""
    status = VmStatus.UNKNOWN if case.target_silent else VmStatus.MIGRATING_TO
    after = replace(known, run_on=to, status=status, migrating_to=to)
    return (_migrated(case, known, after, rule),)


def arrived(case: Case, known: Vm) -> Steps:
    """The recorded host has it no more: was it handed over to a host that has already spoken?"""
    memory = case.memory
    if memory.incoming is not None:
        return hand_over(case, known, memory.incoming, "7.3 hand over")
    report = case.report
    migrated = report is not None and report.exit_reason is ExitReason.MIGRATION_SUCCEEDED
    for claim in memory.claims:
        if migrated or claim.begun is Begun.MIGRATED:
            after = running(case, known, claim.report, claim.host)
            return (_migrated(case, known, after, "7.4 migrated"),)
    return ()


def left(case: Case, known: Vm) -> Steps:
    """It was migrated away, and nobody said where to: wait for the destination to speak."""
    if case.memory.left_at is not None:
        return ignored("7.3 migrated away")
    due = case.word.at + case.rules.vanish_grace_secs
    memory = replace(case.memory, left_at=case.word.at)
    return (Step("7.3 migrated away", memory=memory, timers=((LEFT, due),)),)


def claimed(case: Case) -> Steps:
    """A host says that it runs what another host is recorded to run: ask that other host, unless it
    has contradicted a claim already, and this one was renewed after that."""
    known, report, memory, word = case.record, case.said, case.memory, case.word
    past = next((claim for claim in memory.claims if claim.host == word.host), None)
    denied_at = past.denied_at if past is not None else None
    begun = report.begun if isinstance(report.begun, Begun) else None
    claim = Claim(word.host, word.at, begun, report, denied_at)
    others = tuple(other for other in memory.claims if other.host != word.host)
    memory = replace(memory, claims=(*others, claim))
    home = known.run_on
    if memory.split or home is None:
        return (Step("split brain goes on", memory=memory),)
    if denied_at is None or word.started <= denied_at:
        return (Step("7.4 claimed", memory=memory, ask=(home,)),)
    reason = f"runs on {home} and on {word.host} at once"
    split = replace(memory, split=True)
    return (Step("split brain", known, reason, (Mark.SPLIT_BRAIN,), memory=split),)


def denied(case: Case) -> Steps:
    """The recorded host, asked after another host's claim, runs the VM itself: ask the claimant."""
    known, word, memory = case.known, case.word, case.memory
    if word.pushed or memory.split or known is None:
        return ()
    if known.status not in RUNNING and known.status is not VmStatus.PAUSED:
        return ()
    open_claims = [c for c in memory.claims if c.denied_at is None and word.started > c.at]
    if not open_claims:
        return ()
    claims = tuple(replace(c, denied_at=word.at) if c in open_claims else c for c in memory.claims)
    hosts = tuple(claim.host for claim in open_claims)
    return (Step("7.4 claim denied", memory=replace(memory, claims=claims), ask=hosts),)


def adopted(case: Case) -> Steps:
    """Its run on the recorded host has ended: a host that claims to run it had begun it anew."""
    known, memory = case.known, case.memory
    if not memory.claims or known is None:
        return ()
    claim, *others = memory.claims
    after = running(case, known, claim.report, claim.host)
    rest = VmMemory(claims=tuple(others))
    return (Step("7.4 started", after, f"started on {claim.host}", memory=rest),)


def forgotten(case: Case) -> Steps:
    """A host that had spoken of a VM that it does not hold takes its word back."""
    host, memory = case.word.host, case.memory
    claims = _others(memory, host)
    arriving = None if memory.incoming == host else memory.incoming
    if claims == memory.claims and arriving == memory.incoming:
        return ()
    split = memory.split and bool(claims)
    kept = replace(memory, claims=claims, incoming=arriving, split=split)
    return (Step("7.4 claim taken back", memory=kept),)


def _others(memory: VmMemory, host: str | None) -> tuple[Claim, ...]:
    return tuple(claim for claim in memory.claims if claim.host != host)


def _migrated(case: Case, known: Vm, after: Vm, rule: str) -> Step:
    reason = f"migrated from {known.run_on} to {after.run_on}"
    kept = replace(
        case.memory,
        incoming=None,
        receives=False,
        claims=_others(case.memory, after.run_on),
        vanished_at=None,
        left_at=None,
        held=None,
        split=False,
    )
    over = _waiting_at_home(case.memory)
    return Step(rule, after, reason, (Mark.MIGRATED,), memory=kept, timers=over)


def _waiting_at_home(memory: VmMemory) -> tuple[tuple[str, None], ...]:
    """What its last host had begun to wait for is over; a guest that reboots takes that along."""
    return tuple((kind, None) for kind in waited_for(memory) if kind != "reboots")
