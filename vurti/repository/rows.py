"""Records as the tables hold them, and back: what is written is found again exactly.

What a column cannot hold is mended here, so that one hostile name never stops the writer: lone
surrogates, which are no Unicode, and NUL get `?` in their place, and a whole number beyond 64 bits
is not told (None). JSON holds numbers of any size.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from vurti.errors import StoreError
from vurti.events import Event, VmEvent
from vurti.model import (
    BARE,
    UNTOLD,
    ExitReason,
    ExitStatus,
    Guest,
    Hardware,
    NonOperationalReason,
    PauseStatus,
    Row,
    Vds,
    VdsCapabilities,
    VdsStatus,
    Vm,
    VmStatus,
)
from vurti.repository.database import Values

PLACE = ("seq", "observed_at", "rule")
VDS = (
    "id",
    "cluster",
    "status",
    "reason",
    "capabilities",
    "boot_time",
    "maintenance_until",
    *PLACE,
)
VM = (
    *("id", "name", "status", "run_on", "migrating_to", "pause_status"),
    *("exit_status", "exit_reason", "exit_message"),
    *("boot_time", "last_watchdog", "guest", "hardware"),
    *PLACE,
)
VDS_LONG, VM_LONG = frozenset({"capabilities"}), frozenset({"guest", "hardware"})
"""What is the most of a record, and seldom looked at in a list."""
EVENT = (
    *("id", "kind", "vm", "host", "seq_first", "seq", "before_status", "after_status"),
    *("reason", "rule", "restart", "observed_at", "body"),
)


def vds_values(row: Row) -> Values:
    """A host's row in the order of VDS."""
    vds = row.value
    if not isinstance(vds, Vds):
        raise TypeError(f"{vds!r} is no host")
    made_of = None if vds.capabilities is None else json_text(vds.capabilities)
    state = (storable(vds.id), storable(vds.cluster), vds.status.value, vds.reason.value, made_of)
    times = (vds.boot_time, vds.maintenance_until)
    return (*state, *times, row.seq, row.observed_at, storable(row.rule))


def vds_row(values: Sequence[Any]) -> Row:
    """What `vds_values` made."""
    id_, cluster, status, reason, made_of, *times, seq, observed_at, rule = values
    with _read("host", id_):
        vds = Vds(
            id=id_,
            cluster=cluster,
            status=VdsStatus(status),
            reason=NonOperationalReason(reason),
            capabilities=made_of and msgspec.json.decode(made_of, type=VdsCapabilities),
            boot_time=times[0],
            maintenance_until=times[1],
        )
    return Row(vds, seq, 0.0, observed_at, rule)


def vm_values(row: Row) -> Values:
    """A VM's row in the order of VM."""
    vm = row.value
    if not isinstance(vm, Vm):
        raise TypeError(f"{vm!r} is no VM")
    return (
        storable(vm.id),
        storable(vm.name),
        vm.status.value,
        vm.run_on and storable(vm.run_on),
        vm.migrating_to and storable(vm.migrating_to),
        vm.pause_status.value,
        vm.exit_status and vm.exit_status.value,
        vm.exit_reason and vm.exit_reason.value,
        storable(vm.exit_message),
        vm.boot_time,
        vm.last_watchdog,
        None if vm.guest == UNTOLD else json_text(vm.guest),
        None if vm.hardware == BARE else json_text(vm.hardware),
        row.seq,
        row.observed_at,
        storable(row.rule),
    )


def vm_row(values: Sequence[Any]) -> Row:
    """What `vm_values` made."""
    id_, name, status, run_on, migrating_to, pause, ended, why, message, *more = values
    boot_time, last_watchdog, guest, hardware, seq, observed_at, rule = more
    with _read("VM", id_):
        vm = Vm(
            id=id_,
            name=name,
            status=VmStatus(status),
            run_on=run_on,
            migrating_to=migrating_to,
            pause_status=PauseStatus(pause),
            exit_status=ended and ExitStatus(ended),
            exit_reason=why and ExitReason(why),
            exit_message=message,
            boot_time=boot_time,
            last_watchdog=last_watchdog,
            guest=UNTOLD if guest is None else msgspec.json.decode(guest, type=Guest),
            hardware=BARE if hardware is None else msgspec.json.decode(hardware, type=Hardware),
        )
    return Row(vm, seq, 0.0, observed_at, rule)


def event_values(event: Event) -> Values:
    """An event in the order of EVENT."""
    of_vm = isinstance(event, VmEvent)
    thing = storable(event.thing)
    return (
        storable(event.id),
        event.kind,
        thing if of_vm else None,
        None if of_vm else thing,
        event.seq_first,
        event.seq,
        _status(event.before),
        _status(event.after),
        storable(event.reason),
        storable(event.rule),
        event.restart,
        event.observed_at,
        json_text(event),
    )


def _status(value: Vm | Vds | None) -> str | None:
    return None if value is None else value.status.value


def json_text(value: Any) -> str:
    """A value as JSON, which can hold a NUL, but no lone surrogate."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value))).decode()


def _mended(value: Any) -> Any:
    """Plain values, all their text Unicode."""
    match value:
        case dict():
            return {_mended(key): _mended(part) for key, part in value.items()}
        case list() | tuple():
            return [_mended(part) for part in value]
        case str():
            return _unicode(value)
        case _:
            return value


def storable(text: str) -> str:
    """The text as a column can hold it; nearly always the same."""
    return _unicode(text.replace("\0", "?") if "\0" in text else text)


def _unicode(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@contextmanager
def _read(noun: str, thing: str) -> Iterator[None]:
    """A record that this vurti cannot understand is named, not guessed at."""
    try:
        yield
    except ValueError as error:
        raise StoreError(f"the record of {noun} {thing!r} cannot be read: {error}") from error
