"""The configuration: what a user's file says, bound to the settings of every room."""

from vurti.config.config import Config, load_config
from vurti.config.hosts import HostSettings
from vurti.config.log import LogSettings
from vurti.config.streams import BUILT_IN, StreamSettings

__all__ = [
    "BUILT_IN",
    "Config",
    "HostSettings",
    "LogSettings",
    "StreamSettings",
    "load_config",
]
