"""Contract 11 and 18: hosts that behave badly on real sockets, among fifty that behave well."""

import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import gevent
import pytest
from gevent import socket
from reactivex.abc import DisposableBase

from vurti import PushAdapter
from vurti.config import Config
from vurti.model import Host, Miss, Missed, Poll, VdsStatus, VmStatesAnswer
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.libvirt import LibvirtOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings

pytestmark = pytest.mark.slow

SECS, BEAT = 6.0, 0.5
Act = Callable[[socket.socket], None]


def never_answers(peer: socket.socket) -> None:
    while peer.recv(65536):
        pass


def answers_garbage(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    never_answers(peer)


def announces_4_gb(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(struct.pack(">I", 2**32 - 4) + bytes(4096))
    never_answers(peer)


def closes_in_mid_reply(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(struct.pack(">II", 200, 0x20008086))


@contextmanager
def serving(act: Act) -> Iterator[str]:
    """A peer that does so with every connection; its libvirt URL."""

    def serve(peer: socket.socket) -> None:
        with peer:
            try:
                act(peer)
            except OSError:
                return  # it was hung up on

    def accept() -> None:
        while True:
            served.append(gevent.spawn(serve, listener.accept()[0]))

    served: list[gevent.Greenlet] = []
    listener = socket.socket()  # create_server would give one that blocks the process
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    accepting = gevent.spawn(accept)
    try:
        yield f"qemu+tcp://127.0.0.1:{listener.getsockname()[1]}/system"
    finally:
        accepting.kill()
        gevent.killall(served)
        listener.close()


RUDE: dict[str, tuple[Act, Miss, str]] = {
    "silent": (never_answers, Miss.TIMEOUT, "no answer|not answer|within"),
    "garbage": (answers_garbage, Miss.DECODE, "bytes is announced"),
    "huge": (announces_4_gb, Miss.DECODE, "4294967292 bytes is announced"),
    "torn": (closes_in_mid_reply, Miss.NETWORK, "closed by the host"),
}


class Heard:
    """What the polls of each host gave."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self.missed: dict[str, list[Missed]] = {}

    def __call__(self, poll: Poll) -> None:
        if isinstance(poll, Missed):
            self.missed.setdefault(poll.host, []).append(poll)
        elif isinstance(poll.answer, VmStatesAnswer):
            self.states[poll.host] += 1


def test_contract_11_and_18_rude_hosts_are_missed_with_a_reason_and_delay_no_other(
    tmp_path: Path,
) -> None:
    fleet, sim = demo_fleet(50, 4)
    heard = Heard()
    with ExitStack() as stack:
        rude = tuple(
            Host(name, stack.enter_context(serving(act))) for name, (act, _, _) in RUDE.items()
        )
        config = Config(
            hosts=(*fleet, *rude),
            poll=PollSettings(status_secs=BEAT, timeout_secs=1, statistics_timeout_secs=1),
            repository=RepositorySettings(url=f"sqlite:///{tmp_path}/vurti.db"),
            sources=SourceOptions(
                sim=sim.model_copy(update={"pace": 0.0}),
                libvirt=LibvirtOptions(connect_secs=1, retry_secs=0.1),
            ),
        )
        adapter = stack.enter_context(PushAdapter(config))
        following: DisposableBase = adapter["polls"].subscribe(heard)
        adapter.run(SECS)
        following.dispose()
        late = {one.host.id: (one.skipped, one.thinned, one.bugs) for one in adapter.polls}
        statuses = {row.value.id: row.value.status for row in adapter.pipeline.view.vdss.values()}
    for name, (_, kind, reason) in RUDE.items():
        assert statuses[name] is not VdsStatus.UP
        told = [one for one in heard.missed[name] if one.kind is kind]
        assert told, f"{name}: {Counter(one.kind for one in heard.missed[name])}"
        assert any(re.search(reason, one.reason) for one in told), told[0].reason
    for host in fleet:
        assert statuses[host.id] is VdsStatus.UP
        assert host.id not in heard.missed
        assert heard.states[host.id] >= SECS / BEAT - 1
        skipped, *rest = late[host.id]
        assert skipped <= 2  # beats that this machine was too busy for, whoever was rude
        assert rest == [0, 0]
