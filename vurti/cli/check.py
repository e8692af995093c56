"""`vurti check`: is this configuration good, and do its streams what its tests say?"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import AS_JSON
from vurti.cli.opening import FOUND_BAD
from vurti.errors import ConfigError

if TYPE_CHECKING:
    from vurti.testing.checks import Checked, Verdict


@click.command()
@click.argument(
    "configs", metavar="CONFIG…", nargs=-1, required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
@click.option("--only", multiple=True, metavar="WORDS", help="Only tests whose name has them.")
@AS_JSON
def check(configs: tuple[Path, ...], only: tuple[str, ...], as_json: bool) -> None:
    """Tell everything that is wrong with each CONFIG, as file:line with the way out; then run every
    [[test]] of it and of what it includes, in virtual time.

    Exit status: 0 good, 1 something is wrong or a test failed, 2 used wrongly.
    """
    good = [_is_good(config, only, as_json) for config in configs]
    sys.exit(0 if all(good) else FOUND_BAD)


def _is_good(config: Path, only: tuple[str, ...], as_json: bool) -> bool:
    from vurti.testing.checks import load, run

    try:
        checked = load(config)
    except ConfigError as error:
        _complain(error, as_json)
        return False
    tests = [one for one in checked.tests if all(words in one.why for words in only)]
    if only and not tests:
        raise click.UsageError(
            f"no test of {config} has {' and '.join(map(repr, only))} in its name"
        )
    verdicts = [run(test, checked.config) for test in tests]
    _tell(config, checked, verdicts, as_json)
    return all(one.passed for one in verdicts)


def _complain(error: ConfigError, as_json: bool) -> None:
    for complaint in error.complaints:
        if as_json:
            click.echo(json.dumps(asdict(complaint)))
        else:
            click.echo(str(complaint), err=True)


def _tell(config: Path, checked: "Checked", verdicts: "list[Verdict]", as_json: bool) -> None:
    from vurti.testing.checks import as_json as in_json
    from vurti.testing.checks import lines, summary

    hosts, streams = len(checked.config.hosts), len(checked.config.streams)
    failed = sum(not one.passed for one in verdicts)
    if as_json:
        for verdict in verdicts:
            click.echo(in_json(verdict))
        told = {"hosts": hosts, "streams": streams, "tests": len(verdicts), "failed": failed}
        click.echo(json.dumps({"config": str(config), **told}))
        return
    for verdict in verdicts:
        if not verdict.passed:
            click.echo("\n".join([*lines(verdict), ""]))
    found = f"{_counted(hosts, 'host')}, {_counted(streams, 'stream')}; {summary(verdicts)}"
    click.echo(f"{config}: {'bad' if failed else 'good'}; {found}")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
