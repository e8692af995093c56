"""The simulated source, as any endpoint, in virtual time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from msgspec import UNSET

from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import ConfigError
from vurti.model import (
    Absence,
    ExitReason,
    Guest,
    Host,
    Miss,
    Missed,
    PauseStatus,
    Poll,
    Push,
    Question,
    Snapshot,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmDevicesAnswer,
    VmStatesAnswer,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.sources.sim import (
    SharedWorld,
    SimEndpoint,
    SimOptions,
    demo_fleet,
    open_endpoint,
    shared_world,
)
from vurti.world import (
    Story,
    console,
    destroy,
    die,
    hang,
    io_error,
    job,
    migrate,
    pause,
    plug,
    reboot,
    restore,
    resume,
    slow,
    watchdog,
)

STILL = SimOptions(seed=3, hosts=3, vms_per_host=2, pace=0.0, latency_secs=0.1)


@dataclass
class Bed:
    """Two endpoints of one still world, and what they heard."""

    clock: VirtualClock = field(default_factory=VirtualClock)
    options: SimOptions = STILL
    pushes: list[Push] = field(default_factory=list)
    resyncs: list[str] = field(default_factory=list)
    endpoints: dict[str, SimEndpoint] = field(default_factory=dict)

    def open(self, *hosts: Host) -> None:
        for host in hosts:
            endpoint = open_endpoint(host, self.clock, self.options)
            endpoint.open(self.pushes.append, self.resyncs.append)
            self.endpoints[host.id] = endpoint

    @property
    def world(self) -> SharedWorld:
        return shared_world(self.clock, self.options)

    def ask(
        self, host: str = "a", question: Question = Question.VMS, timeout_secs: float = 5.0
    ) -> Poll:
        """Ask in a task, drive time until the answer is there, and give it."""
        polls: list[Poll] = []
        endpoint = self.endpoints[host]
        self.clock.spawn(lambda: polls.append(endpoint.fetch(host, question, timeout_secs)))
        while not polls:
            self.clock.run(until=self.clock.now() + 0.05)
        return polls[0]

    def states(self, host: str = "a") -> VmStatesAnswer:
        poll = self.ask(host)
        assert isinstance(poll, Snapshot)
        assert isinstance(poll.answer, VmStatesAnswer)
        return poll.answer

    def missed(self, host: str = "a", timeout_secs: float = 5.0) -> Missed:
        poll = self.ask(host, timeout_secs=timeout_secs)
        assert isinstance(poll, Missed)
        return poll

    def run(self, secs: float) -> None:
        self.clock.run(until=self.clock.now() + secs)


A, B = Host("a", "sim://host-1"), Host("b", "sim://host-2")


@pytest.fixture
def bed() -> Iterator[Bed]:
    bed = Bed()
    bed.open(A, B)
    yield bed
    for endpoint in bed.endpoints.values():
        endpoint.close()
    bed.clock.run(until=bed.clock.now() + 1)
    assert bed.clock.stray() == []
    assert bed.clock.errors == []


def test_it_answers_every_question_about_its_host(bed: Bed) -> None:
    answers = [
        bed.ask("a", question) for question in Question if question in bed.endpoints["a"].questions
    ]
    kinds = [type(poll.answer) for poll in answers if isinstance(poll, Snapshot)]
    assert kinds == [
        VmStatesAnswer, VmStatisticsAnswer, VdsStatisticsAnswer, VdsCapabilitiesAnswer,
        VmDevicesAnswer,
    ]  # fmt: skip
    assert bed.endpoints["a"].questions == frozenset(Question) - {Question.EXTERNAL_DATA}


def test_what_it_says_of_its_vms_is_complete_and_absence_means_gone(bed: Bed) -> None:
    answer = bed.states()
    assert {vm: report.status for vm, report in answer.vms.items()} == {
        "vm-1": VmStatus.UP,
        "vm-2": VmStatus.UP,
    }
    assert (answer.complete, answer.absence) == (True, Absence.GONE)


def test_an_answer_takes_the_latency_and_says_when_it_was_asked_for(bed: Bed) -> None:
    bed.run(2.0)
    polls: list[tuple[float, Poll]] = []

    def ask() -> None:
        poll = bed.endpoints["a"].fetch("a", Question.VMS, 5.0)
        polls.append((bed.clock.now(), poll))

    bed.clock.spawn(ask)
    bed.run(1.0)
    ((at, poll),) = polls
    assert poll.started == 2.0
    assert at == pytest.approx(2.1)


def test_an_unchanged_host_is_answered_for_with_the_very_same_object(bed: Bed) -> None:
    first = bed.states()
    bed.run(100)
    assert bed.states() is first
    bed.world.do(pause("vm-1"))
    assert bed.states() is not first


def test_a_change_is_pushed_with_the_host_s_own_time(bed: Bed) -> None:
    bed.world.do(io_error("vm-1"))
    (push,) = bed.pushes
    report = push.vms["vm-1"]
    assert (push.host, report.status, report.pause_status) == (
        "a", VmStatus.PAUSED, PauseStatus.ENOSPC,
    )  # fmt: skip
    assert push.notify_time == report.status_time == bed.world.world.host("host-1").clock_ms(0.0)


def test_reboot_and_watchdog_are_told_by_push_only(bed: Bed) -> None:
    bed.world.do(reboot("vm-1"))
    bed.world.do(watchdog("vm-3", "none"))
    assert (bed.pushes[0].host, bed.pushes[0].vms["vm-1"].rebooted) == ("a", True)
    assert bed.pushes[1].vms["vm-3"].watchdog == "none"
    assert bed.states().vms["vm-1"].status is VmStatus.REBOOT_IN_PROGRESS
    assert not bed.states().vms["vm-1"].rebooted


def test_both_hosts_push_their_side_of_a_migration(bed: Bed) -> None:
    bed.world.do(migrate("vm-1", to="host-2"))
    bed.run(20)
    told = {
        host: [push.vms["vm-1"].status for push in bed.pushes if push.host == host]
        for host in ("a", "b")
    }
    assert told == {
        "a": [VmStatus.MIGRATING_FROM, VmStatus.DOWN],
        "b": [VmStatus.MIGRATING_TO, VmStatus.UP],
    }
    assert bed.states("a").vms["vm-1"].exit_reason is ExitReason.MIGRATION_SUCCEEDED


def test_an_ended_vm_is_listed_for_its_time_and_then_absent(bed: Bed) -> None:
    bed.world.do(destroy("vm-1"))
    assert bed.states().vms["vm-1"].status is VmStatus.DOWN
    bed.run(60)
    assert list(bed.states().vms) == ["vm-2"]


def test_a_dead_host_refuses_at_once(bed: Bed) -> None:
    bed.world.do(die("host-1"))
    before = bed.clock.now()
    missed = bed.endpoints["a"].fetch("a", Question.VMS, 5.0)
    assert isinstance(missed, Missed)
    assert (missed.kind, missed.reason) == (Miss.NETWORK, "connection refused")
    assert bed.clock.now() == before


def test_a_hanging_host_is_a_timeout_when_the_time_is_over_and_not_before(bed: Bed) -> None:
    bed.world.do(hang("host-1"))
    missed = bed.missed(timeout_secs=3.0)
    assert (missed.kind, missed.reason) == (Miss.TIMEOUT, "no answer within 3 s")
    assert 3.0 <= bed.clock.now() < 3.1
    assert isinstance(bed.ask("b"), Snapshot)


def test_a_host_slower_than_the_time_allowed_is_a_timeout(bed: Bed) -> None:
    bed.world.do(slow("host-1", by=4.0))
    assert bed.missed(timeout_secs=3.0).kind is Miss.TIMEOUT
    assert isinstance(bed.ask(timeout_secs=5.0), Snapshot)


def test_a_host_that_dies_under_a_question_resets_the_connection(bed: Bed) -> None:
    bed.world.do(slow("host-1", by=2.0))
    bed.world.at(1.0, die("host-1"))
    missed = bed.missed()
    assert (missed.kind, missed.reason) == (Miss.NETWORK, "connection reset by peer")
    assert bed.clock.now() < 1.1


def test_a_host_that_wakes_up_in_time_still_answers(bed: Bed) -> None:
    bed.world.do(hang("host-1", secs=2.0))
    bed.world.do(pause("vm-1"))
    answer = bed.states()
    assert 2.0 <= bed.clock.now() < 2.1
    assert answer.vms["vm-1"].status is VmStatus.PAUSED
    assert bed.pushes == []


@pytest.mark.parametrize("trouble", [die("host-1"), hang("host-1")], ids=["dead", "hung"])
def test_after_every_outage_the_states_are_to_be_asked_for_anew(bed: Bed, trouble: Story) -> None:
    assert bed.resyncs == []
    bed.world.do(trouble)
    bed.run(5)
    assert bed.resyncs == []
    bed.world.do(restore("host-1"))
    assert bed.resyncs == ["a"]


def test_closing_ends_a_call_under_way(bed: Bed) -> None:
    bed.world.do(hang("host-1"))
    polls: list[Poll] = []
    endpoint = bed.endpoints["a"]
    bed.clock.spawn(lambda: polls.append(endpoint.fetch("a", Question.VMS, 60.0)))
    bed.run(1.0)
    endpoint.close()
    bed.run(1.0)
    assert isinstance(polls[0], Missed)
    assert (polls[0].kind, polls[0].reason) == (Miss.NETWORK, "closed")


def test_a_closed_endpoint_hears_nothing_and_answers_nothing(bed: Bed) -> None:
    bed.endpoints["a"].close()
    bed.endpoints["a"].close()
    bed.world.do(pause("vm-1"))
    assert bed.pushes == []
    assert bed.missed().reason == "closed"


def test_a_question_about_another_host_is_a_mismatch(bed: Bed) -> None:
    poll = bed.endpoints["a"].fetch("b", Question.VMS, 5.0)
    assert isinstance(poll, Missed)
    assert (poll.host, poll.kind) == ("b", Miss.MISMATCH)


def test_an_endpoint_is_opened_once(bed: Bed) -> None:
    with pytest.raises(RuntimeError):
        bed.endpoints["a"].open(bed.pushes.append, bed.resyncs.append)


def test_without_pushes_only_polls_tell() -> None:
    bed = Bed(options=STILL.model_copy(update={"pushes": False}))
    bed.open(A)
    bed.world.do(pause("vm-1"))
    bed.world.do(die("host-2"))
    bed.world.do(restore("host-2"))
    assert (bed.pushes, bed.resyncs) == ([], [])
    assert bed.states().vms["vm-1"].status is VmStatus.PAUSED
    bed.endpoints["a"].close()


def test_the_world_moves_by_itself_and_pushes_without_being_asked() -> None:
    fleet, options = demo_fleet(hosts=20, vms_per_host=10, seed=5)
    bed = Bed(options=options)
    bed.open(*fleet)
    bed.run(30)
    assert len(bed.pushes) > 50
    assert {push.host for push in bed.pushes} <= {host.id for host in fleet}
    assert bed.resyncs
    for endpoint in bed.endpoints.values():
        endpoint.close()
    bed.run(1)
    assert bed.clock.stray() == []


def test_what_hosts_answer_is_the_truth_of_the_world() -> None:
    fleet, options = demo_fleet(hosts=8, vms_per_host=5, seed=2)
    bed = Bed(options=options.model_copy(update={"pace": 30.0, "latency_secs": 0.0}))
    bed.open(*fleet)
    for _ in range(60):
        bed.run(1)
        truth = bed.world.world.truth()
        for host in fleet:
            poll = bed.endpoints[host.id].fetch(host.id, Question.VMS, 0.0)
            if isinstance(poll, Snapshot) and isinstance(poll.answer, VmStatesAnswer):
                for vm, (status, home) in truth.items():
                    if home == host.id:
                        assert poll.answer.vms[vm].status is status
    for endpoint in bed.endpoints.values():
        endpoint.close()


def test_two_runs_of_one_seed_push_the_same() -> None:
    def pushed(seed: int) -> list[Push]:
        fleet, options = demo_fleet(hosts=6, vms_per_host=4, seed=seed)
        bed = Bed(options=options)
        bed.open(*fleet)
        bed.run(60)
        for endpoint in bed.endpoints.values():
            endpoint.close()
        return bed.pushes

    assert pushed(1) == pushed(1) != pushed(2)


def test_hosts_with_equal_options_share_a_world_and_others_do_not(bed: Bed) -> None:
    same = open_endpoint(Host("c", "sim://host-3"), bed.clock, STILL)
    named = open_endpoint(Host("d", "sim://other/host-3"), bed.clock, STILL)
    bed.world.do(pause("vm-5"))
    for id, endpoint, expected in (("c", same, VmStatus.PAUSED), ("d", named, VmStatus.UP)):
        endpoint.open(bed.pushes.append, bed.resyncs.append)
        bed.endpoints[id] = endpoint
        assert bed.states(id).vms["vm-5"].status is expected


def test_a_world_ends_with_the_last_that_shares_it_unless_it_is_held(bed: Bed) -> None:
    held = bed.world.hold()
    bed.world.do(pause("vm-1"))
    for endpoint in bed.endpoints.values():
        endpoint.close()
    assert bed.world is held
    held.release()
    assert bed.world is not held


def test_a_world_of_no_fixed_size_has_the_hosts_that_are_configured() -> None:
    bed = Bed(options=SimOptions(pace=0.0, vms_per_host=2))
    bed.open(Host("a", "sim://alpha"), Host("b", "sim://Beta"))
    assert list(bed.states("b").vms) == ["Beta-vm-1", "Beta-vm-2"]
    for endpoint in bed.endpoints.values():
        endpoint.close()


def test_a_world_that_began_earlier_stands_where_it_would_stand_by_now() -> None:
    def truth_at(age: float) -> tuple[object, list[Push]]:
        bed = Bed(clock=VirtualClock(start_wall=1_700_000_000.0 + age))
        bed.options = SimOptions(seed=4, pace=20.0, begun_at=1_700_000_000.0)
        bed.open(*(Host(name, f"sim://{name}") for name in ("alpha", "beta", "gamma")))
        bed.run(100.0 - age)
        truth = bed.world.world.truth()
        for endpoint in bed.endpoints.values():
            endpoint.close()
        return truth, bed.pushes

    (early, told), (late, untold) = truth_at(0.0), truth_at(100.0)
    assert early == late
    assert told
    assert untold == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sim://", "write sim://HOSTNAME"),
        ("sim:///host-1", "write sim://HOSTNAME"),
        ("sim://w/host-1/more", "write sim://HOSTNAME"),
        ("http://host-1", "write sim://HOSTNAME"),
        ("sim://host-4", "did you mean 'host-"),
        ("sim://zzz", "it has host-1 to host-3"),
    ],
)
def test_an_address_that_names_no_host_is_refused_with_the_way_out(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=r"\[hosts.x\]: url") as refused:
        open_endpoint(Host("x", url), VirtualClock(), STILL)
    assert says in str(refused.value)


def test_a_paused_vm_that_goes_on_is_pushed_as_up_without_a_pause_reason(bed: Bed) -> None:
    bed.world.do(pause("vm-1"))
    bed.world.do(resume("vm-1"))
    report = bed.pushes[-1].vms["vm-1"]
    assert (report.status, report.pause_status) == (VmStatus.UP, PauseStatus.NONE)


def test_a_disk_that_is_plugged_is_told_by_a_hash_and_by_the_devices(bed: Bed) -> None:
    assert bed.states().vms["vm-1"].device_hash is UNSET  # nobody has to ask what never changed
    bed.world.do(plug("vm-1"))
    assert bed.states().vms["vm-1"].device_hash == "1"
    polls = list[Poll]()
    fetch = bed.endpoints["a"].fetch
    bed.clock.spawn(lambda: polls.append(fetch("a", Question.DEVICES, 5.0, ("vm-1", "vm-99"))))
    bed.run(1.0)
    (poll,) = polls
    assert isinstance(poll, Snapshot)
    assert isinstance(poll.answer, VmDevicesAnswer)
    assert [one.kind for one in poll.answer.vms["vm-1"]] == ["disk", "disk", "memballoon"]
    assert list(poll.answer.vms) == ["vm-1"]


def test_a_client_and_a_job_are_told(bed: Bed) -> None:
    bed.world.do(console("vm-1"))
    client = bed.states().vms["vm-1"].guest
    assert isinstance(client, Guest)
    assert (client.client_ip or "").startswith("192.0.2.")
    bed.world.do(job("vm-1"))
    assert len(bed.states().vms["vm-1"].jobs or ()) == 1
