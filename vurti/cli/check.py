"""`vurti check`: is this configuration good?"""

from pathlib import Path

import click

from vurti.cli.opening import CONFIG, FOUND_BAD, told


@click.command()
@CONFIG
def check(config: Path) -> None:
    """Tell everything that is wrong with CONFIG, each as file:line with the way out."""
    from vurti.config import load_config

    with told(config_status=FOUND_BAD):
        good = load_config(config)
    hosts, streams = len(good.hosts), len(good.streams)
    click.echo(f"{config}: good; {_counted(hosts, 'host')}, {_counted(streams, 'stream')}")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
