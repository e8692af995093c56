"""What a host is made of, as its agent tells it."""

from collections.abc import Mapping

from msgspec.structs import replace

from vurti.decode.vdsm.networks import networks, nics
from vurti.decode.vdsm.scalars import count, positive, text
from vurti.decode.vdsm.shapes import as_map, texts, truth
from vurti.model import VdsCapabilities, VdsCapabilitiesAnswer
from vurti.model.texts import once

_KIB = 1024
_SELINUX = {"1": "enforcing", "0": "permissive", "-1": "disabled"}
_BY_MACHINE = (
    ("pseries", "ppc64"),
    ("s390-ccw", "s390x"),
    ("virt", "aarch64"),
    ("pc", "x86_64"),
    ("q35", "x86_64"),
)


def capabilities(caps: object) -> VdsCapabilitiesAnswer:
    """What the host is made of, from the parsed map of its capabilities. vdsm does not tell a
    host's name, and its architecture only by its CPU flags. Raises VdsmDecodeError."""
    told = as_map(caps)
    memory_mb = positive(told.get("memSize"))
    flags = _flags(told.get("cpuFlags"))
    machines = texts(told.get("emulatedMachines"))
    return VdsCapabilitiesAnswer(
        VdsCapabilities(
            cpu_model=text(told.get("cpuModel")) or None,
            cpus=positive(told.get("cpuThreads")) or positive(told.get("cpuCores")),
            cpu_sockets=positive(told.get("cpuSockets")),
            cpu_mhz=positive(told.get("cpuSpeed")),
            memory_kb=None if memory_mb is None else count(memory_mb * _KIB),
            hypervisor=_version(told),
            architecture=_architecture(flags or (), machines or ()),
            cpu_flags=flags,
            kvm_enabled=truth(told.get("kvmEnabled")),
            emulated_machines=machines,
            networks=networks(told),
            nics=nics(told),
            cluster_levels=texts(told.get("clusterLevels")),
            agent_version=text(told.get("software_version")) or None,
            supported_engines=texts(told.get("supportedENGINEs")),
            features=texts(told.get("additionalFeatures")),
            os=_os(told.get("operatingSystem")),
            rng_sources=texts(told.get("rngSources")),
            selinux=_selinux(told.get("selinux")),
            guest_overhead_mb=count(told.get("guestOverhead")),
        )
    )


def with_hardware(answer: VdsCapabilitiesAnswer, hardware: object) -> VdsCapabilitiesAnswer:
    """The same with what the machine says of its make, from the parsed map of that: every field may
    be missing. Raises VdsmDecodeError."""
    told = as_map(hardware)
    made = {field: text(told.get(name)) or None for field, name in _HARDWARE.items()}
    return VdsCapabilitiesAnswer(replace(answer.capabilities, **made))


_HARDWARE = {
    "manufacturer": "systemManufacturer",
    "product": "systemProductName",
    "family": "systemFamily",
    "serial": "systemSerialNumber",
    "uuid": "systemUUID",
}


def _version(told: Mapping[str, object]) -> str | None:
    version, revision = text(told.get("software_version")), text(told.get("software_revision"))
    if not version:
        return None
    return f"vdsm {version}-{revision}" if revision else f"vdsm {version}"


def _flags(value: object) -> tuple[str, ...] | None:
    """Sorted, since they come in the order of a set, which is another at each start."""
    told = text(value)
    if told is None:
        return None
    flags = {once(flag.strip()) for flag in told.split(",")}  # hosts have the same ones
    return tuple(sorted(flags - {""}))


def _architecture(flags: tuple[str, ...], machines: tuple[str, ...]) -> str | None:
    if "lm" in flags:
        return "x86_64"
    for prefix, architecture in _BY_MACHINE:
        if any(machine.startswith(prefix) for machine in machines):
            return architecture
    return None


def _os(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    parts = [text(value.get(part)) or "" for part in ("name", "version", "release")]
    return " - ".join(parts) if any(parts) else None


def _selinux(value: object) -> str | None:
    mode = value.get("mode") if isinstance(value, dict) else None
    return _SELINUX.get(str(mode)) if isinstance(mode, str | int) else None
