"""Where a database is: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` in memory, or
`postgresql://user:password@host:port/database?sslmode=verify-full`."""

from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

_FILE, _SERVER = "sqlite://", "postgresql://"


class InMemory(Struct, frozen=True):
    """A store that nobody else can see, and that ends with its process."""

    def __str__(self) -> str:
        return "a store in memory"


class FileAddress(Struct, frozen=True):
    """A file of SQLite."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


class ServerAddress(Struct, frozen=True):
    """A database of PostgreSQL; `url` is libpq's own notation, and may hold a password."""

    url: str

    def __str__(self) -> str:
        """Without what may be secret: the password, and the parameters."""
        parts = urlsplit(self.url)
        user, at, hosts = parts.netloc.rpartition("@")
        return f"{_SERVER}{user.partition(':')[0]}{at}{hosts}{parts.path}"

    def __repr__(self) -> str:
        return str(self)


Address = InMemory | FileAddress | ServerAddress


def parsed(url: str) -> Address:
    """What a URL names. Raises ValueError for one that names no database; it shows no password."""
    if url.startswith(_SERVER):
        return _server(url)
    if url == _FILE:
        return InMemory()
    if not url.startswith(_FILE + "/"):
        raise ValueError(
            f"{_named(url)} is no database URL: say sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    path = url[len(_FILE) + 1 :]
    if not path or path.endswith("/"):
        raise ValueError(f"{url} names no file: say sqlite:///FILE")
    return FileAddress(Path(path))


def shown(url: str) -> str:
    """The URL without what may be secret."""
    address = parsed(url)
    return str(address) if isinstance(address, ServerAddress) else url


def beside(url: str, directory: Path) -> str:
    """The same URL with a relative path made absolute, taken from `directory`."""
    address = parsed(url)
    if not isinstance(address, FileAddress):
        return url
    return f"{_FILE}/{(directory / address.path).absolute()}"


def _server(url: str) -> ServerAddress:
    if url != url.strip() or "\0" in url:
        raise ValueError("the URL of the database has a space around it, or a NUL in it")
    parts = urlsplit(url)
    if parts.fragment:
        raise ValueError(
            "the URL of the database has a # in it: say %23 where it belongs to the password"
        )
    if not parts.path.strip("/"):
        raise ValueError(f"{ServerAddress(url)} names no database: say postgresql://HOST/NAME")
    return ServerAddress(url)


def _named(url: str) -> str:
    """What may be shown of a URL that is not ours: a database's URL may carry a password."""
    scheme, mark, _ = url.partition("://")
    return f"{scheme}://…" if mark else url
