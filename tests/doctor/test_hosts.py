"""Hosts under the eyes of a doctor: those that are well, and one ill in each way."""

import pytest

from tests.doctor.conftest import SetUp, Simulate, bad, notes
from vurti.clock.gevent_clock import GeventClock
from vurti.doctor import Finding, Verdict
from vurti.doctor.hosts import AT_ONCE, _missed, look_at_hosts
from vurti.model import Host, Miss, Missed, Poll, Question, Snapshot, VdsStatisticsAnswer
from vurti.model.vds import VdsStatistics
from vurti.sources import open_endpoint


def of_hosts(setup: SetUp) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in look_at_hosts(setup.config, setup.config.hosts, GeventClock()):
        found.setdefault(one.subject, []).append(one)
    return found


@pytest.mark.parametrize("scheme", ["vdsm", "vdsm+tcp"])
def test_hosts_that_answer_are_well_and_tell_how_soon_they_answer(
    setup: SetUp, simulate: Simulate, scheme: str
) -> None:
    simulate(scheme=scheme)
    found = of_hosts(setup)
    assert list(found) == ["host-1", "host-2"]
    for host in found.values():
        assert host[0].verdict is Verdict.OK
        assert host[0].what.startswith("answers in ")
        assert host[0].what.endswith(" at first; 3 VMs")


def test_a_whole_set_up_over_tls_is_without_a_fault(setup: SetUp, simulate: Simulate) -> None:
    simulate(scheme="vdsm")
    found = setup.examined()
    assert bad(found) == []
    assert {one.area for one in found} == {
        "configuration", "files", "certificates", "store", "listener", "hosts",
    }  # fmt: skip


def test_hosts_of_this_process_are_well_too(setup: SetUp) -> None:
    setup.write(
        '[sources.sim]\npace = 0\n[hosts.alpha]\nurl = "sim://alpha"\n[listen]\naddress = ""'
    )
    assert bad(setup.examined()) == []


@pytest.mark.parametrize(
    ("url", "what", "way_out"),
    [
        ("vdsm+tcp://127.0.0.1:1", "network: 127.0.0.1:1: Connection refused", "does its agent"),
        ("vdsm+tcp://no.such.host.invalid", "name_resolution: no.such.host", "getent hosts"),
    ],
)
def test_a_host_that_cannot_be_reached_says_what_to_look_at(
    setup: SetUp, url: str, what: str, way_out: str
) -> None:
    setup.write(f'[hosts.alpha]\nurl = "{url}"')
    ((found,),) = of_hosts(setup).values()
    assert found.verdict is Verdict.BAD
    assert found.what.startswith(what)
    assert way_out in found.way_out


def test_a_certificate_that_the_host_does_not_trust_is_put_down_to_tls(
    setup: SetUp, simulate: Simulate
) -> None:
    simulate(scheme="vdsm", hosts=1)
    trusted = setup.file.read_text()
    simulate(scheme="vdsm", hosts=1)  # another authority writes its files in the same place
    setup.write(trusted)
    ((found,),) = of_hosts(setup).values()
    assert found.verdict is Verdict.BAD
    assert "ca_path" in found.way_out


@pytest.mark.parametrize(("fault", "kind"), [("garbage", "decode"), ("hang", "timeout")])
def test_one_host_that_is_ill_keeps_no_other_from_being_well(
    setup: SetUp, simulate: Simulate, fault: str, kind: str
) -> None:
    more = "[poll]\ntimeout_secs = 0.5\n[sources.vdsm]\nconnect_secs = 0.5"
    simulator = simulate(more, scheme="vdsm+tcp")
    simulator.fault(fault, ["host-1"])
    found = of_hosts(setup)
    assert found["host-2"][0].verdict is Verdict.OK
    (ill,) = bad(found["host-1"])
    assert ill.way_out
    assert kind in ill.what or "closed" in ill.what


class Drifting:
    """A host whose clock is not ours, and which takes its time."""

    def __init__(self, host: Host, clock: GeventClock, config: SetUp) -> None:
        self._inner, self._clock = open_endpoint(host, clock, config.config.sources), clock
        self.questions = frozenset({Question.VMS, Question.VDS_STATISTICS})
        self.open, self.close, self.pushing = (
            self._inner.open, self._inner.close, self._inner.pushing,
        )  # fmt: skip

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        if question is Question.VDS_STATISTICS:
            drifting = VdsStatistics(date_time=self._clock.wall() - 1000)
            return Snapshot(host, self._clock.now(), VdsStatisticsAnswer(drifting))
        self._clock.sleep_until(self._clock.now() + 0.2)
        return self._inner.fetch(host, question, timeout_secs, vms)


def test_a_slow_host_and_one_with_another_clock_are_noted(
    setup: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.write('[poll]\nstatus_secs = 0.1\n[hosts.alpha]\nurl = "sim://alpha"')
    monkeypatch.setattr(
        "vurti.doctor.hosts.open_endpoint", lambda host, clock, _: Drifting(host, clock, setup)
    )
    slow, drifting = notes(of_hosts(setup)["alpha"])
    assert "longer than [poll] status_secs = 0.1" in slow.what
    assert drifting.what == "its clock is -1000 s from ours"


def test_all_hosts_are_asked_beside_each_other_but_not_all_at_once(
    setup: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = "\n".join(f'[hosts.host-{n}]\nurl = "sim://host-{n}"' for n in range(1, 81))
    setup.write(f"[sources.sim]\npace = 0\nvms_per_host = 1\n{hosts}")
    asking: list[str] = []
    most = [0]

    class Counting(Drifting):
        def fetch(
            self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
        ) -> Poll:
            asking.append(host)
            most[0] = max(most[0], len(asking))
            self._clock.sleep_until(self._clock.now() + 0.01)
            asking.remove(host)
            return self._inner.fetch(host, question, timeout_secs, vms)

    monkeypatch.setattr(
        "vurti.doctor.hosts.open_endpoint", lambda host, clock, _: Counting(host, clock, setup)
    )
    found = of_hosts(setup)
    assert list(found) == [f"host-{n}" for n in range(1, 81)]
    assert most[0] == AT_ONCE


def test_a_missed_question_has_a_way_out_for_every_kind() -> None:
    host = Host("alpha", "sim://alpha")
    silent = [
        kind
        for kind in Miss
        if not _missed(host, Missed("alpha", Question.VMS, kind, "r", 0.0)).way_out
    ]
    assert silent == []
