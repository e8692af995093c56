"""The limits: what asks prepared hosts and does nothing, or next to nothing, with the answers.

    python -m benchmarks.limits ADDRESS PORT WHAT POLLS

A program of its own, so that nothing else is in the process. It asks over a framed socket of
gevent's, one question after the other, and prints microseconds of CPU for each answer.
"""

import sys
import time
from collections.abc import Callable

from gevent import socket

CONNECT = (
    b"CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0"
    b"SUBSCRIBE\ndestination:mine\nid:1\nack:auto\n\n\0"
)
ASK = (
    b"SEND\ndestination:jms.topic.vdsm_requests\nreply-to:mine\n\n"
    b'{"jsonrpc":"2.0","method":"Host.getAllVmStats","params":{},"id":"1"}\0'
)
CHUNK_BYTES, WARMING_POLLS = 1 << 20, 50


def _reader(what: str) -> Callable[[bytes], object]:
    """What is done with the body of an answer."""
    match what:
        case "receive":
            return len
        case "orjson":
            import orjson

            return orjson.loads
        case "msgspec":
            return _kept()
    raise SystemExit(f"no such limit: {what}")


def _kept() -> Callable[[bytes], object]:
    """The 13 fields of a VM that a monitor keeps, by a typed decoder of msgspec's."""
    import msgspec

    text = ("vmId", "vmName", "status", "statusTime", "elapsedTime", "cpuUser", "cpuSys",
            "cpuUsage", "memUsage", "monitorResponse", "guestIPs", "hash", "session")  # fmt: skip
    vm = msgspec.defstruct("vm", [(name, str, "") for name in text], gc=False)
    reply = msgspec.defstruct("reply", [("id", str), ("result", list[vm])])  # type: ignore[valid-type]  # made above
    decode: Callable[[bytes], object] = msgspec.json.Decoder(reply).decode
    return decode


def _answer(sock: socket.socket) -> bytes:
    """The body of one frame: the only one that is on its way."""
    held = [sock.recv(CHUNK_BYTES)]
    while not held[-1].rstrip(b"\n").endswith(b"\0"):  # heart-beats come in between
        held.append(sock.recv(CHUNK_BYTES))
    whole = b"".join(held)
    return whole[whole.index(b"\n\n") + 2 : whole.rindex(b"\0")]


def main() -> None:
    """Measure once."""
    address, port, what, polls = sys.argv[1:]
    done = _reader(what)
    with socket.create_connection((address, int(port))) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.sendall(CONNECT)
        sock.recv(CHUNK_BYTES)
        _ask(sock, done, WARMING_POLLS)
        print(1e6 * _ask(sock, done, int(polls)))


def _ask(sock: socket.socket, done: Callable[[bytes], object], polls: int) -> float:
    """Seconds of CPU for each."""
    began = time.process_time()
    for _ in range(polls):
        sock.sendall(ASK)
        done(_answer(sock))
    return (time.process_time() - began) / polls


if __name__ == "__main__":
    main()
