"""What it costs vurti to ask a host and to make values of its answer; nothing is decided of it.

    python -m benchmarks.fetching CONFIG QUESTION POLLS

A program of its own, for the first host of a configuration. Prints microseconds of CPU for each
answer.
"""

import sys
import time
from pathlib import Path

from gevent import monkey

WARMING_POLLS, MISSED_MAX = 10, 3


def main() -> None:
    """Measure once."""
    from vurti.clock.gevent_clock import GeventClock
    from vurti.config import load_config
    from vurti.model import Question, Snapshot
    from vurti.service.interpreter import calm_the_collector

    config, clock = load_config(Path(sys.argv[1])), GeventClock()
    question, polls = Question(sys.argv[2]), int(sys.argv[3])
    parts = config.parts(clock)
    host = parts.hosts[0]
    endpoint = parts.endpoint(host)
    endpoint.open(lambda push: None, lambda host: None)

    def ask(count: int) -> None:
        missed = []
        while count > 0:
            poll = endpoint.fetch(host.id, question, 10.0)
            if isinstance(poll, Snapshot):
                count -= 1
            else:  # a virtual machine may stand still for as long as that
                missed.append(poll)
                assert len(missed) <= MISSED_MAX, missed

    ask(WARMING_POLLS)
    calm_the_collector()  # as `vurti run` does
    began = time.process_time()
    ask(polls)
    print(1e6 * (time.process_time() - began) / polls)
    endpoint.close()


if __name__ == "__main__":
    monkey.patch_all()
    main()
