"""docs/commands.md, made from the commands: `python -m vurti.cli.reference`."""

import inspect
import re
import sys
from collections.abc import Iterator

import click

from vurti.cli import vurti

HEAD = """# Commands

<!-- Made from the code by `python -m vurti.cli.reference`; a test keeps it current. -->

Each has `--help`. The exit status is 0 where all is good, 1 where something bad was found, and 2
where the command was used wrongly. `CONFIG` is a [configuration](configuration.md); what is told to
programs by `--json` is one JSON object a line.

Commands that have `--url` ask a running vurti over its [API](api.md#the-commands-over-the-api) in
the place of `CONFIG` and its store (`serve` asks it besides); `VURTI_URL`, `VURTI_TOKEN_FILE` and
`VURTI_CA` stand for the three options.
"""
REMOTE = ("url", "token_file", "ca")
"""Told once, above."""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(command, path) for path, command in _commands(vurti, ""))])


def _commands(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        path = f"{before}{name}"
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} ")
        else:
            yield path, command


def _section(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join(["vurti", path, *command.collect_usage_pieces(context)])
    options = [
        param for param in command.params
        if isinstance(param, click.Option) and param.name not in REMOTE
    ]  # fmt: skip
    rows = [f"| {_option(one, context)} | {_cell(_told(one))} |" for one in options]
    table = "\n".join(["", "| option | |", "|---|---|", *rows, ""]) if rows else ""
    words = _prose(inspect.cleandoc(command.help or ""), usage)
    return f"## {path}\n\n```text\n{usage}\n```\n\n{words}\n{table}"


def _prose(text: str, usage: str) -> str:
    """With what the user is to type as code."""
    given = {one for one in re.findall(r"[A-Z]{2,}", usage) if one not in ("OPTIONS", "VM")}
    for word in given:
        text = re.sub(rf"(?<![`\w]){word}(?![`\w])", f"`{word}`", text)
    return re.sub(r"(?<!\S)(--[a-z-]+)", r"`\1`", text)


def _option(option: click.Option, context: click.Context) -> str:
    given = "" if option.is_flag else f" {option.make_metavar(context)}"
    return f"`{_cell(', '.join(option.opts) + given)}`"


def _told(option: click.Option) -> str:
    told = option.help or ""
    if option.show_default and option.default is not None:
        shown = option.show_default if isinstance(option.show_default, str) else option.default
        told += f" [default: {shown}]"
    return told.strip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.write(page())
