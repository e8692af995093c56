"""`vurti demo`: a simulated fleet to look at."""

from pathlib import Path

import click

from vurti.cli.opening import told
from vurti.cli.run import FOR


@click.command()
@FOR
@click.option(
    "--directory", type=click.Path(file_okay=False, path_type=Path),
    help="Keep configuration and database here, and go on from what is there.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535),
    help="Of the page and the API, on loopback; 0 is any free one.  [default: 7178, or a free one]",
)  # fmt: skip
def demo(for_secs: float | None, directory: Path | None, port: int | None) -> None:
    """Watch 20 simulated hosts with 200 living VMs, until Ctrl-C, here and on a page."""
    from rich.console import Console

    from vurti.cli.demo_view import DemoView
    from vurti.service import run_demo

    with told():
        run_demo(DemoView(Console()), for_secs, directory, port)
