"""From the bytes of an answer to what it lists."""

from collections.abc import Callable
from typing import Any

import msgspec

from vurti.inventory.ansible import NotAnsible, converted
from vurti.inventory.answer import Failed, Listed
from vurti.inventory.settings import InventorySettings

Entries = dict[str, Any]
ReadEntries = Callable[[Entries, Entries], Listed]
"""Reads `hosts` and `vms`, each entry as the configuration's tables are read."""


def read(data: bytes, settings: InventorySettings, entries: ReadEntries) -> Listed | Failed:
    """What the answer lists. One bad entry spares the others; an answer of another form fails."""
    try:
        answer = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Failed(f"its answer is no JSON: {error}" if data.strip() else "its answer is empty")
    if not isinstance(answer, dict):
        return Failed(f"its answer is no object but {type(answer).__name__}")
    if settings.format == "ansible":
        return _ansible(answer, settings, entries)
    return _own(answer, entries)


def _own(answer: dict[str, Any], entries: ReadEntries) -> Listed | Failed:
    told = {key: answer.pop(key) for key in ("hosts", "vms") if key in answer}
    if not told:
        return Failed('its answer has neither "hosts" nor "vms"')
    for key, table in told.items():
        if not isinstance(table, dict):
            return Failed(f'its "{key}" are no object')
    listed = entries(told.get("hosts", {}), told.get("vms", {}))
    strange = tuple(f"{key}: unknown key (there are: hosts, vms)" for key in sorted(answer))
    return msgspec.structs.replace(listed, flaws=(*listed.flaws, *strange))


def _ansible(
    answer: dict[str, Any], settings: InventorySettings, entries: ReadEntries
) -> Listed | Failed:
    try:
        hosts, flaws = converted(answer, settings)
    except NotAnsible as error:
        return Failed(f"its answer is no inventory of Ansible: {error}")
    listed = entries(hosts, {})
    return msgspec.structs.replace(
        listed,
        bad_hosts=listed.bad_hosts | flaws.keys(),
        flaws=(*listed.flaws, *(f"hosts.{host}: {what}" for host, what in flaws.items())),
    )
