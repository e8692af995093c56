"""The last line of defence: what is secret is taken out of a text before anybody sees it.

Nothing should get that far: a Secret shows itself as `***` and no error quotes a URL. But libraries
raise what they like.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel

from vurti.settings import Secret
from vurti.sources import SourceOptions

HIDDEN = "***"
CHARS_MIN = 4
"""A shorter secret would be found in any text, and nobody could read that any more."""

BEHIND_CHARS_MIN = 8
"""A path as short as /events is found in much that is not secret."""

_NAMES = "(?:password|passwd|token|secret|api[_-]?key|signature)"
_PATTERNS = (
    re.compile(r"(://[^\s/@'\":]*:)(?!\*\*\*)[^\s/@'\"]+(?=@)"),  # the password of a URL
    re.compile(r"(?i)(?<=bearer )[\w\-.~+/=]{4,}"),
    re.compile(r"(?i)(?<=basic )[\w\-.~+/=]{8,}"),
    re.compile(rf"(?i)((?<![a-z]){_NAMES}\s?=\s?[\"']?)[^\s&\"',;)}}\]]+"),
    re.compile(rf"(?i)([\"'][\w-]*{_NAMES}[\"']\s?:\s?[\"'])[^\"']+"),
    re.compile(r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|\Z)"),
)


class Redaction:
    """Takes these secrets, and what looks like one, out of texts; `count` is how often."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.count = 0
        self._forms: set[str] = set()
        self._known: re.Pattern[str] | None = None
        self._in_force: Callable[[], object] = lambda: None
        self._seen: object = None
        self._add(secrets)

    def follow(self, in_force: Callable[[], object]) -> None:
        """Take out the secrets of this configuration too, whichever it comes to be; None is none.
        What was secret before stays so."""
        self._in_force = in_force

    def __call__(self, text: str) -> str:
        """The text without them."""
        if (now := self._in_force()) is not self._seen:
            self._seen = now
            self._add(secrets_of(now))
        if self._known is not None:
            text, found = self._known.subn(HIDDEN, text)
            self.count += found
        for pattern in _PATTERNS:
            text, found = pattern.subn(_hidden, text)
            self.count += found
        return text

    def _add(self, secrets: Iterable[str]) -> None:
        long = (secret for secret in secrets if len(secret) >= CHARS_MIN)
        self._forms |= {form for secret in long for form in _forms(secret)}
        longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if self._forms else None


def secrets_of(config: object) -> set[str]:
    """Every Secret of a configuration, and what stands before the @ or behind a ? of its URLs."""
    return {text for value in _values(config) for text in _secrets_in(value) if text}


def _forms(secret: str) -> set[str]:
    """The ways in which it may be written into a text."""
    quoted = {quote(secret, safe=""), quote(secret)}
    return {secret, unquote(secret), repr(secret)[1:-1], json.dumps(secret)[1:-1], *quoted}


def _hidden(match: re.Match[str]) -> str:
    return (match[1] if match.re.groups else "") + HIDDEN


def _values(value: object) -> Iterator[object]:
    """What is within models, data classes, tables and lists, however deep."""
    if isinstance(value, BaseModel):
        inner: Iterable[Any] = (item for _, item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        shown = (field for field in fields(value) if field.name != "tree")
        inner = (getattr(value, field.name) for field in shown)
    elif isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, SourceOptions):
        inner = (value.of(name) for name in value.named)
    elif isinstance(value, (list, tuple)):
        inner = value
    else:
        yield value
        return
    for item in inner:
        yield from _values(item)


def _parts_of(secret: str) -> Iterator[str]:
    """A whole URL may be secret; what quotes it in errors leaves its beginning away."""
    yield secret
    if "://" in secret:
        parts = urlsplit(secret)
        behind = f"{parts.path}?{parts.query}" if parts.query else parts.path
        yield from (part for part in (behind, parts.query) if len(part) >= BEHIND_CHARS_MIN)


def _secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _parts_of(value.reveal())
    elif hasattr(value, "url"):  # a host
        yield from _secrets_in(value.url)
    elif isinstance(value, str) and "://" in value:
        try:
            parts = urlsplit(value)
            yield parts.password or ""
        except ValueError:
            return
        for pair in parts.query.split("&"):
            if re.search(r"(?i)token|password|secret|key|sig", pair.partition("=")[0]):
                yield pair.partition("=")[2]
