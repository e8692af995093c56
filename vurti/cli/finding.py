"""A VM or host by what somebody calls it, or the nearest names that there are."""

from typing import TYPE_CHECKING

import click

from vurti.cli.listing import PAGE, paged
from vurti.cli.opening import USED_WRONGLY

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.repository import Records, VdsRecord, VmRecord

NAMES_SHOWN = 3


def vm_named(reader: "Records", which: str) -> "VmRecord":
    """By its id, else by its name. Exits where there is none, or more than one."""
    vms = reader.vdss.vms
    if (record := vms.get(which)) is not None:
        return record
    named = vms.list(name=which, limit=PAGE)
    if len(named) == 1:
        return named[0]
    if named:
        ids = [one.value.id for one in named]
        more = ", …" if len(ids) > 2 * NAMES_SHOWN else ""
        raise _refused(
            f"{len(ids)} VMs are called {which}: {', '.join(ids[: 2 * NAMES_SHOWN])}{more}"
        )
    every = paged(lambda after, limit: vms.list(after=after, limit=limit), None)
    raise _unknown("VM", which, {text for one in every for text in (one.value.id, one.value.name)})


def host_named(reader: "Records", which: str) -> "VdsRecord":
    """By its id. Exits where there is none."""
    if (record := reader.vdss.get(which)) is not None:
        return record
    every = paged(lambda after, limit: reader.vdss.list(after=after, limit=limit), None)
    raise _unknown("host", which, {one.value.id for one in every})


def _unknown(noun: str, which: str, names: set[str]) -> SystemExit:
    from difflib import get_close_matches

    spelled = {name.casefold(): name for name in names if name}
    near = get_close_matches(which.casefold(), spelled, n=NAMES_SHOWN, cutoff=0.5)
    hint = f" (did you mean {', '.join(spelled[one] for one in near)}?)" if near else ""
    return _refused(f"there is no {noun} {which}{hint}")


def _refused(words: str) -> SystemExit:
    """To be raised: the words are out."""
    from vurti.wire.words import printable

    click.echo(f"vurti: {printable(words)}", err=True)
    return SystemExit(USED_WRONGLY)
