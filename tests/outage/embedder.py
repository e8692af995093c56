"""A program that embeds vurti as others may, and writes down how it fares.

    python -m tests.outage.embedder CONFIG [--stalls] [--raises]

Prints a line of JSON each half second, and a last one when everything is stored. `--stalls`
subscribes one who never returns from its first event, `--raises` one who raises at each.
"""

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any

from gevent import monkey

monkey.patch_all()

from vurti import PushAdapter, load_config  # noqa: E402  after patching
from vurti.clock.gevent_signals import on_signals  # noqa: E402
from vurti.events import Event  # noqa: E402
from vurti.service.interpreter import calm_the_collector  # noqa: E402
from vurti.service.logs import log_to_stderr  # noqa: E402

EVERY_SECS = 0.5


def rss_mib() -> float:
    """The memory that this process holds."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def figures(adapter: PushAdapter) -> dict[str, Any]:
    """How it stands."""
    writing: Any = adapter.writing
    boxes = writing.mailboxes.values()
    polls = adapter.polls
    limits = adapter.streams.shared["vms"].limits
    return {
        "at": adapter.clock.now(),
        "rss_mib": round(rss_mib(), 1),
        "backlog": writing.backlog(),
        "oldest_secs": round(writing.oldest_age_secs, 2),
        "decided": adapter.pipeline.events,
        "stored": writing.events,
        "commits": writing.commits,
        "rows": writing.rows,
        "retries": writing.retries,
        "statistics_failures": writing.statistics_failures,
        "sums": sum(box.sums for box in boxes),
        "over": sum(box.over for box in boxes),
        "peak": max(box.peak for box in boxes),
        "thinned": sum(one.thinned for one in polls),
        "asked": sum(one.asked for one in polls),
        "raised": limits.errors,
        "cut_off": limits.cut_off,
        "subscriber_sums": limits.sums,
    }


def tell(told: dict[str, Any]) -> None:
    """A line."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def tell_on(adapter: PushAdapter) -> None:
    """Again and again."""
    due = adapter.clock.now()
    while True:
        tell(figures(adapter))
        due += EVERY_SECS
        adapter.clock.sleep_until(due)


def subscribe(adapter: PushAdapter, stalls: bool, raises: bool) -> None:
    """Those who behave badly."""
    never = adapter.clock.signal()

    def stall(_: Event) -> None:
        never.wait()

    def fail(event: Event) -> None:
        raise ValueError(event.kind)

    if stalls:
        adapter["vms"].subscribe(stall)
    if raises:
        adapter["vms"].subscribe(fail)


def main() -> None:
    """Watch until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--stalls", action="store_true")
    parser.add_argument("--raises", action="store_true")
    args = parser.parse_args()
    config = load_config(args.config)
    log_to_stderr(config.log)
    with PushAdapter(config, on_committed=lambda _: None) as adapter:
        writing: Any = adapter.writing
        subscribe(adapter, args.stalls, args.raises)
        task = adapter.clock.spawn(tell_on, adapter)
        calm_the_collector()
        with on_signals(adapter.stop, signal.SIGINT, signal.SIGTERM):
            adapter.run()
        adapter.close()
        task.kill()
        told = {"decided": adapter.pipeline.events, "stored": writing.events}
        tell({**told, "left": writing.backlog()})


if __name__ == "__main__":
    main()
