"""Where hosts and facts about VMs come from besides the configuration's own tables: programs and
HTTP addresses that answer in JSON, asked again and again. docs/inventory.md."""

from vurti.inventory.answer import Failed, Listed, Unchanged
from vurti.inventory.inventories import Inventories, Status
from vurti.inventory.inventory import Inventory, Source
from vurti.inventory.settings import InventoryDefaults, InventorySettings
from vurti.inventory.sources import source_of

__all__ = [
    "Failed",
    "Inventories",
    "Inventory",
    "InventoryDefaults",
    "InventorySettings",
    "Listed",
    "Source",
    "Status",
    "Unchanged",
    "source_of",
]
