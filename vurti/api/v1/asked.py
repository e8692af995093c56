"""What may be asked: the parameters of the paths and of the queries."""

from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from vurti.model import Awaited

ID_CHARACTERS_MAX = 1024
Id = Annotated[str, Field(min_length=1, max_length=ID_CHARACTERS_MAX)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Flask-OpenAPI3 asks for it at each request; making it takes 2 ms."""
        return super().model_json_schema(*args, **kwargs) if args or kwargs else _schema_of(cls)


@cache
def _schema_of(asked: type[_Asked]) -> dict[str, Any]:
    return super(_Asked, asked).model_json_schema()


class OfHost(_Asked):
    """One host."""

    host: Id


class OfVm(_Asked):
    """One VM."""

    vm: Id


class Fields(_Asked):
    """Which members an object is to have."""

    fields: str | None = Field(
        None,
        max_length=1000,
        description="Names with commas between; `*` is all of them.",
        json_schema_extra={"example": "id,status,observed_at"},
    )


class Page(Fields):
    """A part of a list, in the order of ids."""

    after: Id | None = Field(None, description="Go on behind this id: the `next` of a page.")
    limit: int = Field(100, ge=1, le=1000, description="So many at most.")


class Hosts(Page):
    """Which hosts."""

    status: Id | None = Field(
        None, description="Only in this status.", json_schema_extra={"example": "Up"}
    )
    cluster: Id | None = Field(None, description="Only of this cluster.")


class Vms(Page):
    """Which VMs."""

    status: Id | None = Field(
        None, description="Only in this status.", json_schema_extra={"example": "Paused"}
    )
    host: Id | None = Field(None, description="Only on this host.")
    cluster: Id | None = Field(None, description="Only on hosts of this cluster.")
    name: Id | None = Field(None, description="Only of this name.")


class OfLog(_Asked):
    """Which log."""

    scope: Id | None = Field(
        None, description="Its scope, where there are several: each has a log of its own."
    )


class History(OfLog):
    """Which events of one VM or host."""

    after: int = Field(0, ge=0, le=2**63 - 1, description="What is behind this cursor.")
    before: int | None = Field(
        None, ge=0, le=2**63 - 1,
        description="The newest first: what is before this cursor, or the last ones for 0. Then"
        " `next` is where to go on backwards, and `after` counts for nothing.",
    )  # fmt: skip
    limit: int = Field(100, ge=1, le=1000, description="So many at most.")
    whole: bool = Field(False, description="The whole states before and after, as they are stored.")


class Events(History):
    """Which events, in the order of the log."""

    vm: Id | None = Field(None, description="Only of this VM.")
    host: Id | None = Field(None, description="Only of this host itself.")
    thing: Id | None = Field(None, description="Only of this VM or host.")
    kind: Id | None = Field(
        None, description="Only of this kind.", json_schema_extra={"example": "VmMigrated"}
    )


class Explained(_Asked):
    """How much of its past."""

    events: int = Field(8, ge=0, le=100, description="So many of its last events.")


class Promised(_Asked):
    """Which expectations or intents, in the order in which they began."""

    after: Id | None = Field(None, description="Go on behind this id: the `next` of a page.")
    limit: int = Field(100, ge=1, le=1000, description="So many at most.")
    thing: Id | None = Field(None, description="Only of this VM or host.")
    kind: Id | None = Field(None, description="Only of this kind.")
    ended: bool = Field(False, description="Also those that have ended.")


class Ages(_Asked):
    """Which hosts."""

    over_secs: float = Field(
        0.0, ge=0, description="Of whom nothing newer than that is known; 0 is all."
    )


class Snapshot(OfLog):
    """Which members its objects are to have."""

    host_fields: str | None = Field(None, max_length=1000, description="As `fields` of hosts.")
    vm_fields: str | None = Field(None, max_length=1000, description="As `fields` of VMs.")


Some = Annotated[list[Id], Field(max_length=100)]


Cursor = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Stream(_Asked):
    """Which events. Of each kind of condition one must fit; without any it is all events."""

    scope: Some = Field(
        [],
        description="Its scope, where there are several logs. Several are told over one line: then"
        " `event: scope` says of which is what follows.",
    )
    after: Annotated[list[Cursor], Field(max_length=100)] = Field(
        [],
        description="What is behind this cursor; else from now on. With several scopes there is"
        " one for each, in their order.",
    )
    kind: Some = Field([], description="Of this kind.", json_schema_extra={"example": ["VmAdded"]})
    thing: Some = Field([], description="Of this VM or host.")
    host: Some = Field([], description="Of this host, or of a VM by this host's word.")
    cluster: Some = Field([], description="Of a host of this cluster, or of a VM on one.")


class LogIn(_Asked):
    """What is shown once for a session."""

    token: str = Field(min_length=1, max_length=200)


class Announced(_Asked):
    """What somebody is about to do to a VM or host."""

    kind: Awaited
    thing: Id = Field(description="The VM or host, by its id.")
    host: Id | None = Field(None, description="Where a VM is started or migrated to.")
    job: Id | None = Field(None, description="The id of a job, for the kind `job`.")
    why: str = Field("", max_length=1000, description="For those who read it later.")
    secs: float | None = Field(None, gt=0, le=31 * 86_400, description="How long at most.")


class Maintenance(_Asked):
    """A host is taken away."""

    secs: float = Field(7200.0, gt=0, le=31 * 86_400, description="How long it is needed.")
    why: str = Field("", max_length=1000, description="For those who read it later.")


class OfThing(_Asked):
    """A VM or host."""

    thing: Id


class OfExpectation(_Asked):
    """One expectation."""

    expectation: Id


def nearest(name: str, names: list[str]) -> str:
    """` (did you mean …?)`, or nothing."""
    near = get_close_matches(name, names, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
