"""The old way as a program.

    python -m benchmarks.old_way STORE PORT HOSTS EVERY_SECS

Watches so many prepared hosts, each by a thread of its own, which asks over requests with a session
of its own. Prints a line once each host was heard; ends with its input.
"""

import random
import sys
import threading
import time

import requests

from benchmarks.old_way.cycle import World
from benchmarks.old_way.stores import opened
from benchmarks.peer.fleet import address


def watch(world: World, number: int, port: int, every: float, heard: threading.Semaphore) -> None:
    """The life of one thread."""
    host = f"host-{number:05d}"
    ip, _ = address(number, port)
    session = requests.Session()
    session.trust_env = False
    due = time.monotonic() + every * random.random()
    first = True
    while True:
        time.sleep(max(0.0, due - time.monotonic()))
        due += every
        try:
            answer = session.get(f"http://{ip}:{port}/", timeout=10).json()
        except requests.RequestException as error:
            print(f"{host}: {error}", file=sys.stderr)
            continue
        world.refresh(host, answer)
        if first:
            first = False
            heard.release()


def main() -> None:
    """Watch until nobody reads what we say."""
    url, port, hosts, every = sys.argv[1:]
    world, heard = World(opened(url)), threading.Semaphore(0)
    for number in range(1, int(hosts) + 1):
        given = (world, number, int(port), float(every), heard)
        threading.Thread(target=watch, args=given, daemon=True).start()
    for _ in range(int(hosts)):
        heard.acquire()
    print("all heard", flush=True)
    sys.stdin.read()
    print(world.vms, world.events, flush=True)


if __name__ == "__main__":
    main()
