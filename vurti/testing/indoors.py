"""A configuration that reaches nothing outside: for tests, whose hosts and store are their own."""

from dataclasses import fields, replace
from typing import Any

from vurti.config import Config, InventoryTables
from vurti.inventory import InventoryDefaults

OUTSIDE: dict[str, Any] = {
    "inventory": InventoryTables(InventoryDefaults(reread_files=False)),
    "sinks": (),
    "tree": None,
}
"""What asks programs, tells receivers, or looks at files again."""


def indoors(config: Config, **given: Any) -> Config:
    """The same, but that no inventory is asked, no sink is told, and no file is read again."""
    named = {field.name for field in fields(config)}
    nothing = {key: value for key, value in OUTSIDE.items() if key in named}
    return replace(config, **nothing, **given)
