"""Reactive monitoring of hypervisor hosts and their VMs.

Importing this costs next to nothing and changes nothing: names are loaded when first asked for,
nothing is patched, no log sink is added, no signal handler is installed.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS = {
    "PushAdapter": "vurti.adapter",
    "load_config": "vurti.config",
    "ConfigError": "vurti.errors",
    "Refused": "vurti.errors",
    "StoreError": "vurti.errors",
    "VurtiError": "vurti.errors",
    "Host": "vurti.model",
    "Vds": "vurti.model",
    "VdsStatus": "vurti.model",
    "Vm": "vurti.model",
    "VmStatus": "vurti.model",
    "Awaited": "vurti.model",
    "Expectation": "vurti.model",
    "Intent": "vurti.model",
    "IntentKind": "vurti.model",
    "Outcome": "vurti.model",
    "VdsAdded": "vurti.events",
    "VdsKnown": "vurti.events",
    "VdsRemoved": "vurti.events",
    "VdsStateChanged": "vurti.events",
    "VmAdded": "vurti.events",
    "VmKnown": "vurti.events",
    "VmMigrated": "vurti.events",
    "VmRebooted": "vurti.events",
    "VmRemoved": "vurti.events",
    "VmSplitBrainDetected": "vurti.events",
    "VmStateChanged": "vurti.events",
    "VmTakenOver": "vurti.events",
    "VmWatchdogFired": "vurti.events",
    "VmAlerted": "vurti.events",
    "VmDevicesChanged": "vurti.events",
    "VmExpectationEnded": "vurti.events",
    "VdsAlerted": "vurti.events",
    "VmLeftScope": "vurti.events",
    "VmJoinedScope": "vurti.events",
    "VdsLeftScope": "vurti.events",
    "VdsJoinedScope": "vurti.events",
    "VdsExpectationEnded": "vurti.events",
    "named": "vurti.streams.naming",
    "compact": "vurti.events",
    "event": "vurti.events",
}

__all__ = ["__version__", *_ROOMS]


def __getattr__(name: str) -> Any:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module 'vurti' has no attribute {name!r}")
    return getattr(import_module(room), name)


def __dir__() -> list[str]:
    return sorted(__all__)
