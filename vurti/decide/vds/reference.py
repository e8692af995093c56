"""The page docs/hosts.md, made from the table: `python -m vurti.decide.vds.reference`."""

import sys

from vurti.decide.vds.life import COMING_BACK, NOT_MONITORED, picture, rows
from vurti.model import VdsStatus

_HEAD = """\
# Hosts

<!-- Made from the code by `python -m vurti.decide.vds.reference`; a test keeps it current. -->

What a host goes through, who says so, and what follows. Numbers such as R4 and 5.A are those of the
public behaviour of the oVirt engine that a rule has. The parameters are `[rules]`, what a cluster
demands is `[clusters.NAME]` ([configuration.md](configuration.md)); `vurti explain host ID` says
which rule spoke last ([explain.md](explain.md)).

## The table

The rules run this very table; where a status is not in a row, the trigger leads nowhere from it.
"""

_TAIL = """\
- Not monitored, so that what is missed of them counts for nothing: {not_monitored}.
- On their way back, asked for capabilities and then for statistics: {coming_back}.
- An answer of any kind forgets the failures of a host. Only capabilities that pass every check and
  statistics after them make it Up.

## Silence

A missed question (network, time-out, name, overload, garbage) makes a host Connecting. It becomes
NonResponsive after more than `attempts_max` failures **and** more than its grace since its last
answer: `grace_secs`, `grace_per_vm_secs` for each VM, `grace_spm_secs` where it manages a storage
pool. Its VMs are then Unknown, never Down. An answer with an error code counts for nothing; one
that the agent is still recovering makes it Initializing; one of unusable types makes it Error. A
question about statistics that hangs counts for nothing where the host answers other questions.

vurti suspects itself first. Time-outs while its own loop stood still count for nothing. Nobody is
judged within `quiet_secs` of the start or of a suspicion, nor while `mass_loss_percent` of a
fleet of at least `mass_loss_hosts_min` are silent at once: such hosts stay Connecting, however
long, and each says `judgement_held`. So where most hosts are truly dead, that must be said by a
person: put them into maintenance, or raise `mass_loss_percent`. When the wall clock was set, a
host drifts only if it agrees with neither the old nor the new time.

## Fit or not

Checked with every answer about capabilities, the first reason wins: required networks, bridges
under networks of VMs, CPU (models, architecture, flags), KVM, emulated machines, distribution,
randomness, agent's version, cluster's level, features. The CPU of an Up host is looked at again
only where its flags changed; a host that is NonOperational already is not asked for KVM,
machines, distribution and randomness. A required network whose interface (for a VLAN the one
below) is down for `nic_down_secs` is a reason as well. **What a source does not tell is not
checked**: see the table of sources.

A NonOperational host is asked again every `auto_recovery_secs`; when nothing speaks against it
any more it is Up. Good statistics alone never do that. SELinux that is off is told and held
against nobody.

## What is told besides

CPU, memory (percent or MB, by cluster), swap (free and used), interfaces, local disks, the clock,
paths to storage, links that come up or go down. Each has its flood window
([events.md](events.md)). They change no status.

## Booted anew

A later boot time is another boot, unless the host's clock was set by as much; the clock of pushes
that jumps back is the second witness. Then the host's clocks begin anew, and VMs that its next
complete answer does not list are Down by `host_rebooted_under_it`. A host that was silent and is
known to tell its boot time is asked for it before any VM of it is called lost. vdsm's `boot_uuid`
is no sign of a boot.

## Announced

`maintenance`, `host_reboot` and `activate` of a host can be announced
([embedding.md](embedding.md)). Maintenance makes it PreparingForMaintenance; with no VM, none
told, and no image transfer under way it is in Maintenance and the expectation is met.
NonResponsive on the way fails it. Misses within an announced reboot (`server_reboot_secs`) count
for nothing.

## Intents

`migrate_away` when a host becomes NonOperational (by the cluster's `migrate_on_error`; never for
a recovery that took too long) or goes into maintenance, again after `maintenance_retry_secs` in
vain; `activate_host` with each new try that nothing speaks against; `fence_host` once for each
time that a host becomes NonResponsive, unless vurti has just started (`fence_quiet_secs`), the
cluster does not want it, `broken_connectivity_percent` of it do not answer, or vurti suspects
itself. Whether a host can be fenced is for the manager to know. Each is taken back when its
ground is gone.

## What which source can tell

| | vdsm | libvirt | json | sim |
|---|---|---|---|---|
| CPU, memory, VM count | yes | yes | as told | yes |
| boot time, clock, swap, disks, interfaces, paths to storage | yes | no | as told | boot time |
| CPU model, architecture, machines | yes | yes | as told | CPU model |
| CPU flags, CPU models for VMs | yes | no: it lists only some flags | as told | no |
| KVM, networks, versions, level, features, SELinux, randomness | yes | no | as told | no |
| says that it recovers (Initializing) | yes | no | as told | no |
"""


def page() -> str:
    """The whole page, in Markdown."""
    table = "\n".join(
        f"| {rule} | {from_} | {trigger} | {to} |" for rule, from_, trigger, to in rows()
    )
    head = "| rule | from | when | to |\n|---|---|---|---|"
    tail = _TAIL.format(not_monitored=_names(NOT_MONITORED), coming_back=_names(COMING_BACK))
    return f"{_HEAD}\n{head}\n{table}\n\n```mermaid\n{picture()}\n```\n\n{tail}"


def _names(statuses: frozenset[VdsStatus]) -> str:
    return ", ".join(status for status in VdsStatus if status in statuses)


if __name__ == "__main__":
    sys.stdout.write(page())
