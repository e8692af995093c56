"""What befalls connections and daemons, and what may leave the socket (contract 20)."""

import gevent
import pytest
from gevent import socket

from tests.libvirt.bed import Bed
from tests.libvirt.certificates import Authority
from tests.libvirt.watching import ABSENT, Watcher, beside
from tests.waiting import until
from vurti.clock.gevent_clock import GeventClock
from vurti.model import (
    Host,
    Miss,
    Missed,
    Question,
    Snapshot,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmStatisticsAnswer,
)
from vurti.sources.libvirt import LibvirtOptions, open_endpoint
from vurti.wire.libvirt_calls import Procedure
from vurti.wire.libvirt_rpc import KEEPALIVE_PROGRAM, Frames, Packet

pytestmark = pytest.mark.libvirt

QUICK = {"keepalive_secs": 0.2, "retry_secs": 0.1, "retry_secs_max": 0.2}
KILLED = "Down Error LostQEMUConnection"


def missed(poll: object) -> Missed:
    assert isinstance(poll, Missed), poll
    return poll


def test_a_killed_daemon_is_missed_at_once_and_heard_again_after_its_return(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm(persistent=True)
    host.start(vm)
    with Watcher(host.url, **QUICK) as watch:
        host.kill_daemon()
        watch.until(lambda: isinstance(watch.ask(), Missed), "a miss")
        assert missed(watch.ask()).kind is Miss.NETWORK
        host.kill(vm)
        beside(host.start_daemon)
        watch.until(lambda: watch.resyncs == 2, "a resync")
        assert watch.endpoint.reconnects == 1
        assert watch.polled(vm) == KILLED
        assert watch.said(vm) == []


def test_vms_outlive_their_daemon(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    host.start(vm)
    with Watcher(host.url, **QUICK) as watch:
        host.kill_daemon()
        beside(host.start_daemon)
        watch.until(lambda: watch.resyncs == 2, "a resync")
        assert watch.polled(vm) == "Up booted"


def test_a_daemon_that_stands_still_is_found_by_its_silence(bed: Bed) -> None:
    host = bed.host(1)
    with Watcher(host.url, **QUICK) as watch:
        host.hang_daemon()
        try:
            lost = missed(watch.ask(secs=20))
        finally:
            host.unhang_daemon()
        assert lost.kind is Miss.TIMEOUT
        assert "3 pings" in lost.reason
        watch.until(lambda: isinstance(watch.ask(), Snapshot), "an answer")
        assert watch.resyncs == 2


def test_a_hung_qemu_takes_its_statistics_along_and_no_states(bed: Bed) -> None:
    host, hung, fine = bed.host(1), bed.vm(), bed.vm()
    host.start(hung)
    host.start(fine)
    with Watcher(host.url) as watch:
        host.hang(hung)
        try:
            asked = [missed(watch.ask(Question.VM_STATISTICS, secs=0.3)) for _ in range(3)]
            assert [poll.kind for poll in asked] == [Miss.TIMEOUT] * 3
            assert "has not been answered yet" in asked[2].reason
            assert watch.polled(hung) == watch.polled(fine) == "Up booted"
            assert isinstance(watch.ask(Question.VDS_STATISTICS), Snapshot)
        finally:
            host.unhang(hung)
        watch.until(
            lambda: isinstance(watch.ask(Question.VM_STATISTICS), Snapshot), "statistics again"
        )
        assert watch.resyncs == 1


def test_a_host_tells_what_it_is_and_how_it_and_its_vms_do(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    host.start(vm)

    def has_read(watch: Watcher) -> bool:
        """On a busy machine it takes its time until it reads its boot sector."""
        poll = watch.ask(Question.VM_STATISTICS)
        assert isinstance(poll, Snapshot)
        assert isinstance(poll.answer, VmStatisticsAnswer)
        return (poll.answer.vms[vm.id].disk_read_bytes or 0) >= 512

    with Watcher(host.url) as watch:
        watch.until(lambda: has_read(watch), "a boot sector that is read")
        for _ in range(2):
            assert watch.polled(vm) == "Up booted"
            vms = watch.ask(Question.VM_STATISTICS)
            vds = watch.ask(Question.VDS_STATISTICS)
            gevent.sleep(0.1)
        capabilities = watch.ask(Question.CAPABILITIES)
    assert isinstance(vms, Snapshot)
    assert isinstance(vms.answer, VmStatisticsAnswer)
    sample = vms.answer.vms[vm.id]
    assert sample.memory_kb == 32 * 1024
    assert sample.vcpus == 1
    assert 0 <= (sample.cpu_percent or 0) <= 100
    assert isinstance(vds, Snapshot)
    assert isinstance(vds.answer, VdsStatisticsAnswer)
    assert vds.answer.statistics.vm_count == 1
    assert vds.answer.statistics.cpu_percent is not None
    assert isinstance(capabilities, Snapshot)
    assert isinstance(capabilities.answer, VdsCapabilitiesAnswer)
    assert capabilities.answer.capabilities.hostname == "hv1"
    assert (capabilities.answer.capabilities.hypervisor or "").startswith("QEMU ")


def test_a_unix_socket_serves_as_well_and_pushes(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    with Watcher(host.unix_url) as watch:
        beside(host.start, vm)
        watch.until_said(vm, "Up booted")


def test_libvirts_test_driver_tells_states_and_capabilities_only(bed: Bed) -> None:
    with Watcher(bed.host(1).test_url) as watch:
        assert [report.name for report in watch.states().vms.values()] == ["test"]
        assert isinstance(watch.ask(Question.CAPABILITIES), Snapshot)
        assert missed(watch.ask(Question.VM_STATISTICS)).kind is Miss.MISMATCH


def certificates(authority: Authority) -> dict[str, object]:
    return {
        "ca_path": authority.ca,
        "cert_path": authority.client,
        "key_path": authority.client_key,
    }


def test_tls_with_certificates_of_one_authority_works(bed: Bed) -> None:
    host, vm = bed.host(1), bed.vm()
    with Watcher(host.tls_url, **certificates(bed.authority)) as watch:
        beside(host.start, vm)
        watch.until_said(vm, "Up booted")
        assert watch.polled(vm) == "Up booted"


def first_miss(url: str, **options: object) -> Missed:
    endpoint = open_endpoint(
        Host(id="h", url=url), GeventClock(), LibvirtOptions.model_validate(options)
    )
    endpoint.open(lambda push: None, lambda host: None)
    try:
        return missed(endpoint.fetch("h", Question.VMS, 5))
    finally:
        endpoint.close()


def test_a_host_whose_certificate_is_a_strangers_is_not_talked_to(
    bed: Bed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger = Authority(tmp_path_factory.mktemp("stranger") / "pki")
    options = {**certificates(bed.authority), "ca_path": stranger.ca}
    reason = first_miss(bed.host(1).tls_url, **options).reason
    assert "certificate is not valid" in reason


def test_a_host_that_does_not_know_our_authority_refuses_our_certificate(
    bed: Bed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger = Authority(tmp_path_factory.mktemp("stranger") / "pki")
    options = {**certificates(stranger), "ca_path": bed.authority.ca}
    reason = first_miss(bed.host(1).tls_url, **options).reason
    assert "refused our certificate" in reason


def test_a_certificate_for_another_name_is_not_accepted(bed: Bed) -> None:
    url = f"qemu+tls://127.0.0.2:{bed.host(1).tls}/system"
    relay = listening("127.0.0.2", bed.host(1).tls)
    pump = gevent.spawn(forward, relay, bed.host(1).tls, [])
    try:
        reason = first_miss(url, **certificates(bed.authority)).reason
    finally:
        pump.kill()
        relay.close()
    assert "127.0.0.2" in reason
    assert "not valid" in reason


def test_missing_certificate_files_are_named(bed: Bed) -> None:
    options = {**certificates(bed.authority), "key_path": "/nowhere/key.pem"}
    assert "/nowhere/key.pem" in first_miss(bed.host(1).tls_url, **options).reason


def listening(address: str, port: int) -> socket.socket:
    """A listening socket of gevent's; its create_server would give one that blocks everything."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen()
    return server


def forward(server: socket.socket, port: int, seen: list[bytes]) -> None:
    """Pass on what comes in at `server` to libvirtd at `port` and back; keep what went there."""
    while True:
        near, _ = server.accept()
        far = socket.create_connection(("127.0.0.1", port))
        gevent.spawn(copy, near, far, seen)
        gevent.spawn(copy, far, near, [])


def copy(source: socket.socket, target: socket.socket, seen: list[bytes]) -> None:
    try:
        while data := source.recv(65536):
            seen.append(data)
            target.sendall(data)
    except OSError:
        pass  # the other direction has closed it
    finally:
        for end in (source, target):
            end.close()


def test_only_the_listed_read_only_calls_leave_the_socket(bed: Bed) -> None:
    host, seen = bed.host(1), list[bytes]()
    vm, full = bed.vm(), bed.vm(boots="writer", tiny=True)
    relay = listening("127.0.0.1", 0)
    pump = gevent.spawn(forward, relay, host.tcp, seen)
    try:
        url = f"qemu+tcp://127.0.0.1:{relay.getsockname()[1]}/system"
        with Watcher(url, **QUICK) as watch:
            beside(host.start, vm)
            beside(host.start, full)
            watch.until_polled(full, "Paused ENOSPC")
            for question in watch.endpoint.questions:
                poll = watch.endpoint.fetch("h", question, 5.0, (vm.id,))
                assert isinstance(poll, Snapshot), poll
            beside(host.destroy, vm)
            assert watch.until_polled(vm, ABSENT)[-1] == ABSENT
            until(
                lambda: any(each.program == KEEPALIVE_PROGRAM for each in packets(seen)), "a ping"
            )
    finally:
        pump.kill()
        relay.close()
    calls = [each for each in packets(seen) if each.program != KEEPALIVE_PROGRAM]
    assert {each.procedure for each in calls} <= set(Procedure)
    assert Procedure.DOMAIN_GET_XML_DESC in {each.procedure for each in calls}
    opens = [each for each in calls if each.procedure == Procedure.CONNECT_OPEN]
    assert [each.payload[-4:] for each in opens] == [b"\0\0\0\1"], "not opened read-only"


def packets(seen: list[bytes]) -> list[Packet]:
    frames = Frames()
    found = frames.feed(b"".join(seen))
    assert frames.broken is None
    return found
