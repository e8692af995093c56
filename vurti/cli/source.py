"""What a command reads: CONFIG and its store, or --url of a vurti that answers over HTTP."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import click

from vurti.errors import VurtiError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Source(NamedTuple):
    """As the user has named it."""

    config: Path | None = None
    url: str | None = None
    token_file: Path | None = None
    ca: Path | None = None

    def token(self) -> str | None:
        """The first line of the file that has one. Raises VurtiError for a file that has none."""
        if self.token_file is None:
            return None
        lines = self.token_file.read_text("utf-8", "replace").split()
        if not lines:
            raise VurtiError(f"{self.token_file} is empty: it should have a token")
        return lines[0]


class Asking(click.Command):
    """A command whose first word is CONFIG, unless --url says what it asks."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        option = next(one for one in self.params if one.name == "url")
        named = any(word == "--url" or word.startswith("--url=") for word in args)
        ctx.meta[_BY_URL] = named or option.resolve_envvar_value(ctx) is not None
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        params = super().get_params(ctx)
        if ctx.meta.get(_BY_URL):
            return [one for one in params if one.name != "config"]
        return params


_BY_URL = "vurti.cli.source.by_url"


def asking(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the command `source` in the place of what names it: CONFIG, or what `by_url` takes."""
    return click.argument("config", type=_FILE)(by_url(function))


def by_url(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives the command `source` in the place of --url and what belongs to it."""

    @click.option(
        "--url",
        envvar="VURTI_URL",
        metavar="URL",
        help="Ask the vurti that answers there, such as https://vurti.example:7178.",
    )
    @click.option(
        "--token-file",
        envvar="VURTI_TOKEN_FILE",
        type=_FILE,
        help="The file with its token, for --url.",
    )
    @click.option("--ca", envvar="VURTI_CA", type=_FILE,
                  help="Who signed its certificate, for --url.")  # fmt: skip
    @wraps(function)
    def wrapped(
        *args: Any,
        url: str | None,
        token_file: Path | None,
        ca: Path | None,
        config: Path | None = None,
        **more: Any,
    ) -> Any:
        return function(*args, source=Source(config, url, token_file, ca), **more)

    return wrapped
