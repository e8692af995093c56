"""The tables of a configuration and the models that they are bound to, for what is to be told of
all of them: their schema, and what they come to."""

from pydantic import BaseModel

from vurti.config.api import ApiSettings
from vurti.config.clusters import ClusterSettings
from vurti.config.hosts import HostSettings
from vurti.config.listen import ListenSettings
from vurti.config.log import LogSettings
from vurti.config.streams import StreamTable
from vurti.config.vms import VmSettings
from vurti.decide import Rules
from vurti.inventory import InventoryDefaults, InventorySettings
from vurti.repository.settings import RepositorySettings
from vurti.streams.limits import SubscriberSettings
from vurti.streams.poll_settings import PollSettings

SINGLE: dict[str, type[BaseModel]] = {
    "repository": RepositorySettings,
    "poll": PollSettings,
    "subscribers": SubscriberSettings,
    "rules": Rules,
    "log": LogSettings,
    "listen": ListenSettings,
    "api": ApiSettings,
    "inventory": InventoryDefaults,
}
"""Tables of their own, such as `[poll]`."""

NAMED: dict[str, type[BaseModel]] = {
    "hosts": HostSettings,
    "vms": VmSettings,
    "clusters": ClusterSettings,
    "inventory": InventorySettings,
    "streams": StreamTable,
}
"""Tables by the name of a thing, such as `[hosts.ID]`. Those of `[sources.NAME]` each source
declares by itself."""
