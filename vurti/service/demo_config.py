"""The configuration of `vurti demo`: a file like anybody's own, written where there is none."""

import time
from dataclasses import replace
from pathlib import Path

from vurti.config import Config, load_config
from vurti.sources.sim import demo_fleet

CONFIG, DATABASE = "vurti.toml", "vurti.db"
PORT = 7178

_TEXT = """\
# The configuration of a vurti demo: simulated hosts, watched as real ones are.
[repository]
url = "sqlite:///{database}"

[api]
address = "127.0.0.1:{port}"

[listen]
address = ""

[poll]
status_secs = 1
statistics_secs = 2   # so that what is old shows as old while one looks on
timeout_secs = 1.5
statistics_timeout_secs = 1.5

[rules]
grace_secs = 5        # so that a host that hangs is given up while one looks on
grace_per_vm_secs = 0
quiet_secs = 0

[sources.sim]
seed = {seed}
hosts = {hosts}
vms_per_host = {vms_per_host}
pace = 3.0            # so that something ails some host most of the time
begun_at = {begun_at:.0f}  # the world goes on while nobody watches it
"""


def demo_config(home: Path, port: int | None = None) -> Config:
    """The configuration in this directory; `port` instead of its own one where it is given."""
    path = home / CONFIG
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(time.time()), encoding="utf-8")
    config = load_config(path)
    return at(config, port) if port is not None or config.api.place is None else config


def at(config: Config, port: int | None) -> Config:
    """The same, answering at this port of loopback."""
    address = f"127.0.0.1:{PORT if port is None else port}"
    return replace(config, api=config.api.model_copy(update={"address": address}))


def _text(begun_at: float) -> str:
    hosts, options = demo_fleet()
    lines = [
        _TEXT.format(
            database=DATABASE,
            port=PORT,
            seed=options.seed,
            hosts=options.hosts,
            vms_per_host=options.vms_per_host,
            begun_at=begun_at,
        )
    ]
    for host in hosts:
        lines += [f"[hosts.{host.id}]", f'url = "{host.url}"', f'cluster = "{host.cluster}"', ""]
    return "\n".join(lines)
