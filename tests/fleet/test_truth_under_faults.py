"""Whatever befalls some hosts on the wire, in the end the database says what is true, and hosts
that are well never notice."""

import time
from collections.abc import Iterator

import pytest

from tests.fleet.watched import Watched, watching
from tests.ports import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.fleet
HOSTS, VMS = 20, 5
SETTINGS = """
[repository]
url = "sqlite:///vurti.db"
[log]
level = "DEBUG"
repeat_secs = 0
[poll]
status_secs = 0.5
statistics_secs = 2
timeout_secs = 1
statistics_timeout_secs = 1.5
[rules]
attempts_max = 1
grace_secs = 1
grace_per_vm_secs = 0
quiet_secs = 0
[sources.vdsm]
connect_secs = 1
heartbeat_secs = 1
reply_lost_secs = 3
retry_secs = 0.1
retry_secs_max = 1
"""
IN_FAULT_SECS = 30
TO_TRUTH_SECS = 20

FAULTS: dict[str, tuple[float | None, set[str]]] = {
    "slow": (3.0, {"timeout"}),
    "hang": (None, {"timeout", "network"}),
    "mute": (None, {"timeout"}),
    "refuse": (None, {"network"}),
    "reset": (1.0, {"network"}),
    "truncated": (1.0, {"network"}),
    "garbage": (1.0, {"decode", "bad_reply", "network", "timeout"}),
    "nonsense": (1.0, {"decode", "timeout"}),  # whose answer it was to be cannot always be told
    "huge": (20e6, {"decode", "bad_reply", "network", "timeout"}),
    "recovering": (None, {"recovering"}),
    "overloaded": (1.0, {"overloaded"}),
    "unexpected": (1.0, {"bad_reply"}),
}
"""How much of each, and the kinds of misses of which at least one must be seen."""

QUIET = {"clock_back": 3600.0, "flood": 300.0, "lost": 1.0, "claim": 1.0}
"""Faults in which polls go on: what they must not do is spoil what is known."""


@pytest.fixture(scope="module", params=["vdsm+tcp", "vdsm"])
def fleet(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    home = tmp_path_factory.mktemp(str(request.param).replace("+", "-"))
    size = ("--hosts", str(HOSTS), "--vms", str(VMS), "--pace", "0")
    reach = ("--port", str(free_port()), "--scheme", str(request.param))
    settings = SETTINGS.replace("vurti.db", str(home / "vurti.db"))
    with watching(home, settings, *size, *reach) as watched:
        is_true(watched)
        yield watched
        assert watched.service.stop() == 0


def is_true(fleet: Watched) -> None:
    """Wait until it is; fail with what is not."""
    agreed = f"{HOSTS} hosts are Up and every VM is as it truly is"
    try:
        wait_for(lambda: agrees(fleet), agreed, TO_TRUTH_SECS)
    except AssertionError as error:
        raise AssertionError(f"{error}: {fleet.wrong()}, {fleet.hosts_up()} Up") from None


def is_calm(fleet: Watched) -> None:
    """Wait until every host has been asked again and none missed: what a fault leaves behind, such
    as an answer that is still to come, is no part of the next case."""
    deadline = time.monotonic() + TO_TRUTH_SECS
    since = -1
    while since < 0 or fleet.misses(since):
        assert time.monotonic() < deadline, f"still missed: {fleet.misses(since)}"
        since = fleet.logged()
        asked_again(fleet)


def asked_again(fleet: Watched) -> None:
    """Wait until so many questions were put as there are when every host gets two."""
    wanted = asked(fleet) + 2 * HOSTS
    wait_for(lambda: asked(fleet) >= wanted, "polls go on", 20)


def asked(fleet: Watched) -> int:
    calls: dict[str, int] = fleet.control.get("/calls")
    return calls["Host.getAllVmStats"]


def agrees(fleet: Watched) -> bool:
    assert fleet.service.process.poll() is None, fleet.service.log.read_text()[-2000:]
    return fleet.hosts_up() == HOSTS and not fleet.wrong()


def strike(fleet: Watched, kind: str, by: float | None) -> tuple[str, str]:
    """Two hosts are struck, and things happen there of which nobody may be told."""
    (first, one), (second, two), (third, three), *_ = fleet.control.residents()
    struck = fleet.control.post("/faults", kind=kind, hosts=(first, second), by=by)["struck"]
    assert set(struck) == {first, second}
    fleet.control.post("/stories", kind="pause", thing=one[0], pause_status="EIO", secs=4)
    fleet.control.post("/stories", kind="crash", thing=one[1], secs=4)
    fleet.control.post("/stories", kind="migrate", thing=two[0], to=third)
    fleet.control.post("/stories", kind="migrate", thing=three[0], to=second)
    return first, second


def did_not_spread(fleet: Watched, since: int, struck: set[str]) -> None:
    """No other host was missed but for time-outs of this busy machine, and of them only few."""
    others = [one for one in fleet.misses(since) if one[0] not in struck]
    assert {miss for _, _, miss, _ in others} <= {"timeout"}, others
    assert len({host for host, *_ in others}) <= HOSTS // 4, others


@pytest.mark.parametrize("kind", FAULTS)
def test_after_a_fault_that_silences_hosts_the_truth_is_known_and_no_other_suffers(
    fleet: Watched, kind: str
) -> None:
    by, kinds = FAULTS[kind]
    since = fleet.logged()
    struck = strike(fleet, kind, by)

    def noticed() -> bool:
        hit = {host for host, _, miss, _ in fleet.misses(since) if miss in kinds}
        return hit >= set(struck)

    try:
        wait_for(noticed, f"both hosts missed by {kinds}", IN_FAULT_SECS)
    finally:
        fleet.control.post("/mend")
    is_true(fleet)
    is_calm(fleet)
    did_not_spread(fleet, since, set(struck))


@pytest.mark.parametrize("kind", QUIET)
def test_after_a_fault_that_only_misleads_the_truth_is_known_and_nobody_suffers(
    fleet: Watched, kind: str
) -> None:
    since = fleet.logged()
    strike(fleet, kind, QUIET[kind])
    asked_again(fleet)
    fleet.control.post("/mend")
    is_true(fleet)
    did_not_spread(fleet, since, set())
