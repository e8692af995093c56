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

NAMED_MAX = 3
_ORDER = ("bad", "note", "ok")
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
    from itertools import groupby

    counts: Counter[str] = Counter()
    for area, of_area in groupby(findings, lambda one: one.area):
        found = list(of_area)
        counts.update(str(one.verdict) for one in found)
        click.secho(area, bold=True)
        _show_area(area, found, everything)
    click.echo(f"{counts['bad']} bad, {counts['note']} to note, {counts['ok']} ok")
    return set(counts)


def _show_area(area: str, found: "list[Finding]", everything: bool) -> None:
    """What is bad comes first, and what is the same of many is said once."""
    left_out = 0
    shown = 0
    for alike in sorted(_alike(found).values(), key=lambda one: _ORDER.index(one[0].verdict)):
        well = area == "hosts" and alike[0].verdict == "ok"
        if everything or not (well or shown >= SHOWN_MAX):
            _show(alike, everything)
            shown += 1
        else:
            left_out += len(alike)
    if left_out:
        click.echo(f"        and {left_out} more: --all shows them")


def _alike(found: "list[Finding]") -> "dict[tuple[str, ...], list[Finding]]":
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for one in found:
        alike.setdefault((one.verdict, one.what, one.way_out), []).append(one)
    return alike


def _show(alike: "list[Finding]", everything: bool) -> None:
    from vurti.wire.words import printable

    one, few = alike[0], alike if everything else alike[:NAMED_MAX]
    verdict = click.style(f"{one.verdict:4}", fg=_STYLES[one.verdict])
    names = ", ".join(printable(each.subject) for each in few)
    more = f" and {len(alike) - len(few)} more" if len(alike) > len(few) else ""
    click.echo(f"  {verdict}  {names}{more}: {printable(one.what)}")
    if one.way_out:
        click.echo(f"        → {printable(one.way_out)}")
