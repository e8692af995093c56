"""Files with secrets in them: nobody but vurti has to read them, and only their owner to write."""

import re
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vurti.config import Config
from vurti.doctor.finding import Finding, bad, note, ok
from vurti.service.redaction import secrets_of

AREA = "files"
_NAMED = re.compile(r"(?<!\$)\$\{file:([^}]*)\}")


def look_at_files(config: Config) -> Iterator[Finding]:
    """The configuration's own files, those that it takes secrets from, and private keys."""
    secret = dict.fromkeys(secret_files(config), "holds a secret")
    secret |= dict.fromkeys(keys_of(config), "is a private key")
    if config.api.tokens_path.exists():
        secret[config.api.tokens_path] = "says who is let in"
    for file, why in secret.items():
        yield from _look(file, why)
    for file in _files(config):
        if file not in secret:
            yield from _look_at_writers(file)


def keys_of(config: Config) -> list[Path]:
    """The private keys that the options of sources name, which are there."""
    options = (config.sources.of(name) for name in config.sources.named)
    paths = [config.api.key_path, *(getattr(one, "key_path", None) for one in options)]
    return [path for path in paths if isinstance(path, Path) and path.exists()]


def secret_files(config: Config) -> list[Path]:
    """What `${file:…}` names, and files of the configuration that hold a secret themselves."""
    secrets = [text for text in secrets_of(config) if text]
    found: dict[Path, None] = {}
    for file in _files(config):
        text = file.read_text(encoding="utf-8")
        if any(secret in text for secret in secrets):
            found[file] = None
        for named in _names(tomllib.loads(text)):
            found[file.parent / named] = None
    return list(found)


def _files(config: Config) -> list[Path]:
    return list(config.tree.files) if config.tree is not None else []


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, str):
        yield from _NAMED.findall(value)


def _look(file: Path, why: str) -> Iterator[Finding]:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & stat.S_IROTH:
        what = f"{why}, and everybody on this machine can read it (mode {mode:o})"
        yield bad(AREA, str(file), what, f"chmod o= {file}")
    elif mode & stat.S_IRGRP:
        yield note(AREA, str(file), f"{why}; its group can read it (mode {mode:o})")
    else:
        yield ok(AREA, str(file), f"{why}, and only its owner can read it")
    yield from _look_at_writers(file)


def _look_at_writers(file: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & stat.S_IWOTH:
        what = f"everybody on this machine can write it (mode {mode:o})"
        yield bad(AREA, str(file), what, f"chmod o-w {file}")
