"""`vurti doctor`: what is wrong with this set-up?"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.opening import CONFIG, FOUND_BAD

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.doctor import Finding

SHOWN_MAX = 20
"""Of one area, without --all: where a whole fleet is ill, the first tell why."""

_STYLES = {"ok": "green", "note": "yellow", "bad": "red"}


@click.command()
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="Each finding as a JSON object a line.")
@click.option("--all", "everything", is_flag=True, help="Also every host that is well.")
def doctor(config: Path, as_json: bool, everything: bool) -> None:
    """Look at everything that CONFIG needs: files, certificates, the store, the machine, and every
    host, which is asked once. Nothing is changed. Exits with 1 where something is bad."""
    from vurti.clock.gevent_clock import GeventClock
    from vurti.doctor import examined

    findings = examined(config, GeventClock())
    verdicts = _as_json(findings) if as_json else _as_text(findings, everything)
    if "bad" in verdicts:
        sys.exit(FOUND_BAD)


def _as_json(findings: "Iterable[Finding]") -> set[str]:
    import msgspec

    from vurti.wire.ndjson import inert

    verdicts = set()
    for one in findings:
        verdicts.add(str(one.verdict))
        click.echo(inert(json.dumps(msgspec.to_builtins(one), ensure_ascii=False)))
    return verdicts


def _as_text(findings: "Iterable[Finding]", everything: bool) -> set[str]:
    from collections import Counter

    counts: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    area, shown = "", 0
    for one in findings:
        counts[one.verdict] += 1
        if one.area != area:
            area, shown = one.area, 0
            click.secho(area, bold=True)
        well = area == "hosts" and one.verdict == "ok"
        if everything or not (well or shown >= SHOWN_MAX):
            _show(one)
            shown += 1
        else:
            left_out[one.verdict] += 1
    if left_out:
        told = ", ".join(f"{count} {verdict}" for verdict, count in left_out.items())
        click.echo(f"        and {told}: --all shows them")
    click.echo(f"{counts['bad']} bad, {counts['note']} to note, {counts['ok']} ok")
    return set(counts)


def _show(one: "Finding") -> None:
    from vurti.wire.words import printable

    verdict = click.style(f"{one.verdict:4}", fg=_STYLES[one.verdict])
    click.echo(f"  {verdict}  {printable(one.subject)}: {printable(one.what)}")
    if one.way_out:
        click.echo(f"        → {printable(one.way_out)}")
