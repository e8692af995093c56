"""`vurti run`: the service."""

from pathlib import Path
from typing import TextIO

import click

from vurti.cli.opening import CONFIG, told

FOR = click.option(
    "--for", "for_secs", type=click.FloatRange(min=0, min_open=True), metavar="SECS",
    help="Stop by itself after this time.",
)  # fmt: skip


@click.command()
@CONFIG
@FOR
@click.option(
    "--events", "events_out", type=click.File("a", encoding="utf-8", lazy=False), metavar="FILE",
    help="Write the committed events there as NDJSON; - is stdout.",
)  # fmt: skip
def run(config: Path, for_secs: float | None, events_out: TextIO | None) -> None:
    """Watch the hosts of CONFIG until SIGINT or SIGTERM; store everything that was decided."""
    from vurti.config import load_config
    from vurti.service import run_service

    with told():
        run_service(load_config(config), for_secs, events_out)
