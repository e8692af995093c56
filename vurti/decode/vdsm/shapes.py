"""Maps, lists and truths, in the many forms in which vdsm tells them."""

from collections.abc import Iterator, Mapping

from vurti.decode.vdsm.reading import VdsmDecodeError
from vurti.decode.vdsm.scalars import text
from vurti.model.texts import once


def as_map(value: object) -> Mapping[str, object]:
    """The map that was asked for. Raises VdsmDecodeError for anything else."""
    if not isinstance(value, dict):
        raise VdsmDecodeError(f"a map was asked for, not {type(value).__name__}")
    return value


def named(value: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The maps in a map under their names; whatever else stands there is passed over."""
    for name, record in value.items() if isinstance(value, dict) else ():
        if (told := text(name)) and isinstance(record, dict):
            yield told, record


def texts(value: object) -> tuple[str, ...] | None:
    """The texts of a list in its order; None where there is no list. Hosts have the same ones, so
    that each is in memory once."""
    if not isinstance(value, list):
        return None
    return tuple(once(told) for one in value if (told := text(one)))


def truth(value: object) -> bool | None:
    """True and false, also as texts; None for whatever else."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get((text(value) or "").lower())
