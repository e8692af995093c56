"""Announcing something over the API."""

from typing import TYPE_CHECKING

import msgspec

from vurti.cli.remote.client import Client
from vurti.model import Cancel, Expect, Expectation

if TYPE_CHECKING:
    from vurti.repository import Records


class RemoteAnnounce:
    """See vurti.cli.announcing.Announce: vurti takes it in while it is asked, or refuses."""

    def __init__(self, client: Client, reader: "Records") -> None:
        self._client, self._reader = client, reader

    def __call__(
        self, given: Expect | Cancel, *, keep_secs: float | None, wait_secs: float
    ) -> Expectation:
        if isinstance(given, Cancel):
            told = self._client.send("DELETE", "expectations", given.expectation)
        else:
            names = ("kind", "thing", "host", "job", "why", "secs")
            body = {name: getattr(given, name) for name in names}
            said = {name: value for name, value in body.items() if value is not None}
            told = self._client.send("POST", "expectations", body=said)
        return msgspec.convert(told, type=Expectation)
