"""Records for other programs: one flat JSON object each."""

from typing import Any, Protocol

import msgspec


class Recorded(Protocol):
    """A VdsRecord or VmRecord: a state, and beside it how it stands with that."""

    @property
    def value(self) -> Any: ...

    @property
    def heard_at(self) -> float | None: ...


def fields(record: Recorded) -> dict[str, Any]:
    """The state's own fields and those beside it; times are seconds since 1970."""
    told: dict[str, Any] = msgspec.to_builtins(record)
    return {**told.pop("value"), **told}


def is_stale(heard_at: float | None, now: float, stale_secs: float) -> bool:
    """Whether what is known is too old to be relied on."""
    return heard_at is None or now - heard_at > stale_secs


def is_stale_vm(run_on: str | None, heard_at: float | None, now: float, stale_secs: float) -> bool:
    """A VM that no host holds is told of by none, so its record cannot be stale."""
    return run_on is not None and is_stale(heard_at, now, stale_secs)
