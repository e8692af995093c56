"""`vurti simulate`: hosts on loopback until somebody stops them."""

import signal
from collections.abc import Callable
from pathlib import Path

from vurti.clock.gevent_clock import GeventClock
from vurti.clock.gevent_signals import on_signals
from vurti.service.interpreter import calm_the_collector
from vurti.simulator import Simulator, SimulatorOptions
from vurti.simulator.control import Control
from vurti.simulator.table import hosts_table


def run_simulation(
    options: SimulatorOptions,
    say: Callable[[str], None],
    control_port: int = 0,
    write: Path | None = None,
    for_secs: float | None = None,
) -> None:
    """Simulate until SIGINT, SIGTERM or the end of `for_secs`. `say` gets sentences for a person;
    `write` gets the configuration that watches the hosts, before any word is said.

    Raises SimulatorError for options that cannot be, and where ports cannot be had.
    """
    clock = GeventClock()
    stopped = clock.signal()
    # Whoever has read that the hosts are there may end them: so that must be possible by then.
    with (
        on_signals(stopped.set, signal.SIGINT, signal.SIGTERM),
        Simulator(clock, options) as simulator,
    ):
        control = Control(simulator, control_port)
        control.start()
        try:
            if write is not None:
                write.write_text(hosts_table(simulator), encoding="utf-8")
            calm_the_collector()
            for sentence in _introduction(simulator, control, write):
                say(sentence)
            stopped.wait(None if for_secs is None else clock.now() + for_secs)
        finally:
            control.stop()
        say(f"stopped after {simulator.counts()['calls']} calls")


def _introduction(simulator: Simulator, control: Control, write: Path | None) -> list[str]:
    first = next(iter(simulator.hosts))
    vms = len(simulator.world.guests)
    said = [f"{len(simulator.hosts)} hosts with {vms} VMs; the first is {simulator.url(first)}"]
    said.append(f"truth, faults and stories: {control.url}")
    if write is not None:
        said.append(f"watch them: vurti run {write}")
    return said
