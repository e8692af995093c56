"""What vurti knows before a test begins."""

from typing import Any

from vurti.config import VmSettings
from vurti.model import (
    Vds,
    VdsStatus,
    Vm,
    VmFacts,
    VmNicFacts,
    VmStatus,
)
from vurti.model.status import NOT_RUNNING
from vurti.settings import Path, bind, way_out
from vurti.testing.checks.given import Known
from vurti.testing.checks.ground import Ground
from vurti.testing.checks.structs import as_record
from vurti.testing.checks.words import KnownVm

NOT_AFTER_A_START = frozenset(
    {VdsStatus.CONNECTING, VdsStatus.NON_RESPONSIVE, VdsStatus.INITIALIZING, VdsStatus.ERROR}
)
"""vurti tries such hosts anew when it starts, so none is found so by it."""

_RECORD = ("status", "run_on", "migrating_to", "name", "pause_status", "exit_status", "exit_reason")


def known(ground: Ground, path: Path) -> Known:
    """What the table at `path` says; what is wrong with it is complained of."""
    table = ground.tree.get(path)
    if not isinstance(table, dict):
        return Known()
    for key in table.keys() - {"hosts", "vms"}:
        ground.complain((*path, key), "unknown key", way_out(key, ("hosts", "vms")))
    vdss = [_vds(id_, ground, (*path, "hosts", id_)) for id_ in _ids(ground, (*path, "hosts"))]
    vms = [_vm(id_, ground, (*path, "vms", id_)) for id_ in _ids(ground, (*path, "vms"))]
    good = [one for one in vms if one is not None]
    holding = {vm.run_on: None for vm, _ in good if vm.run_on is not None}
    told = {vds.id: vds for vds in vdss if vds is not None}
    for host in holding:
        told.setdefault(host, Vds(host, ground.host(host).cluster, VdsStatus.UP))
    return Known(tuple(told.values()), tuple(vm for vm, _ in good), tuple(of for _, of in good))


def _ids(ground: Ground, path: Path) -> list[str]:
    table = ground.tree.get(path)
    if table is not None and not isinstance(table, dict):
        ground.complain(path, 'expected a table such as { alpha = "Up" }')
    return list(table) if isinstance(table, dict) else []


def _vds(id_: str, ground: Ground, path: Path) -> Vds | None:
    ground.name(id_, path)
    said = ground.tree.get(path)
    words = {"status": said} if isinstance(said, str) else said
    if not isinstance(words, dict):
        ground.complain(path, "expected a status, or a table of its record")
        return None
    record = {"cluster": ground.host(id_).cluster, **words, "id": id_}
    made = as_record(Vds, record, ground.tree, path, ground.complaints)
    if made is not None and made.status in NOT_AFTER_A_START:
        what = f"a host that is {made.status} is tried anew when vurti starts"
        ground.complain(path, what, "let it become so in the diagram")
    return made


def _vm(id_: str, ground: Ground, path: Path) -> tuple[Vm, VmFacts] | None:
    words = _words(ground, path)
    if words is None:
        return None
    if words.run_on is None and words.status not in NOT_RUNNING:
        what = f"run_on is missing: who holds it while it is {words.status}?"
        ground.complain(path, what, 'write { status = "Up", run_on = "alpha" }')
        return None
    if words.run_on is not None:
        ground.name(words.run_on, (*path, "run_on"))
    vm = Vm(id_, **{key: getattr(words, key) for key in _RECORD})
    return vm, _facts(id_, words)


def _words(ground: Ground, path: Path) -> KnownVm | None:
    said = ground.tree.get(path)
    if not isinstance(said, str):
        return bind(KnownVm, ground.tree, path, ground.complaints)
    statuses = [str(status) for status in VmStatus]
    if said not in statuses:
        ground.complain(path, f"there is no {said!r} here", way_out(said, statuses))
        return None
    return KnownVm(status=VmStatus(said))


def _facts(id_: str, words: KnownVm) -> VmFacts:
    plain: dict[str, Any] = {
        key: getattr(words, key) for key in VmSettings.model_fields if key != "nics"
    }
    return VmFacts(id_, nics=tuple(VmNicFacts(nic.mac, nic.profile) for nic in words.nics), **plain)
