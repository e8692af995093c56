"""A machine that we watch, as the configuration names it."""

from msgspec import Struct


class Host(Struct, frozen=True, gc=False):
    """`id` is the key of its `[hosts.ID]` table; `url` names the source and the address.

    What no host tells: `power_management`, that it can be fenced; `spm`, that it manages the
    storage of its pool, so that it is waited for longer; `image_transfers`, those that use it.
    """

    id: str
    url: str = ""
    cluster: str = ""
    power_management: bool = False
    spm: bool = False
    image_transfers: tuple[str, ...] = ()
