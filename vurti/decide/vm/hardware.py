"""What a VM is made of: its devices (8.6) and the sizes of its LUNs (8.9)."""

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.view import DevicesMemo
from vurti.model import (
    Hardware,
    Missed,
    Question,
    Vm,
    VmDevice,
    VmDevicesAnswer,
    VmReport,
    VmStatus,
)

_POWERING_UP = (VmStatus.UP, VmStatus.POWERING_UP)
_WITHOUT_ADDRESS = frozenset({"memballoon", "graphics", "console", "mdev", "tpm"})
"""Kinds of managed devices that are there although they have no address."""


def with_luns(known: Vm, report: VmReport, status: VmStatus) -> Hardware:
    """The sizes of LUNs count while the VM comes up; one of 0 is not known (8.9)."""
    comes_up = status in _POWERING_UP and known.status is not status
    if not comes_up or report.luns is UNSET or not report.luns:
        return known.hardware
    sizes = dict(known.hardware.luns) | {lun: size for lun, size in report.luns.items() if size}
    luns = tuple(sizes.items())
    return known.hardware if luns == known.hardware.luns else replace(known.hardware, luns=luns)


def ask_for_devices(vm: str, report: VmReport, host: str, started: float, draft: Draft) -> None:
    """Its hash is not the one that its devices were asked for by: ask again (8.6). A report that is
    no newer than that question says nothing; nor does a destination that only receives it."""
    told = report.device_hash
    if told is UNSET or not told:
        return
    known, asked = draft.vm(vm), draft.view.devices.get(vm)
    if known is None or known.run_on != host:
        return
    if known.status is VmStatus.MIGRATING_TO or report.status is VmStatus.MIGRATING_TO:
        return
    if told == known.hardware.hash or (asked is not None and started <= asked.at):
        return
    draft.memo(DevicesMemo(vm, told, started))
    draft.ask(host, Question.DEVICES, vm)


def devices_told(host: str, answer: VmDevicesAnswer, draft: Draft) -> None:
    """The answer to that question. Its hash counts from now on: before, the devices were not known
    to be those."""
    for vm, devices in answer.vms.items():
        known, asked = draft.vm(vm), draft.view.devices.get(vm)
        if known is None or known.run_on != host or asked is None:
            draft.because(vm, "8.6 devices that were not asked for", host, rejected=True)
            continue
        merged = merged_devices(known.hardware.devices, devices)
        hardware = replace(known.hardware, hash=asked.hash, devices=merged)
        reason = _words(known.hardware.devices, merged)
        after = replace(known, hardware=hardware)
        draft.change(after, thing=known, rule="8.6 devices", reason=reason, host=host)


def devices_missed(missed: Missed, draft: Draft) -> None:
    """They are asked for again by the host's next answer, also where that repeats what it said."""
    heard = draft.heard(missed.host)
    rejected = heard.rejected.union(missed.vms)
    draft.remember_vds(missed.host, replace(heard, settled=False, rejected=rejected))


def merged_devices(known: tuple[VmDevice, ...], told: tuple[VmDevice, ...]) -> tuple[VmDevice, ...]:
    """What is told replaces what is known of the same device; of a device that is not told any more
    only a managed one stays, unplugged. One without an address cannot be placed."""
    left = [device for device in told if device.address]
    merged: list[VmDevice] = []
    for device in known:
        same = next((one for one in left if _same(device, one)), None)
        if same is not None:
            left.remove(same)
            merged.append(replace(device, plugged=True, address=same.address, alias=same.alias))
        elif device.managed and device.kind in _WITHOUT_ADDRESS:
            merged.append(device)
        elif device.managed:
            merged.append(replace(device, plugged=False, address=""))
    return (*merged, *[replace(one, managed=False, plugged=True) for one in left])


def _same(known: VmDevice, told: VmDevice) -> bool:
    if known.id and told.id:
        return known.id == told.id
    return known.kind == told.kind


def _words(past: tuple[VmDevice, ...], now: tuple[VmDevice, ...]) -> str:
    before = {device.kind for device in past if device.plugged}
    after = {device.kind for device in now if device.plugged}
    new, gone = sorted(after - before), sorted(before - after)
    parts = [f"new: {', '.join(new)}" if new else "", f"gone: {', '.join(gone)}" if gone else ""]
    return "; ".join(part for part in parts if part) or "its devices changed"
