"""Each host, asked as a run asks it: can it be reached, does it answer, and how soon."""

from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from vurti.clock import Clock
from vurti.config import Config
from vurti.doctor.certificates import TLS_SCHEMES, expiry
from vurti.doctor.finding import Finding, bad, note, ok
from vurti.doctor.peers import valid_until
from vurti.errors import VurtiError
from vurti.model import Host, Miss, Missed, Question, Snapshot, VdsStatisticsAnswer, VmStatesAnswer
from vurti.sources import open_endpoint, source_of
from vurti.streams.endpoint import Endpoint

AREA = "hosts"
AT_ONCE = 32
TURN_SECS = 5.0
"""So long may a host wait for its turn to be connected to."""

_WAYS_OUT = {
    Miss.NAME_RESOLUTION: "does this machine know that name? `getent hosts NAME` tells",
    Miss.NETWORK: "does its agent run and listen there, and does a firewall let us through?",
    Miss.TIMEOUT: "is it up, and does a firewall drop what we send?",
    Miss.RECOVERING: "its agent has only just started: wait",
    Miss.OVERLOADED: "it says so itself: wait, or ask it less often",
    Miss.BAD_REPLY: "its agent's own log tells why it refuses",
    Miss.MISMATCH: "does the URL name the right host?",
    Miss.DECODE: "does something else listen at that port?",
    Miss.BUSY: "too many hosts were slow to connect: look again",
}
_OF_TLS = "see ca_path, cert_path and key_path of its source, and the name in its certificate"


def look_at_hosts(config: Config, hosts: tuple[Host, ...], clock: Clock) -> Iterator[Finding]:
    """What each says, in their order; so many at a time are asked."""
    waiting = deque(enumerate(hosts))
    found: dict[int, list[Finding]] = {}

    def work() -> None:
        while waiting:
            place, host = waiting.popleft()
            found[place] = list(_look(config, host, clock))

    tasks = [clock.spawn(work) for _ in range(min(AT_ONCE, len(hosts)))]
    for task in tasks:
        task.join()
    for place, host in enumerate(hosts):
        yield from found.get(place) or [bad(AREA, host.id, "could not be looked at: a bug")]


def _look(config: Config, host: Host, clock: Clock) -> Iterator[Finding]:
    try:
        endpoint = open_endpoint(host, clock, config.sources)
    except VurtiError as error:
        yield bad(AREA, host.id, str(error))
        return
    endpoint.open(lambda _push: None, lambda _host: None)
    try:
        began = clock.now()
        first = endpoint.fetch(host.id, Question.VMS, _first_secs(config, host))
        if isinstance(first, Missed):
            yield _missed(host, first)
            return
        yield from _answered(config, host, endpoint, clock, first, clock.now() - began)
    finally:
        endpoint.close()
    yield from _certificate(config, host, clock)


def _first_secs(config: Config, host: Host) -> float:
    """A connection comes before the first answer."""
    options = config.sources.of(source_of(urlsplit(host.url).scheme).name)
    return config.poll.timeout_secs + getattr(options, "connect_secs", 0.0) + TURN_SECS


def _missed(host: Host, missed: Missed) -> Finding:
    about_tls = "TLS" in missed.reason or "certificate" in missed.reason
    way_out = _OF_TLS if about_tls else _WAYS_OUT.get(missed.kind, "")
    return bad(AREA, host.id, f"{missed.kind}: {missed.reason}", way_out)


def _answered(
    config: Config,
    host: Host,
    endpoint: Endpoint,
    clock: Clock,
    first: Snapshot,
    connected_secs: float,
) -> Iterator[Finding]:
    poll = config.poll
    began = clock.now()
    again = endpoint.fetch(host.id, Question.VMS, poll.timeout_secs)
    took = clock.now() - began
    count = len(first.answer.vms) if isinstance(first.answer, VmStatesAnswer) else 0
    told = f"answers in {took * 1000:.0f} ms, {connected_secs * 1000:.0f} ms at first; {count} VMs"
    if isinstance(again, Missed):
        yield bad(AREA, host.id, f"answered once, then not: {again.kind}: {again.reason}")
    elif took > poll.status_secs:
        what = f"{told}: that is longer than [poll] status_secs = {poll.status_secs:g}"
        yield note(AREA, host.id, what, "ask it less often, or find out what slows it down")
    else:
        yield ok(AREA, host.id, told)
    if Question.VDS_STATISTICS in endpoint.questions:
        yield from _statistics(config, host, endpoint, clock)


def _statistics(config: Config, host: Host, endpoint: Endpoint, clock: Clock) -> Iterator[Finding]:
    secs = config.poll.statistics_timeout_secs
    poll = endpoint.fetch(host.id, Question.VDS_STATISTICS, secs)
    if isinstance(poll, Missed):
        yield note(AREA, host.id, f"tells no statistics: {poll.kind}: {poll.reason}")
        return
    told = poll.answer.statistics if isinstance(poll.answer, VdsStatisticsAnswer) else None
    if told is None or told.date_time is None:
        return
    drift = told.date_time - clock.wall()
    if abs(drift) > config.rules.clock_drift_secs:
        what = f"its clock is {drift:+.0f} s from ours"
        yield note(AREA, host.id, what, "run chrony or systemd-timesyncd there, and here")


def _certificate(config: Config, host: Host, clock: Clock) -> Iterator[Finding]:
    scheme = urlsplit(host.url).scheme
    if scheme not in TLS_SCHEMES:
        return
    until = valid_until(host, config.sources, clock)
    if until is not None:
        yield expiry(AREA, host.id, until, clock.wall(), "have the host's certificate renewed")
