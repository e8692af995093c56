"""What vdsm tells of single VMs that it is asked about: devices, and what lies outside them."""

from collections.abc import Iterable

from vurti.decode.domain import DomainXmlError, devices
from vurti.decode.vdsm.reading import VdsmDecodeError
from vurti.model import VmDevice, VmDevicesAnswer


def vm_devices(result: object, asked: Iterable[str]) -> tuple[VmDevicesAnswer, int]:
    """The devices of those that were asked about, from the map of their XML, and how many of them
    could not be understood. One that the host does not have is just missing. Raises
    VdsmDecodeError for what is no map."""
    if not isinstance(result, dict):
        raise VdsmDecodeError(f"a map of XML was asked for, not {type(result).__name__}")
    told: dict[str, tuple[VmDevice, ...]] = {}
    broken = 0
    for vm in asked:
        xml = result.get(vm)
        if xml is None:
            continue
        try:
            told[vm] = devices(xml if isinstance(xml, str) else "")
        except DomainXmlError:
            broken += 1
    return VmDevicesAnswer(told), broken


def external_data(result: object) -> bytes | None:
    """The data as the host encodes it, None where there is none. Raises VdsmDecodeError, which
    never quotes any of it."""
    if not isinstance(result, dict):
        raise VdsmDecodeError(f"a map of external data was asked for, not {type(result).__name__}")
    data = result.get("_X_data")
    if data is None:
        return None
    if not isinstance(data, str) or not data.isascii():
        raise VdsmDecodeError("external data that are no text")
    return data.encode() or None
