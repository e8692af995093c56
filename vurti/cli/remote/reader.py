"""What a Reader of the store gives, over the API: the commands cannot tell the two apart."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from vurti.cli.remote.client import Client
from vurti.clock.plain import PlainTime
from vurti.events import decode
from vurti.model import Expectation, Intent, Row, Vds, Vm
from vurti.model.commit import Logged
from vurti.model.explanation import Explanation
from vurti.model.scope import SYSTEM
from vurti.repository.records import VdsRecord, VmRecord
from vurti.repository.standing import Standing

T = TypeVar("T")

PAGE = 1000
FOLLOW_SECS = 0.5


class RemoteReader:
    """Raises VurtiError where the API cannot be asked, as its client does."""

    def __init__(self, client: Client, scope: str | None = None) -> None:
        """`scope` is whose log is read, where there are several."""
        self._scope = scope
        self.vdss = _Vdss(client)
        self.explanations = _Explanations(client)
        self.expectations = _Promises(client, "expectations", Expectation)
        self.intents = _Promises(client, "intents", Intent)
        self._client, self._time = client, PlainTime()

    def of(self, scope: str) -> "RemoteReader":
        """The same with the log of that scope."""
        return RemoteReader(self._client, scope)

    def log(self, after: int = 0, limit: int = PAGE, thing: str | None = None) -> list[Logged]:
        """Committed events behind the cursor."""
        told = self._client.get(
            "events",
            after=after,
            limit=min(limit, PAGE),
            thing=thing,
            whole=True,
            scope=self._scope,
        )
        return [
            Logged(one["cursor"], one["committed_at"], decode(msgspec.json.encode(one["event"])))
            for one in told["items"]
        ]

    def history(self, thing: str) -> Iterator[Logged]:
        """All events of one VM or host that the log still has."""
        after = max(0, self.log_bounds()[0] - 1)
        while page := self.log(after, PAGE, thing):
            yield from page
            after = page[-1].cursor

    def log_bounds(self) -> tuple[int, int]:
        """The first and last cursor that the log has."""
        told = self._client.get("log", scope=self._scope)
        return told["first"], told["last"]

    def snapshot(self) -> Standing:
        """Everything at one moment."""
        told = self._client.get("snapshot", host_fields="*", vm_fields="*", scope=self._scope)
        vdss = tuple(_row(one, Vds) for one in told["hosts"])
        vms = tuple(_row(one, Vm) for one in told["vms"])
        return Standing(self._scope or SYSTEM, told["cursor"], told["at"], vdss, vms)

    def follow(self, cursor: int = 0) -> Iterator[Logged]:
        """Each event behind the cursor, for ever."""
        while True:
            page = self.log(cursor)
            yield from page
            if page:
                cursor = page[-1].cursor
            else:
                self._time.signal().wait(self._time.now() + FOLLOW_SECS)


class _Vdss:
    """Hosts, as VdsRepository has them."""

    def __init__(self, client: Client) -> None:
        self.vms = _Vms(client)
        self._client = client

    def get(self, host: str) -> VdsRecord | None:
        told = self._client.find("hosts", host)
        return None if told is None else _record(told, VdsRecord)

    def list(self, *, limit: int | None = None, **query: Any) -> Sequence[VdsRecord]:
        told = self._client.get("hosts", limit=min(limit or PAGE, PAGE), fields="*", **query)
        return [_record(one, VdsRecord) for one in told["items"]]


class _Vms:
    """VMs, as VmRepository has them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, vm: str) -> VmRecord | None:
        told = self._client.find("vms", vm)
        return None if told is None else _record(told, VmRecord)

    def list(self, *, limit: int | None = None, **query: Any) -> Sequence[VmRecord]:
        told = self._client.get("vms", limit=min(limit or PAGE, PAGE), fields="*", **query)
        return [_record(one, VmRecord) for one in told["items"]]


class _Explanations:
    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, thing: str) -> Explanation | None:
        told = self._client.find("explanations", thing)
        return None if told is None else msgspec.convert(told, type=Explanation)


class _Promises:
    """Expectations or intents."""

    def __init__(self, client: Client, noun: str, value: type[Any]) -> None:
        self._client, self._noun, self._value = client, noun, value

    def get(self, id_: str) -> Any | None:
        told = self._client.find(self._noun, id_)
        return None if told is None else msgspec.convert(told, type=self._value)

    def list(
        self, *, ended: bool = False, limit: int | None = None, kind: Any = None, **query: Any
    ) -> Sequence[Any]:
        told = self._client.get(
            self._noun,
            ended=ended,
            limit=min(limit or PAGE, PAGE),
            kind=kind and str(kind),
            **query,
        )
        return [msgspec.convert(one, type=self._value) for one in told["items"]]


class Clusters:
    """Which cluster a host is of; asked once."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __call__(self, host: str) -> str:
        return self._all.get(host, "")

    @cached_property
    def _all(self) -> dict[str, str]:
        found: dict[str, str] = {}
        after = None
        while True:
            told = self._client.get("hosts", limit=PAGE, fields="id,cluster", after=after)
            found.update((one["id"], one["cluster"]) for one in told["items"])
            if (after := told["next"]) is None:
                return found


def _record(told: dict[str, Any], type_: type[T]) -> T:
    """The state's fields are beside those of the record; each takes its own."""
    return msgspec.convert({**told, "value": told}, type=type_)


def _row(told: dict[str, Any], type_: type[Vds | Vm]) -> Row:
    value = msgspec.convert(told, type=type_)
    return Row(value, told["seq"], 0.0, told["observed_at"], told["rule"])
