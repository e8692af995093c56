"""A machine that we watch, as the configuration names it."""

from msgspec import Struct


class Host(Struct, frozen=True, gc=False):
    """`id` is the key of its `[hosts.ID]` table; `url` names the source and the address."""

    id: str
    url: str = ""
    cluster: str = ""
