"""Where hosts come from besides the tables of the files: `[inventory]` and `[inventory.NAME]`."""

from dataclasses import dataclass, replace
from typing import TypeVar

from vurti.errors import Complaint
from vurti.inventory import InventoryDefaults, InventorySettings
from vurti.inventory.settings import InventoryRules
from vurti.inventory.template import flaw
from vurti.settings import Tree, bind

Model = TypeVar("Model", bound=InventoryRules)


@dataclass(frozen=True)
class InventoryTables:
    """What holds for all inventories, and each by its name, in the order in which they count."""

    defaults: InventoryDefaults
    named: tuple[tuple[str, InventorySettings], ...] = ()


def inventories_of(tree: Tree, complaints: list[Complaint]) -> InventoryTables:
    """The inventories, in the order of the file; what is wrong with them is complained of."""
    table = tree.get(("inventory",))
    if not isinstance(table, dict):
        bind(InventoryDefaults, tree, ("inventory",), complaints)
        return InventoryTables(InventoryDefaults())
    shared = {
        key: value
        for key, value in table.items()
        if not isinstance(value, dict) or key in InventoryDefaults.model_fields
    }
    defaults = bind(
        InventoryDefaults, replace(tree, data={"inventory": shared}), ("inventory",), complaints
    )
    named = tuple(
        (name, one)
        for name in table.keys() - shared.keys()
        if (one := _named(tree, name, shared, complaints)) is not None
    )
    order = list(table)
    return InventoryTables(
        defaults or InventoryDefaults(), tuple(sorted(named, key=lambda one: order.index(one[0])))
    )


def _named(
    tree: Tree, name: str, shared: dict[str, object], complaints: list[Complaint]
) -> InventorySettings | None:
    """One inventory; what its own table leaves out is as in `[inventory]`, whose mistakes are told
    there."""
    own = tree.get(("inventory", name))
    rules = {key: shared[key] for key in InventoryRules.model_fields if key in shared}
    directory = str(tree.directory(("inventory", name, "command")))
    whole = {**rules, "directory": directory, **own}
    found: list[Complaint] = []
    path = ("inventory", name)
    one = bind(InventorySettings, replace(tree, data={"inventory": {name: whole}}), path, found)
    complaints.extend(each for each in found if not _is_of_all(each, own, rules))
    complaints.extend(_bad_templates(tree, name, one))
    if not (name and name.isprintable()):
        complaints.append(tree.complaint(path, "an inventory's name is printable and not empty"))
    return one


def _is_of_all(complaint: Complaint, own: dict[str, object], rules: dict[str, object]) -> bool:
    key = complaint.key.rpartition(".")[2]
    return key in rules and key not in own


def _bad_templates(tree: Tree, name: str, one: InventorySettings | None) -> list[Complaint]:
    if one is None:
        return []
    return [
        tree.complaint(("inventory", name, key), "is no template", wrong)
        for key in ("host_url", "host_cluster")
        if (wrong := flaw(getattr(one, key))) is not None
    ]
