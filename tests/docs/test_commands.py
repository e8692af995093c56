"""What the pages tell to type exists: commands with their options, modules, targets, extras."""

import configparser
import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import click
import pytest

from tests.docs.pages import PAGES, ROOT, Block, all_blocks, name, words_in_code
from vurti.cli import vurti

SHELL = [one for one in all_blocks("sh", "") if one.text.strip()]
SHOWN = [one for one in all_blocks("text") if re.search(r"^\$ ", one.text, re.MULTILINE)]
TARGETS = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def extras() -> set[str]:
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    return set(config["options.extras_require"])


def lines(block: Block) -> Iterator[str]:
    """What a shell would read as a line; what stands behind a prompt where there is one."""
    text = re.sub(r"<<'?(\w+)'?.*?^\1$", "", block.text, flags=re.MULTILINE | re.DOTALL)
    text = text.replace("\\\n", " ")
    if block.language == "text":
        yield from re.findall(r"^\$ (.+)$", text, re.MULTILINE)
    else:
        yield from text.splitlines()


def commands(line: str) -> Iterator[list[str]]:
    """The words of each command in a line, without what it reads and writes."""
    reader = shlex.shlex(line, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    command: list[str] = []
    for word in reader:
        if set(word) <= set("();|&") and command:
            yield command
            command = []
        elif "=" not in word or command:
            command.append(word)
    if command:
        yield command[: next((i for i, word in enumerate(command) if word in "<>>"), None)]


def complaint(words: list[str]) -> str | None:
    """What is wrong with a command of ours; None where nothing is, or it is not ours."""
    program, *rest = words
    match Path(program).name, rest:
        case "vurti", _:
            return of_vurti(rest)
        case "python" | "python3", ["-m", module, *_] if module.startswith(OURS):
            return None if find_spec(module) else f"there is no module {module}"
        case "make", [target, *_] if not target.startswith("-"):
            return None if target in TARGETS else f"there is no target {target}"
        case "pip", ["install", *packages]:
            named = re.findall(r"(?:vurti|\.)\[([\w,]+)\]", " ".join(packages))
            unknown = {one for part in named for one in part.split(",")} - extras()
            return f"there is no extra {unknown}" if unknown else None
        case _:
            return None


OURS = ("vurti", "tests", "benchmarks")


def of_vurti(words: list[str]) -> str | None:
    """As click itself reads it, which does nothing yet."""
    command: click.Command = vurti
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.commands.get(words[0])
        if inner is None:
            return f"there is no command {words[0]}"
        command, words = inner, words[1:]
    try:
        command.make_context(command.name, list(words))
    except click.exceptions.Exit:  # --help and --version say so
        return None
    except click.UsageError as error:
        return error.format_message()
    return None


@pytest.fixture(autouse=True)
def any_file_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages speak of files that their readers have."""
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, *_: Path(value))


def test_there_are_commands_to_look_at() -> None:
    ours = {words[1] for one in [*SHELL, *SHOWN] for line in lines(one)
            for words in commands(line) if Path(words[0]).name == "vurti"}  # fmt: skip
    assert ours >= set(vurti.commands) - {"demo", "intents"}


@pytest.mark.parametrize("block", [*SHELL, *SHOWN], ids=str)
def test_what_a_page_tells_to_type_is_understood(block: Block) -> None:
    found = {line: [complaint(one) for one in commands(line)] for line in lines(block)}
    assert {line: told for line, told in found.items() if any(told)} == {}


@pytest.mark.parametrize(
    "line",
    [
        "vurti rnu vurti.toml",
        "vurti run vurti.toml --event -",
        "vurti run",
        "cat token | vurti vms --url x --limit many",
        "vurti check a.toml && .venv/bin/vurti token creat a.toml me",
        "python -m vurti.testing.scenario FILE",
        "make demos",
        "pip install 'vurti[postgresql]'",
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    assert any(complaint(one) for one in commands(line))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_and_options_within_a_sentence_exist(page: Path) -> None:
    wrong = [text for text in words_in_code(page) if text.startswith("vurti ") and unknown(text)]
    assert wrong == []


def unknown(text: str) -> set[str]:
    """The commands and options in the text that vurti has not. `a | b` names several commands."""
    words = text.removeprefix("vurti ").replace("|", " | ").split()
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    first = [words[0], *(after for bar, after in pairwise(words) if bar == "|")]
    if words[0] in vurti.commands and isinstance(vurti.commands[words[0]], click.Group):
        first = first[:1]
    there = {"--help", "--version"}
    for command in (vurti.commands[one] for one in first if one in vurti.commands):
        inner = command.commands.values() if isinstance(command, click.Group) else [command]
        there |= {option for each in inner for param in each.params for option in param.opts}
    names = set() if text.startswith("vurti --") else {first[0]} - set(vurti.commands)
    return names | (options - there)


def test_an_option_that_does_not_exist_is_found_within_a_sentence() -> None:
    assert unknown("vurti run CONFIG --event -") == {"--event"}
    assert unknown("vurti hosts | vms | event") == set()
    assert unknown("vurti hots CONFIG") == {"hots"}
