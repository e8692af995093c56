"""A configuration that reaches nothing outside: for tests, whose hosts and store are their own."""

from dataclasses import replace
from typing import Any

from vurti.config import Config, InventoryTables
from vurti.inventory import InventoryDefaults


def indoors(config: Config, **given: Any) -> Config:
    """The same, but that no inventory is asked, no sink is told, and no file is read again."""
    none = InventoryTables(InventoryDefaults(reread_files=False))
    return replace(config, inventory=none, sinks=(), tree=None, **given)
