"""What a manager should now do. vurti only says it, and takes it back when its ground is gone."""

from enum import StrEnum

from msgspec import Struct


class IntentKind(StrEnum):
    """An act upon a VM, or, the last three, upon a host."""

    DESTROY_VM = "destroy_vm"  # what is left of it on one host
    RESTART_VM = "restart_vm"
    RERUN_VM = "rerun_vm"  # its start or migration failed: try elsewhere
    COLD_REBOOT_VM = "cold_reboot_vm"
    REGISTER_VM = "register_vm"
    MIGRATE_AWAY = "migrate_away"
    ACTIVATE_HOST = "activate_host"
    FENCE_HOST = "fence_host"


UPON_HOSTS = frozenset({IntentKind.MIGRATE_AWAY, IntentKind.ACTIVATE_HOST, IntentKind.FENCE_HOST})


class IntentState(StrEnum):
    """How it stands with an intent. A manager that acts on one need not say so: what then happens
    takes it back."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Intent(Struct, frozen=True, gc=False):
    """`thing` is the VM or host, `host` where a VM is to be destroyed. `based_on` is the sequence
    of the thing's events that it rests on. Times are seconds since 1970."""

    id: str
    kind: IntentKind
    thing: str
    raised_at: float
    valid_until: float
    host: str | None = None
    based_on: int = 0
    reason: str = ""
    rule: str = ""
    state: IntentState = IntentState.OPEN
    ended_at: float | None = None
