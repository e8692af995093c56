"""The least that a start can be: hosts are connected to, asked what vurti asks them, and what they
tell is decoded and stored; nothing is compared, decided, explained or told.

    python -m benchmarks.bare_start SCHEME://HOST:PORT HOSTS DATABASE

A program of its own, so that nothing else is in the process. Hosts are prepared ones, that of the
URL is the first. Prints seconds of CPU: of loading, of asking, and of storing.
"""

import sqlite3
import sys
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from gevent import monkey

AT_ONCE = 64
"""So many hosts are asked at a time."""
EVENTS_A_VM = 3
CALL = (
    b"SEND\ndestination:jms.topic.vdsm_requests\nreply-to:mine\n\n"
    b'{"jsonrpc":"2.0","method":"%s","params":%s,"id":"1"}\0'
)
STATES = b"Host.getAllVmStats"
BEFORE = (b"Host.ping2", b"Host.getCapabilities", b"Host.getHardwareInfo", b"Host.getStats", STATES)
TABLES = """
create table host (id text primary key, body text);
create table vm (id text primary key, host text, status text, body text);
create table sample (vm text primary key, at real, body text);
create table event (place integer primary key, vm text, kind text, body text);
create index event_vm on event (vm)
"""


class Told(NamedTuple):
    """What one host tells of itself, of its VMs, and what each of them is made of."""

    facts: list[Any]
    vms: list[dict[str, Any]]
    xmls: dict[str, Any]


def told_by(url: str) -> Told:
    """States are asked for twice, as of a host that has come Up."""
    import orjson

    from benchmarks.asking import Asked

    asked = Asked(url)

    def ask(method: bytes, params: bytes = b"{}") -> Any:
        return orjson.loads(asked.answer(CALL % (method, params)))["result"]

    *facts, vms = [ask(method) for method in BEFORE]
    xmls = ask(b"Host.dumpxmls", orjson.dumps({"vmList": [vm["vmId"] for vm in vms]}))
    return Told(facts, ask(STATES), xmls)


def store(
    database: str, told: list[tuple[list[Any], list[dict[str, Any]], dict[str, Any]]]
) -> None:
    """A row a host, and of each VM a row, a sample and its events, by one statement each."""
    import orjson

    connection = sqlite3.connect(database)
    connection.executescript(f"pragma journal_mode = wal; {TABLES}")
    with connection:
        hosts = ((str(place), orjson.dumps(one.facts)) for place, one in enumerate(told))
        connection.executemany("insert into host values (?, ?)", hosts)
        vms = [
            (vm["vmId"], str(place), vm["status"], orjson.dumps(vm), one.xmls[vm["vmId"]])
            for place, one in enumerate(told)
            for vm in one.vms
        ]
        rows = ((id_, host, status, xml) for id_, host, status, _, xml in vms)
        connection.executemany("insert into vm values (?, ?, ?, ?)", rows)
        samples = ((id_, 0.0, body) for id_, _, _, body, _ in vms)
        connection.executemany("insert into sample values (?, ?, ?)", samples)
        events = (
            (None, id_, "VmKnown", body[:700])
            for id_, _, _, body, _ in vms
            for _ in range(EVENTS_A_VM)
        )
        connection.executemany("insert into event values (?, ?, ?, ?)", events)
    connection.close()


def main() -> None:
    """Measure once."""
    from gevent.pool import Pool

    from benchmarks.peer.fleet import address

    url, hosts, database = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    parts = urlsplit(url)
    places = (address(number, parts.port or 0) for number in range(1, hosts + 1))
    urls = [f"{parts.scheme}://{ip}:{port}" for ip, port in places]
    loaded = time.process_time()
    told = Pool(AT_ONCE).map(told_by, urls)
    asked = time.process_time()
    store(database, told)
    print(loaded, asked - loaded, time.process_time() - asked)


if __name__ == "__main__":
    monkey.patch_all()
    main()
