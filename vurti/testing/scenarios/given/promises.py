"""What an embedder announced, before the first step or in one."""

from vurti.decide import Rules
from vurti.decide.promises.announced import USUAL_SECS
from vurti.model import Awaited, Expect, Expectation
from vurti.testing.scenarios.words import Expecting, Given


def expectations(given: Given, at: float, wall: float) -> list[Expectation]:
    """Those that are open. `at` is the second of the first step, `wall` the wall clock at 0."""
    announced = [
        _open(f"given.{number}", said, given, at, wall)
        for number, said in enumerate(given.expecting)
    ]
    jobs = [
        _job(vm, job, at - 1 if of.started is None else of.started, wall)
        for vm, known in given.vms.items()
        for job, of in (known.jobs or {}).items()
    ]
    return [*announced, *jobs]


def expect(id_: str, said: Expecting, given: Given, wall: float) -> Expect:
    """The announcement as an input. `wall` is the wall clock at second 0."""
    at = None if said.at is None else wall + said.at
    return Expect(
        id_, kind(said, given), thing(said), said.host or said.to, said.job, secs=said.secs,
        announced_at=at,
    )  # fmt: skip


def kind(said: Expecting, given: Given) -> Awaited:
    """`reboot` is of a host where its thing is one."""
    if said.awaited == "reboot" and said.reboot in given.named():
        return Awaited.HOST_REBOOT
    return Awaited(said.awaited)


def thing(said: Expecting) -> str:
    """The VM or host that it is about; a job is `of` one."""
    return str(said.of if said.awaited == "job" else getattr(said, said.awaited))


def _open(id_: str, said: Expecting, given: Given, at: float, wall: float) -> Expectation:
    new = expect(id_, said, given, wall)
    announced = new.announced_at if new.announced_at is not None else wall + at
    secs = said.secs or USUAL_SECS.get(new.kind, Rules().power_off_secs)
    return Expectation(id_, new.kind, new.thing, announced, announced + secs, new.host, new.job)


def _job(vm: str, job: str, started: float, wall: float) -> Expectation:
    at = wall + started
    until = at + USUAL_SECS[Awaited.JOB]
    return Expectation(f"given.{vm}.{job}", Awaited.JOB, vm, at, until, job=job)
