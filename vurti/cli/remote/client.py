"""Asking a vurti's API, and telling plainly what came of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import requests
from requests.exceptions import RequestException

from vurti.errors import Refused, StoreError, VurtiError
from vurti.outgoing import Adapter, client_context, reason_of

T = TypeVar("T")

PREFIX = "/api/v1"
CONNECT_SECS, READ_SECS = 5.0, 60.0
NONE_OF_OURS = "the answer is none of a vurti's"


class Client:
    """`url` is where the API is, without /api/v1. The token is never shown, nor sent elsewhere: no
    redirect is followed, and no proxy or password of the environment is used. It trusts `ca`, or
    without it whom this machine trusts. An answer may take `read_secs`.

    Raises VurtiError for what cannot be had, Refused for what vurti refuses.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        ca: Path | None = None,
        read_secs: float = READ_SECS,
    ) -> None:
        self.url, self._read_secs = url.rstrip("/"), read_secs
        self._session = requests.Session()
        self._session.trust_env = False
        self._adapter = _adapter(self.url, ca)
        self._session.mount("http://", self._adapter)
        self._session.mount("https://", self._adapter)
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, *path: str, **query: Any) -> Any:
        """The answer as plain values."""
        return self._ask("GET", path, params=_said(query))

    def get_as(self, type_: type[T], *path: str, **query: Any) -> T:
        """The answer as a value of that type."""
        with self._answer("GET", path, params=_said(query)) as answer:
            try:
                return msgspec.json.decode(answer.content, type=type_)
            except msgspec.MsgspecError:
                raise VurtiError(f"{self.url}: {NONE_OF_OURS}") from None

    def pieces(self, *path: str, silent_secs: float, **query: Any) -> Iterator[bytes]:
        """An answer without an end, piece by piece as it comes. Raises VurtiError where it breaks,
        and where nothing comes for so long."""
        with self._answer(
            "GET", path, params=_said(query), stream=True, read_secs=silent_secs
        ) as answer:
            try:
                yield from answer.iter_content(None)
            except RequestException as error:
                raise self._failed(error) from None

    def find(self, *path: str, **query: Any) -> Any | None:
        """The same; None where there is no such thing."""
        return self._ask("GET", path, params=_said(query), may_lack=True)

    def send(self, method: str, *path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for something to be done."""
        return self._ask(method, path, json=body)

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def cut(self) -> None:
        """Whoever waits for an answer waits no longer. May be called from any thread."""
        self._adapter.cut()

    def _ask(self, method: str, path: tuple[str, ...], may_lack: bool = False, **more: Any) -> Any:
        with self._answer(method, path, may_lack, **more) as answer:
            if answer.status_code == 404:
                return None
            try:
                return answer.json()
            except ValueError:
                raise VurtiError(f"{self.url}: {NONE_OF_OURS}") from None

    def _answer(
        self,
        method: str,
        path: tuple[str, ...],
        may_lack: bool = False,
        read_secs: float | None = None,
        **more: Any,
    ) -> requests.Response:
        url = self.url + PREFIX + "".join(f"/{quote(part, safe='')}" for part in path)
        secs = (CONNECT_SECS, self._read_secs if read_secs is None else read_secs)
        try:
            answer = self._session.request(method, url, timeout=secs, allow_redirects=False, **more)
        except RequestException as error:
            raise self._failed(error) from None
        if answer.status_code == 404 and may_lack:
            return answer
        if not answer.ok or answer.is_redirect:
            with answer:
                raise self._refused(answer)
        return answer

    def _failed(self, error: RequestException) -> VurtiError:
        return VurtiError(f"{self.url}: {reason_of(error)}")

    def _refused(self, answer: requests.Response) -> VurtiError:
        try:
            told = answer.json()
            detail = str(told.get("detail") or told["title"])
        except (ValueError, KeyError, AttributeError):
            return VurtiError(f"{self.url}: {answer.status_code} {answer.reason}")
        kind = {403: Refused, 409: Refused, 503: StoreError}.get(answer.status_code, VurtiError)
        hint = " (--token-file names the file with one)" if answer.status_code == 401 else ""
        return kind(f"{self.url}: {detail}{hint}")


def _said(query: dict[str, Any]) -> dict[str, str | list[str]]:
    """The parameters that are given, as text; of some there are several."""
    given = {name: value for name, value in query.items() if value is not None}
    return {
        name: [_text(one) for one in value] if isinstance(value, list) else _text(value)
        for name, value in given.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _adapter(url: str, ca: Path | None) -> Adapter:
    """Only who speaks TLS has to know whom to trust."""
    try:
        return Adapter(client_context(ca) if url.startswith("https:") else None)
    except OSError as error:
        raise VurtiError(f"{ca}: {error.strerror or error}") from None
