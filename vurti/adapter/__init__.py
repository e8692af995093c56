"""Polls below, pushes above: the fleet as named Rx streams."""

from loguru import logger

from vurti.adapter.parts import Inventories, InventoryStatus, Parts, Store, Writing
from vurti.adapter.pressure import Pressure, Stage, pressure
from vurti.adapter.push_adapter import PushAdapter

logger.disable("vurti")  # a library is silent; the service, or an embedder, enables it

__all__ = [
    "Inventories",
    "InventoryStatus",
    "Parts",
    "Pressure",
    "PushAdapter",
    "Stage",
    "Store",
    "Writing",
    "pressure",
]
