"""The limits, and the usual ways: what asks a prepared host and does next to nothing besides.

    python -m benchmarks.limits URL WHAT POLLS

A program of its own, so that nothing else is in the process. It asks over one connection, one
question after the other, and prints microseconds of CPU for each answer.
"""

import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from gevent import monkey

WARMING_POLLS = 50
RECEIVE, MSGSPEC, ORJSON, REQUESTS = "receive", "receive, msgspec", "receive, orjson", "requests"
"""Over a socket by hand: nothing, 13 fields of each VM, or all decoded. By requests: all decoded by
the library that Python has for it."""


def asking(url: str, what: str) -> Callable[[], object]:
    """What asks once and is done with the answer."""
    if what == REQUESTS:
        return _by_requests(url)
    from benchmarks.asking import Asked

    asked, read = Asked(url), _reader(what)
    return lambda: read(asked.answer())


def _reader(what: str) -> Callable[[bytes], object]:
    """What is done with the body of an answer."""
    if what == RECEIVE:
        return len
    if what == MSGSPEC:
        return _kept()
    import orjson

    return orjson.loads


def _kept() -> Callable[[bytes], object]:
    """The 13 fields of a VM that a monitor keeps, by a typed decoder of msgspec's."""
    import msgspec

    text = ("vmId", "vmName", "status", "statusTime", "elapsedTime", "cpuUser", "cpuSys",
            "cpuUsage", "memUsage", "monitorResponse", "guestIPs", "hash", "session")  # fmt: skip
    vm = msgspec.defstruct("vm", [(name, str, "") for name in text], gc=False)
    reply = msgspec.defstruct("reply", [("id", str), ("result", list[vm])])  # type: ignore[valid-type]  # made above
    decode: Callable[[bytes], object] = msgspec.json.Decoder(reply).decode
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
    url, what, polls = sys.argv[1:]
    ask = asking(url, what)
    for _ in range(WARMING_POLLS):
        ask()
    began = time.process_time()
    for _ in range(int(polls)):
        ask()
    print(1e6 * (time.process_time() - began) / int(polls))


if __name__ == "__main__":
    monkey.patch_all()
    main()
