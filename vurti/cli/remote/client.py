"""Asking a vurti's API, and telling plainly what came of it."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from requests.exceptions import RequestException

from vurti.errors import Refused, StoreError, VurtiError

PREFIX = "/api/v1"
CONNECT_SECS, READ_SECS = 5.0, 60.0
ANSWER_BYTES_MAX = 1 << 30


class Client:
    """`url` is where the API is, without /api/v1. The token is never shown, nor sent elsewhere: no
    redirect is followed, and no proxy or password of the environment is used.

    Raises VurtiError for what cannot be had, Refused for what vurti refuses.
    """

    def __init__(self, url: str, token: str | None = None, ca: Path | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca) if ca is not None else True
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, *path: str, **query: Any) -> Any:
        """The answer as plain values."""
        return self._ask("GET", path, params=_said(query))

    def find(self, *path: str, **query: Any) -> Any | None:
        """The same; None where there is no such thing."""
        return self._ask("GET", path, params=_said(query), may_lack=True)

    def send(self, method: str, *path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for something to be done."""
        return self._ask(method, path, json=body)

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _ask(self, method: str, path: tuple[str, ...], may_lack: bool = False, **more: Any) -> Any:
        url = self.url + PREFIX + "".join(f"/{quote(part, safe='')}" for part in path)
        try:
            answer = self._session.request(
                method, url, timeout=(CONNECT_SECS, READ_SECS), allow_redirects=False, **more
            )
        except RequestException as error:
            raise VurtiError(f"{self.url}: {_why(error)}") from None
        if answer.status_code == 404 and may_lack:
            return None
        if not answer.ok or answer.is_redirect:
            raise self._refused(answer)
        try:
            return answer.json()
        except ValueError:
            raise VurtiError(f"{self.url}: the answer is none of a vurti's") from None

    def _refused(self, answer: requests.Response) -> VurtiError:
        try:
            told = answer.json()
            detail = str(told.get("detail") or told["title"])
        except (ValueError, KeyError, AttributeError):
            return VurtiError(f"{self.url}: {answer.status_code} {answer.reason}")
        kind = {403: Refused, 409: Refused, 503: StoreError}.get(answer.status_code, VurtiError)
        hint = " (--token-file names the file with one)" if answer.status_code == 401 else ""
        return kind(f"{self.url}: {detail}{hint}")


def _said(query: dict[str, Any]) -> dict[str, str]:
    """The parameters that are given, as text."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in query.items()
        if value is not None
    }


def _why(error: RequestException) -> str:
    """In few words: the library tells the whole way to it."""
    cause: BaseException | None = error
    while cause is not None and not getattr(cause, "strerror", None):
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__ if cause is None else str(getattr(cause, "strerror", ""))
