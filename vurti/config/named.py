"""Tables whose name is the id of a thing: `[hosts.ID]`, `[vms.ID]`, `[clusters.NAME]`."""

from collections.abc import Iterator

from vurti.errors import Complaint
from vurti.settings import Tree


def ids_of(tree: Tree, table: str, noun: str, complaints: list[Complaint]) -> Iterator[str]:
    """The ids of these tables in the order of the file; what cannot be one is complained of."""
    named = tree.get((table,))
    if named is None:
        return
    if not isinstance(named, dict):
        complaints.append(tree.complaint((table,), f"expected tables such as [{table}.alpha]"))
        return
    for id_ in named:
        if id_ and id_.isprintable():
            yield id_
        else:
            what = f"{noun} is printable and not empty"
            complaints.append(tree.complaint((table, id_), what))
