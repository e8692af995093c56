"""Files of scenarios: read, and checked word by word."""

from collections.abc import Iterable
from pathlib import Path as FilePath

from msgspec import Struct

from vurti.errors import Complaint
from vurti.settings import Tree, bind
from vurti.testing.scenarios.reading import read
from vurti.testing.scenarios.words import Scenario

FORMAT = 2


class Loaded(Struct, frozen=True):
    """One scenario of a file; `scenario` is None where `complaints` say why it cannot be used."""

    id: str
    file: str
    line: int
    scenario: Scenario | None = None
    complaints: tuple[Complaint, ...] = ()


def load(files: Iterable[FilePath | str]) -> tuple[list[Loaded], list[Complaint]]:
    """All scenarios of these files, in their order, and what makes a whole file useless."""
    loaded: list[Loaded] = []
    complaints: list[Complaint] = []
    for file in files:
        tree, found = read(FilePath(file))
        if not found:
            found = _of_the_file(tree)
        if found:
            complaints.extend(found)
            continue
        for index in range(len(tree.data["scenarios"])):
            loaded.append(_loaded(tree, index, {one.id for one in loaded}))
    return loaded, complaints


def _of_the_file(tree: Tree) -> list[Complaint]:
    found = [
        tree.complaint((key,), "unknown key", "a file has `format` and `scenarios`")
        for key in tree.data
        if key not in ("format", "scenarios")
    ]
    if tree.data.get("format") != FORMAT:
        told = tree.data.get("format")
        found.append(tree.complaint(("format",), f"expected {FORMAT}, this is {told!r}"))
    if not isinstance(tree.data.get("scenarios"), list):
        found.append(tree.complaint(("scenarios",), "expected a list of scenarios"))
    return found


def _loaded(tree: Tree, index: int, ids: set[str]) -> Loaded:
    path = ("scenarios", index)
    told = tree.get((*path, "id"))
    id_ = str(told) if told is not None else f"#{index + 1}"
    complaints: list[Complaint] = []
    scenario = bind(Scenario, tree, path, complaints)
    if id_ in ids:
        complaints.append(tree.complaint((*path, "id"), f"{id_} stands there twice"))
    line = tree.place(path).line
    return Loaded(
        id_, str(tree.root), line, scenario if not complaints else None, tuple(complaints)
    )
