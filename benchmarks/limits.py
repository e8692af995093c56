"""The limits, and the usual ways: what asks a prepared host and does next to nothing besides.

    python -m benchmarks.limits URL WHAT POLLS [HOSTS EVERY_SECS]

A program of its own, so that nothing else is in the process. It asks one question after the other
over one connection, or so many hosts (that of the URL is the first) so often, each in a task of its
own, as a monitor would: then it sleeps in between, and finds nothing in the caches. Prints
microseconds of CPU for each answer.
"""

import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from gevent import monkey

WARMING_POLLS = 10
RECEIVE, MSGSPEC, ORJSON, REQUESTS = "receive", "receive, msgspec", "receive, orjson", "requests"
MSGSPEC_LIST = "msgspec, of the list alone"
"""Over a socket by hand: nothing, 13 fields of each VM, or all decoded. By requests: all decoded by
the library that Python has for it."""


def asking(url: str, what: str) -> Callable[[], object]:
    """What asks once and is done with the answer."""
    if what == REQUESTS:
        return _by_requests(url)
    from benchmarks.asking import Asked

    asked, read = Asked(url), reader(what)
    return lambda: read(asked.answer())


def reader(what: str) -> Callable[[bytes], object]:
    """What is done with the body of an answer."""
    if what == RECEIVE:
        return len
    if what in (MSGSPEC, MSGSPEC_LIST):
        return _kept(envelope=what == MSGSPEC)
    import orjson

    return orjson.loads


def _kept(envelope: bool) -> Callable[[bytes], object]:
    """The 13 fields of a VM that a monitor keeps, by a typed decoder of msgspec's."""
    import msgspec

    text = ("vmId", "vmName", "status", "statusTime", "elapsedTime", "cpuUser", "cpuSys",
            "cpuUsage", "memUsage", "monitorResponse", "guestIPs", "hash", "session")  # fmt: skip
    vm = msgspec.defstruct("vm", [(name, str, "") for name in text], gc=False)
    reply = msgspec.defstruct("reply", [("id", str), ("result", list[vm])])  # type: ignore[valid-type]  # made above
    decoder = msgspec.json.Decoder(reply if envelope else list[vm])  # type: ignore[valid-type]  # same
    decode: Callable[[bytes], object] = decoder.decode
    return decode


def _by_requests(url: str) -> Callable[[], object]:
    """A session, its convenient calls, and what decodes without further thought."""
    import warnings
    import xmlrpc.client  # what the old way had
    from urllib.parse import urlunsplit

    import requests

    from benchmarks.asking import XML_CALL

    warnings.simplefilter("ignore")  # that nobody checks the certificate here
    session, parts = requests.Session(), urlsplit(url)
    session.trust_env, session.verify = False, False
    secure = parts.scheme in ("vdsm", "json+https", "vdsm+https")
    place = ("https" if secure else "http", parts.netloc)
    if parts.scheme.startswith("vdsm+http"):
        xml = urlunsplit((*place, "/RPC2", "", ""))
        return lambda: xmlrpc.client.loads(session.post(xml, data=XML_CALL).content)
    query = "question=vms" if parts.scheme.startswith("json") else ""
    json = urlunsplit((*place, "/vurti" if query else "/", query, ""))
    return lambda: session.get(json).json()


def main() -> None:
    """Measure once."""
    url, what, polls, *paced = sys.argv[1:]
    if paced:
        print(1e6 * _in_turns(url, what, int(polls), int(paced[0]), float(paced[1])))
        return
    ask = asking(url, what)
    _repeat(ask, WARMING_POLLS)
    print(1e6 * _repeat(ask, int(polls)))


def _repeat(ask: Callable[[], object], polls: int) -> float:
    began = time.process_time()
    for _ in range(polls):
        ask()
    return (time.process_time() - began) / polls


def _in_turns(url: str, what: str, polls: int, hosts: int, every: float) -> float:
    """Each host at its own place in the period."""
    import gevent

    from benchmarks.peer.fleet import address

    parts = urlsplit(url)
    urls = [f"{parts.scheme}://{':'.join(map(str, address(number, parts.port or 0)))}"
            for number in range(1, hosts + 1)]  # fmt: skip
    asks = [asking(one, what) for one in urls]
    for ask in asks:
        ask()
    began = time.monotonic()

    def watch(place: int) -> None:
        for turn in range(polls // hosts):
            due = began + every * (turn + place / hosts)
            gevent.sleep(max(0.0, due - time.monotonic()))
            asks[place]()

    spent = time.process_time()
    gevent.joinall([gevent.spawn(watch, place) for place in range(hosts)], raise_error=True)
    return (time.process_time() - spent) / (polls // hosts * hosts)


if __name__ == "__main__":
    monkey.patch_all()
    main()
