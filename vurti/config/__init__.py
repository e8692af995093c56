"""The configuration: what a user's file says, bound to the settings of every room."""

from vurti.config.api import ApiSettings
from vurti.config.clusters import ClusterSettings
from vurti.config.config import Config, config_of, in_order, load_config
from vurti.config.hosts import HostSettings
from vurti.config.inventories import InventoryTables
from vurti.config.listen import ListenSettings
from vurti.config.log import LogSettings
from vurti.config.streams import BUILT_IN, StreamSettings
from vurti.config.vms import VmNicSettings, VmSettings

__all__ = [
    "BUILT_IN",
    "ApiSettings",
    "ClusterSettings",
    "Config",
    "HostSettings",
    "InventoryTables",
    "ListenSettings",
    "LogSettings",
    "StreamSettings",
    "VmNicSettings",
    "VmSettings",
    "config_of",
    "in_order",
    "load_config",
]
