"""`vurti config`: what a configuration may say, and what it comes to."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vurti.cli.listing import AS_JSON
from vurti.cli.opening import CONFIG, told

if TYPE_CHECKING:
    from vurti.config.resolved import Resolved

COLUMN = 44


@click.group()
def config() -> None:
    """What a configuration may say, and what it comes to."""


@config.command()
def schema() -> None:
    """Print the JSON Schema of a configuration, for editors."""
    from vurti.config.schema import schema as of_config
    from vurti.testing.checks.schema import of_test

    click.echo(json.dumps(of_config(*of_test()), indent=2, ensure_ascii=False))


@config.command()
@CONFIG
@AS_JSON
def show(config: Path, as_json: bool) -> None:
    """Print every key of CONFIG with its value and where that is from: a line of a file, a
    variable of the environment, or the default. Secrets are ***.
    """
    from vurti.config import load_config
    from vurti.config.resolved import resolved

    with told():
        keys = list(resolved(load_config(config)))
    for line in _objects(keys) if as_json else _lines(keys):
        click.echo(line)


def _objects(keys: "Iterable[Resolved]") -> Iterator[str]:
    from vurti.settings import dotted
    from vurti.wire.ndjson import inert

    for one in keys:
        told = {"key": dotted(one.path), "value": one.value, "origin": one.origin}
        yield inert(json.dumps(told, ensure_ascii=False))


def _lines(keys: "Iterable[Resolved]") -> Iterator[str]:
    """As a file says it, with the origin as a comment."""
    from vurti.settings import dotted

    table: tuple[str | int, ...] = ()
    for one in keys:
        within = one.path[:2] if len(one.path) > 2 else one.path[:-1]
        if within != table:
            yield from ("", f"[{dotted(within)}]") if table else (f"[{dotted(within)}]",)
            table = within
        key = dotted(one.path[len(within) :])
        yield f"{f'{key} = {_toml(one.value)}':{COLUMN}} # {one.origin}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)
