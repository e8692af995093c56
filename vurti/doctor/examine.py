"""All that is looked at, in the order in which it is told."""

from collections.abc import Iterator
from pathlib import Path

from vurti.clock import Clock
from vurti.config import Config, load_config
from vurti.doctor.certificates import look_at_certificates
from vurti.doctor.files import look_at_files
from vurti.doctor.finding import Finding, bad, note, ok
from vurti.doctor.hosts import look_at_hosts
from vurti.doctor.inventories import look_at_inventories
from vurti.doctor.listening import look_at_the_listeners
from vurti.doctor.machine import look_at_the_machine
from vurti.doctor.sinks import look_at_sinks
from vurti.doctor.store import holder_of, look_at_the_store
from vurti.errors import ConfigError
from vurti.model import Host

AREA = "configuration"


def examined(path: Path, clock: Clock) -> Iterator[Finding]:
    """Look at the set-up that this configuration describes; each finding as soon as it is there.
    Where the configuration is bad there is nothing else to look at."""
    try:
        config = load_config(path)
    except ConfigError as error:
        for one in error.complaints:
            yield bad(AREA, one.where, f"{one.key}: {one.what}", one.way_out)
        return
    yield from _configuration(path, config)
    yield from look_at_files(config)
    yield from look_at_certificates(config, clock.wall())
    yield from look_at_the_store(config, clock)
    holder = holder_of(config)
    yield from look_at_the_listeners(config, None if holder is None else bool(holder))
    yield from look_at_sinks(config)
    hosts = {host.id: host for host in config.hosts}
    for found in look_at_inventories(config, clock):
        if isinstance(found, Host):
            hosts.setdefault(found.id, found)
        else:
            yield found
    yield from look_at_the_machine(len(hosts))
    yield from look_at_hosts(config, tuple(hosts.values()), clock)


def _configuration(path: Path, config: Config) -> Iterator[Finding]:
    yield ok(AREA, str(path), f"good; {len(config.hosts)} hosts, {len(config.streams)} streams")
    if not config.hosts and not config.inventory.named:
        way_out = 'write [hosts.alpha] with url = "…", or an [inventory.NAME]'
        yield note(AREA, str(path), "names no hosts: nothing is watched", way_out)
