"""The rule that keeps each fault of the museum from happening here, and vurti without that rule.

A mutation replaces one function, table or setting of vurti, and nothing else. `rule` says what that
one is for; it stands in docs/museum.md.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from msgspec.structs import replace

from vurti.decide.vds.life import TABLE, Trigger
from vurti.decide.vm import closing, handover, vanished, went_down
from vurti.decide.vm.step import Case, Steps, in_turn
from vurti.decode.vdsm import VdsmDecodeError
from vurti.events import VdsStateChanged
from vurti.events import event as true_event
from vurti.model import Vds, Vm, VmStatus

Instead = Callable[[Any], Any]


class Mutation(NamedTuple):
    """`place` is `module:name`, where the rule is used; `instead` makes of it what is there without
    the rule. `settings` are `[rules]` that take the rule away instead."""

    rule: str
    place: str = ""
    instead: Instead = lambda _: None
    settings: Mapping[str, Any] = {}

    @property
    def target(self) -> tuple[Any, str]:
        """What holds the name, and the name."""
        module, _, path = self.place.partition(":")
        *owners, name = path.split(".")
        holder: Any = import_module(module)
        for owner in owners:
            holder = getattr(holder, owner)
        return holder, name


def without(rule: str, place: str, instead: Instead) -> Mutation:
    """Without this rule of vurti."""
    return Mutation(rule, place, instead)


def by_setting(rule: str, **settings: Any) -> Mutation:
    """A vurti whose settings take the rule away."""
    return Mutation(rule, settings=settings)


def always(value: Any) -> Instead:
    """Whatever is asked, this is the answer."""
    return lambda _: lambda *_args, **_more: value


def forgetful(start: Any) -> Any:
    """A start that finds nothing of VMs in the store."""
    return lambda self: replace(start(self), vms=())


def whole_fleet(lost: Any) -> Any:
    """What befalls one host befalls all."""

    def all_lost(_host: str, draft: Any) -> None:
        for host in draft.view.vdss:
            lost(host, draft)

    return all_lost


def _ended_wherever_it_is_said(_: Any) -> Any:
    return lambda case: in_turn(case, went_down.ended_here, handover.adopted)


def _handed_to_nobody(_: Any) -> Any:
    def lost(case: Case) -> Steps:
        after = replace(case.record, run_on=None, status=VmStatus.MIGRATING_TO)
        return (closing.closing(case, after, "handed over", "to nobody"),)

    return lost


def _strict(_: Any) -> Any:
    def vms(params: dict[str, object]) -> Any:
        for vm, value in params.items():
            if vm != "notify_time" and not isinstance(value, dict):
                raise VdsmDecodeError(f"{vm} cannot be read")
            if vm != "notify_time":
                yield vm, value

    return vms


def _refused(_: Any) -> Any:
    def read(*_args: Any) -> Any:
        raise VdsmDecodeError("one of them cannot be read")

    return read


def _told_anyway(_: Any) -> Any:
    def event(before: Vm | Vds | None, after: Vm | Vds | None, marks: Any = (), **more: Any) -> Any:
        told = true_event(before, after, marks, **more)
        if told is None and isinstance(before, Vds) and isinstance(after, Vds):
            return VdsStateChanged(before=before, after=after, marks=marks, **more)
        return told

    return event


def _off_if_unknown(status: Any) -> Any:
    def guessed(record: Any) -> VmStatus:
        told: VmStatus = status(record)
        return VmStatus.DOWN if told is VmStatus.UNASSIGNED else told

    return guessed


VM, VDS = "vurti.decide.vm", "vurti.decide.vds"

MUTATIONS: dict[str, Mutation] = {
    # absence
    "OpenNebula/one#5708": without(
        "R6: of the VMs of a host that does not answer nothing is known, and nothing is guessed",
        f"{VDS}.moves:_non_responsive", always(None)),
    "OpenNebula/one#5564": without(
        "7.5: where absence says nothing about why, a VM is Unknown before it is Down",
        f"{VM}.vanished:_doubted", lambda _: lambda case, _known: vanished._lost(case)),
    "CloudStack#3741": by_setting(
        "[rules] vanish_grace_secs: so long may another host or a push tell what became of it",
        vanish_grace_secs=1),
    "CloudStack#10406": without(
        "7.5: when the grace of a VM that vanished is over, it is Down",
        f"{VM}.waiting:_vanished_for_good", always(())),
    "OpenNebula/one#5121": without(
        "an answer is the same again only while nothing has changed about the VMs in it",
        "vurti.decide.admit:is_the_same_answer", always(True)),
    "Nova LP#1085771": without(
        "7.2: a status that nobody knows is Unassigned, and never guessed",
        "vurti.decode.vdsm.report:_status", _off_if_unknown),
    "Pulse#1204": without(
        "contract 2: only a complete answer proves that a VM is absent",
        "vurti.decide.decide:_absent",
        lambda _: lambda states, *known: [
            vm for of in known for vm in of if vm not in states.vms]),
    # hand-over
    "oVirt/ovirt-engine#1162": without(
        "7.3: only the word of the recorded host ends a VM",
        f"{VM}.decide:went_down", _ended_wherever_it_is_said),
    "Nova LP#1414065": without(
        "7.3: the source's last word never says Down",
        f"{VM}.went_down:_migrated_away",
        lambda _: lambda case, _known: went_down.ended_here(case)),
    "Xen Orchestra#6135": without(
        "7.4: evidence of a hand-over makes a change of host a migration",
        f"{VM}.elsewhere:evident", always(False)),
    "oVirt BZ#1505399": without(
        "7.5: a VM is handed over only to a host that was named",
        f"{VM}.vanished:_lost", _handed_to_nobody),
    "oVirt BZ#1576134": without(
        "7.2: only a VM that migrates has a destination",
        f"{VM}.record:_target", lambda _: lambda _case, known, _status: known.migrating_to),
    "oVirt BZ#1325938": without(
        "R14: a host goes into maintenance once it carries no VM any more",
        f"{VDS}.maintenance:objection", always(None)),
    "KubeVirt#18763": without(
        "contract 9: a start begins with what is stored",
        "vurti.repository.repository:Repository.start", forgetful),
    "CloudStack#2890": without(
        "7.4: a host that says that it has what another has makes a claim; that other is asked",
        f"{VM}.elsewhere:claimed",
        lambda _: lambda case: handover.hand_over_to_speaker(case, case.record)),
    "KubeVirt#15299": without(
        "7.3: what is left of a VM where it has ended is to be destroyed",
        f"{VM}.went_down:destroyed_here", always(())),
    # stale
    "OpenNebula/one#3426": without(
        "10.3: an absence that was asked for before the VM last changed does not count",
        f"{VM}.hear:fresh", always(True)),
    "oVirt 578ce4e07e9": without(
        "10.3: a word that was asked for before the VM last changed does not count",
        "vurti.decide.admit:fresh", always(True)),
    "OpenNebula/one#6153": without(
        "10.4: a word that is older by its host's own clock does not count",
        "vurti.decide.admit:_in_host_time", always(True)),
    "oVirt BZ#1554369": without(
        "10.3: an answer that is overtaken by a later one says nothing more",
        "vurti.decide.admit:is_overtaken", always(False)),
    # slow
    "collectd#1775": without(
        "contract 18: a record that cannot be read spares the others",
        "vurti.decode.vdsm.states:parsed_and_read", _refused),
    "libvirt_exporter#33": without(
        "contract 1: statistics that hang do not count against a host that answers about states",
        f"{VDS}.missed:_hangs_only", always(False)),
    "vspheredb#517": without(
        "contract 18: of an event the parts that can be read are heard",
        "vurti.decode.vdsm.events:_vms", _strict),
    "Ganeti#356": without(
        "R6: only the VMs of the host itself are lost from sight",
        f"{VDS}.moves:_non_responsive", whole_fleet),
    # silence
    "client-go#571": without(
        "contract 6: a sum has the marks of all that it stands for",
        "vurti.events.laws:_union", lambda _: lambda _first, second: second),
    "oVirt a41574ed5ae": without(
        "1.11: a host that was neither heard nor missed for long is told of",
        f"{VDS}.recovery:look_for_the_forgotten", always(None)),
    "Pulse#1441": without(
        "R6: a host that did not answer within its grace is NonResponsive",
        f"{VDS}.life:TABLE",
        lambda _: {key: to for key, to in TABLE.items() if key[1] is not Trigger.GRACE_OVER}),
    "Xen Orchestra#2480": without(
        "a poll is compared with the one before, whatever was pushed in between",
        "vurti.decide.admit:is_the_same_answer", always(True)),
    "oVirt BZ#2007286": without(
        "4: the grace ends, by failures and by time",
        f"{VDS}.missed:in_grace", always(True)),
    # storms
    "Pulse#1701": by_setting(
        "[rules] quiet_secs: so soon after a start no host is judged", quiet_secs=0),
    "oVirt BZ#1520424": by_setting(
        "[rules] fence_quiet_secs: so soon after a start no fencing is asked for",
        fence_quiet_secs=0),
    "oVirt, the engine's own NIC": by_setting(
        "[rules] mass_loss_hosts_min, mass_loss_percent: where so many are silent at once, vurti"
        " suspects its own network",
        mass_loss_hosts_min=1000),
    "oVirt 292e6379ea0": without(
        "4: both limits must be exceeded, that of failures and that of time",
        f"{VDS}.missed:in_grace",
        lambda _: lambda rules, _vms, heard, *_more: heard.failures <= rules.attempts_max),
    "giantswarm#2154": without(
        "contract 9: what is stored is not told again by a start",
        "vurti.repository.repository:Repository.start", forgetful),
    "oVirt BZ#1901572": without(
        "contract 6: what was not stored is decided again after the start, and marked so",
        "vurti.decide.admit:word_of_poll",
        lambda told: lambda *args: replace(told(*args), restart=False)),
    # quiet
    "oVirt, monitoring improvements of 2016": without(
        "an event is the difference of two values: without one there is neither event nor row",
        "vurti.decide.draft.changes:event", _told_anyway),
    "Pulse#937": without(
        "within its window a mark is told once",
        "vurti.decide.draft.changes:Changes._may_be_told", always(True)),
}  # fmt: skip
"""By the thread that names each exhibit: what stands before the colon in its `why`."""
