"""Tokens: what programs and people show. The file has only their digests, so that who reads it can
do nothing with it; a token is random enough that a plain digest does."""

import os
import secrets
import time
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

import msgspec
from msgspec import Struct

from vurti.errors import VurtiError

PREFIX = "vurti_"
"""Whoever looks for secrets that have got lost finds ours by it."""


class Role(StrEnum):
    """What a token allows. Who may operate may also read."""

    READ = "read"
    OPERATE = "operate"


class Token(Struct, frozen=True, omit_defaults=True):
    """One token as the file has it. Times are seconds since 1970."""

    name: str
    role: Role
    sha256: str
    created_at: float
    expires_at: float | None = None

    def may(self, role: Role) -> bool:
        return self.role is role or self.role is Role.OPERATE


class TokenError(VurtiError):
    """The file of tokens cannot be used, or a token cannot be made."""


class Tokens:
    """The tokens in one file, read anew whenever it has changed. Every call raises TokenError for a
    file that cannot be read: then nobody is let in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def list(self) -> tuple[Token, ...]:
        """All of them, by name; none where there is no file."""
        self._reread()
        return self._tokens

    def find(self, secret: str, now: float) -> Token | None:
        """The token that it is, unless that has expired. Takes as long whichever it is."""
        digest = digest_of(secret)
        found = None
        for token in self.list():
            if compare_digest(token.sha256, digest):
                found = token
        expired = found is not None and found.expires_at is not None and found.expires_at <= now
        return None if expired else found

    def is_valid(self, token: Token, now: float) -> bool:
        """Whether it is still there, as it was, and has not expired."""
        return token in self.list() and (token.expires_at is None or token.expires_at > now)

    def create(self, name: str, role: Role, expires_at: float | None = None) -> str:
        """Make one and give its secret, which nobody can ever read again."""
        if not name or not name.isprintable():
            raise TokenError("a token needs a name that can be printed")
        if any(one.name == name for one in self.list()):
            raise TokenError(f"there is a token {name!r} already: revoke it, or name this another")
        secret = PREFIX + secrets.token_urlsafe(32)
        made = Token(name, role, digest_of(secret), time.time(), expires_at)
        self._write(sorted((*self.list(), made), key=lambda one: one.name))
        return secret

    def revoke(self, name: str) -> None:
        """Take one back. Whoever has a session by it is out as well."""
        kept = [one for one in self.list() if one.name != name]
        if len(kept) == len(self._tokens):
            raise TokenError(f"there is no token {name!r}")
        self._write(kept)

    def _reread(self) -> None:
        try:
            found = self.path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen == self._seen:
                return
            self._tokens = msgspec.json.decode(self.path.read_bytes(), type=tuple[Token, ...])
            self._seen = seen
        except FileNotFoundError:
            self._tokens, self._seen = (), None
        except (OSError, msgspec.MsgspecError) as error:
            raise TokenError(f"{self.path}: {error}") from error

    def _write(self, tokens: Sequence[Token]) -> None:
        """All or nothing, and for its owner only."""
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        text = msgspec.json.format(msgspec.json.encode(tokens), indent=2)
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError as error:
            raise TokenError(f"{self.path}: {error.strerror}") from error
        finally:
            beside.unlink(missing_ok=True)


def digest_of(secret: str) -> str:
    """What is kept of a token."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
