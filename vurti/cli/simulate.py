"""`vurti simulate`: a fleet of simulated hosts to watch."""

from pathlib import Path

import click

from vurti.cli.opening import told
from vurti.cli.run import FOR

_PORT = click.IntRange(0, 65535)
_DIRECTORY = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--hosts", default=20, show_default=True, type=click.IntRange(min=1))
@click.option("--vms", default=10, show_default=True, type=click.IntRange(min=0), help="On each.")
@click.option("--seed", default=1, show_default=True, help="The same number, the same stories.")
@click.option(
    "--pace", default=1.0, show_default=True, type=click.FloatRange(min=0),
    help="A factor on how often things happen by themselves; 0 is never.",
)  # fmt: skip
@click.option(
    "--scheme", default="vdsm+tcp", show_default=True,
    type=click.Choice(["vdsm", "vdsm+tcp", "vdsm+https", "vdsm+http", "json+https", "json+http"]),
    help="How vurti is to ask; also chooses version and TLS.",
)  # fmt: skip
@click.option(
    "--speak", "versions", multiple=True, metavar="VERSION",
    help="oVirt's version: 3.3, 3.5, 4.0, 4.1, 4.5. Several: hosts have one each, in turn.",
)  # fmt: skip
@click.option(
    "--port", default=54321, show_default=True, type=_PORT,
    help="One port for all, each host at an address of its own from 127.1.0.1 on.",
)  # fmt: skip
@click.option(
    "--ports-from", type=_PORT, metavar="PORT",
    help="A port for each host on 127.0.0.1 instead, where there are no such addresses.",
)  # fmt: skip
@click.option(
    "--ended-listed", default=60.0, show_default=True, type=click.FloatRange(min=0),
    metavar="SECS", help="So long do hosts list VMs that have ended.",
)  # fmt: skip
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the configuration there that watches them.")  # fmt: skip
@click.option("--directory", type=_DIRECTORY, default="simulated", show_default=True,
              help="Certificates are made there, if the scheme needs them.")  # fmt: skip
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND[:by=…,share=…,hosts=a+b,secs=…]",
    help="What is wrong with hosts from the start, such as slow:by=3,share=0.1.",
)  # fmt: skip
@click.option(
    "--control", "control_port", default=0, type=_PORT, metavar="PORT",
    help="Where the truth is told and faults are taken (HTTP on 127.0.0.1); 0 is any free port.",
)  # fmt: skip
@FOR
def simulate(
    hosts: int, vms: int, seed: int, pace: float, scheme: str, versions: tuple[str, ...],
    port: int, ports_from: int | None, ended_listed: float, write: Path | None, directory: Path,
    faults: tuple[str, ...], control_port: int, for_secs: float | None,
) -> None:  # fmt: skip
    """Simulate hosts with living VMs on loopback, until Ctrl-C."""
    from vurti.service.simulate import run_simulation
    from vurti.simulator import Scheme, SimulatorOptions, parse_fault
    from vurti.world import WorldOptions

    with told():
        options = SimulatorOptions(
            hosts=hosts,
            vms_per_host=vms,
            seed=seed,
            world=WorldOptions(pace=pace, ended_listed_secs=ended_listed),
            scheme=Scheme(scheme),
            version=versions or None,
            directory=directory if Scheme(scheme).secure else None,
            port=port if ports_from is None else None,
            ports_from=ports_from or 0,
            faults=tuple(map(parse_fault, faults)),
        )
        run_simulation(options, click.echo, control_port, write, for_secs)
