"""VMs with a storage lease may be started elsewhere although nobody knows what became of them: the
lease keeps two of them from running (13.4)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.model import IntentKind, VmStatus

_FIRST = 10
_AGAIN = 101


def count(host: str, draft: Draft) -> None:
    """One more question to a NonResponsive host was missed: the one that made it so is the first.
    After the tenth, and then from time to time, its VMs with a lease are to be started elsewhere,
    those with the highest priority first."""
    look = draft.look(host)
    missed = look.missed_since_lost + 1
    draft.remember_look(host, replace(look, missed_since_lost=missed))
    if missed >= _FIRST and (missed - _FIRST) % _AGAIN == 0:
        for vm in _leased(host, draft):
            words = f"it has a lease, and its host {host} does not answer"
            draft.want(IntentKind.RESTART_VM, vm, rule="13.4", reason=words)


def _leased(host: str, draft: Draft) -> list[str]:
    meant = [
        fact
        for vm in draft.view.vms_on.get(host, ())
        if (fact := draft.facts(vm)) is not None and fact.lease and _unknown(vm, draft)
    ]
    return [fact.id for fact in sorted(meant, key=lambda fact: (-fact.priority, fact.id))]


def _unknown(vm: str, draft: Draft) -> bool:
    known = draft.vm(vm)
    return known is not None and known.status is VmStatus.UNKNOWN
