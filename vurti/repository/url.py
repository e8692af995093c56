"""Where a database is: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` in memory."""

from pathlib import Path

_SCHEME = "sqlite://"


def parsed(url: str) -> Path | None:
    """The file that a URL names, None for a database in memory. Raises ValueError for any other."""
    if url == _SCHEME:
        return None
    if not url.startswith(_SCHEME + "/"):
        raise ValueError(f"{_named(url)} is no database URL: say sqlite:///FILE")
    path = url[len(_SCHEME) + 1 :]
    if not path or path.endswith("/"):
        raise ValueError(f"{url} names no file: say sqlite:///FILE")
    return Path(path)


def beside(url: str, directory: Path) -> str:
    """The same URL with a relative path made absolute, taken from `directory`."""
    path = parsed(url)
    return url if path is None else f"{_SCHEME}/{(directory / path).absolute()}"


def _named(url: str) -> str:
    """What may be shown of a URL that is not ours: a database's URL may carry a password."""
    scheme, mark, _ = url.partition("://")
    return f"{scheme}://…" if mark else url
