"""What a manager or an inventory knows of VMs, and no host tells: the `[vms.ID]` tables."""

import re
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from vurti.config.named import ids_of
from vurti.errors import Complaint
from vurti.model import Origin, VmFacts, VmNicFacts
from vurti.settings import Path, Tree, bind, way_out

_MAC = re.compile("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


class VmNicSettings(BaseModel):
    """A network card that the VM is meant to have."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    mac: str
    """Its address, such as "56:6f:1a:00:00:01"."""

    profile: str = ""
    """The profile of the card; without one its addresses are not the VM's."""

    @field_validator("mac")
    @classmethod
    def _is_an_address(cls, mac: str) -> str:
        if not _MAC.fullmatch(mac):
            raise ValueError(f"{mac!r} is no address such as 56:6f:1a:00:00:01")
        return mac.lower()


class VmSettings(BaseModel):
    """One VM as it is meant to be. Its id is the name of its table."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    ha: bool = False
    """It is to be started again after a crash."""

    priority: int = Field(0, ge=0)
    """Which is started again first: higher before lower."""

    origin: Origin = Origin.MANAGED
    """Who made it: MANAGED, EXTERNAL or HOSTED_ENGINE."""

    has_tpm: bool = False
    """It has a TPM, whose data is asked for when it ends."""

    lease: bool = False
    """It holds a storage lease."""

    vcpus: int | None = Field(None, gt=0)
    """How many virtual CPUs it has."""

    memory_mb: int | None = Field(None, gt=0)
    """Its memory in MiB, overhead included."""

    min_memory_mb: int | None = Field(None, gt=0)
    """The memory that is guaranteed to it, in MiB."""

    pinned_to: str | None = None
    """The only host that it may run on."""

    nics: tuple[VmNicSettings, ...] = ()
    """Its network cards; without any every card's addresses count."""

    @model_validator(mode="after")
    def _no_more_is_guaranteed_than_it_has(self) -> "VmSettings":
        memory, least = self.memory_mb, self.min_memory_mb
        if memory is not None and least is not None and least > memory:
            raise ValueError("min_memory_mb must not be more than memory_mb")
        return self


def vms_of(
    tree: Tree, complaints: list[Complaint], *, pins_checked: bool = True
) -> tuple[VmFacts, ...]:
    """What is known of VMs, in the order of the file. With `pins_checked` they are pinned only to
    hosts of the file."""
    table = tree.get(("hosts",))
    known = table.keys() if isinstance(table, dict) else ()
    hosts = known if pins_checked else None
    facts = (
        _vm(tree, id_, hosts, complaints) for id_ in ids_of(tree, "vms", "a VM's id", complaints)
    )
    return tuple(one for one in facts if one is not None)


def _vm(
    tree: Tree, id_: str, hosts: Collection[str] | None, complaints: list[Complaint]
) -> VmFacts | None:
    path: Path = ("vms", id_)
    settings = bind(VmSettings, tree, path, complaints)
    if settings is None:
        return None
    pinned = settings.pinned_to
    if pinned is not None and hosts is not None and pinned not in hosts:
        what = f"there is no host {pinned!r}"
        complaints.append(tree.complaint((*path, "pinned_to"), what, way_out(pinned, hosts)))
    nics = tuple(VmNicFacts(nic.mac, nic.profile) for nic in settings.nics)
    plain = {name: getattr(settings, name) for name in VmSettings.model_fields if name != "nics"}
    return VmFacts(id_, **plain, nics=nics)
