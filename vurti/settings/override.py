"""Keys from the environment: `VURTI_POLL__STATUS_SECS=1` is `[poll] status_secs = 1`.

Two underscores stand between the parts of a key, so a name without any is not ours to read. Case
counts for nothing; where a part has other characters than letters and digits, an underscore stands
for each. The value is read as TOML has it, and where it is no TOML it is a text.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from vurti.errors import Complaint
from vurti.settings.positions import Path
from vurti.settings.tree import Place, Tree, dotted

PREFIX, BETWEEN = "VURTI_", "__"
_OTHER = re.compile(r"[^A-Z0-9]")


def override(tree: Tree, environment: Mapping[str, str], complaints: list[Complaint]) -> None:
    """Put what the environment says over what the files say. A complaint about such a key names the
    variable; its value is not shown in any, since it may be a secret."""
    for name in sorted(environment):
        parts = name.removeprefix(PREFIX).split(BETWEEN)
        if name.startswith(PREFIX) and len(parts) > 1:
            _set(tree, name, parts, _value(environment[name]), complaints)


def _set(tree: Tree, name: str, parts: list[str], value: Any, complaints: list[Complaint]) -> None:
    path: Path = ()
    at: Any = tree.data
    place = Place(FilePath(name))
    for part in parts[:-1]:
        key = _key(at, part)
        if isinstance(at, dict) and key not in at:
            at[key] = {}
            tree.places[*path, key] = place
        path = (*path, key)
        at = _inside(at, key)
    key = _key(at, parts[-1])
    path = (*path, key)
    if not isinstance(at, dict | list) or (isinstance(at, list) and _inside(at, key) is None):
        what = "there is no such place" if len(path) > 1 else "is no key"
        complaints.append(Complaint(name, dotted(path), what, "it leads into a single value"))
        return
    at[key] = value  # type: ignore[index]  # a number where it is a list: see _key
    for below in [known for known in tree.places if known[: len(path)] == path]:
        del tree.places[below]
    tree.places[path] = place
    tree.overridden[path] = name


def _key(at: Any, part: str) -> str | int:
    """The key of that table that the part means, or, where it has none such, one in small letters;
    of a list, the number."""
    if isinstance(at, list) and part.isdigit():
        return int(part)
    known = at if isinstance(at, dict) else {}
    spelled = {_OTHER.sub("_", str(key).upper()): key for key in known}
    return str(spelled.get(part.upper(), part.lower()))


def _inside(at: Any, key: str | int) -> Any:
    try:
        return at[key]
    except (KeyError, IndexError, TypeError):
        return None


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
