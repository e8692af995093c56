"""The way out of a wrong name: the valid one that the user may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name most like this one, None where none is like it at all."""
    spelled = {known.casefold(): known for known in valid}
    matches = get_close_matches(name.casefold(), spelled, n=1, cutoff=0.6)
    return spelled[matches[0]] if matches else None


def way_out(name: str, valid: Iterable[str]) -> str:
    """A hint: the nearest valid name, or where none is near, all that there are."""
    names = sorted(set(valid))
    if found := nearest(name, names):
        return f"did you mean `{found}`?"
    return f"there are: {', '.join(names)}" if names else ""
