"""`vurti token`: who may ask the API."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.duration import Duration
from vurti.cli.listing import AS_JSON
from vurti.cli.opening import CONFIG, told

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.api.access.tokens import Tokens


@click.group()
def token() -> None:
    """Make, list and take back the tokens of the API."""


@token.command()
@CONFIG
@click.argument("name")
@click.option("--role", type=click.Choice(["read", "operate"]), default="read", show_default=True,
              help="Who may operate may announce what he is about to do, too.")  # fmt: skip
@click.option("--for", "secs", type=Duration(), help="How long it is good, such as 30d; for good.")
def create(config: Path, name: str, role: str, secs: float | None) -> None:
    """Make a token called NAME and print it, once: only its digest is kept.

    A running vurti knows it at once.
    """
    from vurti.api.access.tokens import Role

    with _tokens(config) as tokens:
        expires_at = None if secs is None else time.time() + secs
        click.echo(tokens.create(name, Role(role), expires_at))


@token.command(name="list")
@CONFIG
@AS_JSON
def list_(config: Path, as_json: bool) -> None:
    """List the tokens, without what is secret of them."""
    with _tokens(config) as tokens:
        _json(tokens) if as_json else _table(tokens)


@token.command()
@CONFIG
@click.argument("name")
def revoke(config: Path, name: str) -> None:
    """Take back the token called NAME, and the sessions that began by it."""
    with _tokens(config) as tokens:
        tokens.revoke(name)
    click.echo(f"{name} is taken back")


@contextmanager
def _tokens(config: Path) -> "Iterator[Tokens]":
    from vurti.api.access.tokens import Tokens
    from vurti.config import load_config

    with told():
        yield Tokens(load_config(config).api.tokens_path)


def _json(tokens: "Tokens") -> None:
    import json

    for one in tokens.list():
        fields = {"name": one.name, "role": one.role}
        times = {"created_at": one.created_at, "expires_at": one.expires_at}
        click.echo(json.dumps(fields | times))


def _table(tokens: "Tokens") -> None:
    from vurti.cli import tables

    now = time.time()
    rows = (
        (
            one.name,
            str(one.role),
            tables.ago(one.created_at, now),
            "" if one.expires_at is None else tables.ahead(one.expires_at, now),
        )
        for one in tokens.list()
    )
    tables.show(("NAME", "ROLE", "MADE", "EXPIRES"), rows)
