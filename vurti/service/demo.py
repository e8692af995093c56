"""`vurti demo`: a fleet that lives in this process, watched by the very pipeline of `vurti run`."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from vurti.adapter import PushAdapter
from vurti.clock import Clock
from vurti.clock.gevent_signals import on_signals
from vurti.config import Config, load_config
from vurti.model.commit import Logged
from vurti.service.interpreter import calm_the_collector
from vurti.service.view import View
from vurti.sources.sim import SimOptions, demo_fleet

SUMMARY_SECS = 10.0
CONFIG, DATABASE = "vurti.toml", "vurti.db"


def run_demo(view: View, for_secs: float | None = None, directory: Path | None = None) -> None:
    """Show a living fleet until SIGINT, SIGTERM or the end of `for_secs`.

    Configuration and database are kept in `directory`; one that has them goes on where it stood,
    a new one is made where none is given. Raises StoreError where another demo runs there.
    """
    home = directory or Path(mkdtemp(prefix="vurti-demo-"))
    config = load_config(_configured(home))
    adapter = PushAdapter(config, on_committed=lambda logged: _show(view, logged))
    calm_the_collector()
    began = adapter.clock.now()
    view.welcome(len(config.hosts), _vms(config), str(home / DATABASE))
    with adapter, on_signals(adapter.stop, signal.SIGINT, signal.SIGTERM), _summing(adapter, view):
        adapter.run(for_secs)
    secs = adapter.clock.now() - began
    view.farewell(database=str(home / DATABASE), config=str(home / CONFIG), secs=secs)


def _configured(home: Path) -> Path:
    """The demo's configuration, written where there is none: a file like anybody's own."""
    path = home / CONFIG
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(time.time()), encoding="utf-8")
    return path


def _text(begun_at: float) -> str:
    hosts, options = demo_fleet()
    lines = [
        "# The configuration of a vurti demo: simulated hosts, watched as real ones are.",
        "[repository]",
        f'url = "sqlite:///{DATABASE}"',
        "",
        "[rules]",
        "grace_secs = 5        # so that a host that hangs is given up while one looks on",
        "grace_per_vm_secs = 0",
        "quiet_secs = 0",
        "",
        "[sources.sim]",
        f"seed = {options.seed}",
        f"hosts = {options.hosts}",
        f"vms_per_host = {options.vms_per_host}",
        f"begun_at = {begun_at:.0f}  # the world goes on while nobody watches it",
        "",
    ]
    for host in hosts:
        lines += [f"[hosts.{host.id}]", f'url = "{host.url}"', f'cluster = "{host.cluster}"', ""]
    return "\n".join(lines)


def _vms(config: Config) -> int:
    options: SimOptions = config.sources.of("sim")
    return len(config.hosts) * options.vms_per_host


def _show(view: View, logged: list[Logged]) -> None:
    view.events([one.event for one in logged])


@contextmanager
def _summing(adapter: PushAdapter, view: View) -> Iterator[None]:
    """A summary now and then, as long as the block runs."""
    task = adapter.clock.spawn(_sum_up, adapter, view, adapter.clock)
    try:
        yield
    finally:
        task.kill()


def _sum_up(adapter: PushAdapter, view: View, clock: Clock) -> None:
    due = clock.now() + SUMMARY_SECS
    while True:
        clock.sleep_until(due)
        due += SUMMARY_SECS
        hosts, vms = adapter.counts()
        scopes = adapter.scopes.values()
        view.summary(
            hosts=hosts,
            vms=vms,
            events=sum(scope.pipeline.events for scope in scopes),
            commits=sum(scope.writing.commits for scope in scopes),
            lag_secs=max(scope.writing.oldest_age_secs for scope in scopes),
        )
