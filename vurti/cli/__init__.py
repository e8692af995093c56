"""The command line. Each command is a file, and loads what it needs only when it runs."""

import click

from vurti import __version__
from vurti.cli.check import check
from vurti.cli.config import config
from vurti.cli.demo import demo
from vurti.cli.doctor import doctor
from vurti.cli.events import events
from vurti.cli.expect import expect
from vurti.cli.explain import explain
from vurti.cli.hosts import hosts
from vurti.cli.intents import intents
from vurti.cli.maintenance import maintenance
from vurti.cli.run import run
from vurti.cli.serve import serve
from vurti.cli.simulate import simulate
from vurti.cli.sinks import sinks
from vurti.cli.token import token
from vurti.cli.top import top
from vurti.cli.vms import vms

__all__ = ["vurti"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def vurti() -> None:
    """Watch hypervisor hosts and their VMs: polls and pushes in, ordered events out.

    Exit status: 0 good, 1 something bad was found, 2 used wrongly.
    """


COMMANDS = (
    demo, run, serve, simulate, check, doctor, config, top, hosts, vms, events, explain, expect,
    maintenance, intents, sinks, token,
)  # fmt: skip
for command in COMMANDS:
    vurti.add_command(command)
