"""The keys of an event's NDJSON line, in words. `ndjson` writes them; docs/events.md lists them."""

from vurti.events import (
    Counted,
    Event,
    VdsExpectationEnded,
    VmDevicesChanged,
    VmExpectationEnded,
    VmMigrated,
    VmRebooted,
    VmTakenOver,
    VmWatchdogFired,
)

OF_EVERY_EVENT: dict[str, str] = {
    "id": "fixed when it was decided; never names two different contents",
    "seq": "counts the events of the VM or host",
    "seq_first": "where a sum begins, if this is one",
    "kind": "see below",
    "severity": "`normal`, `warning` or `error`: the worst of its marks, unless a label says it",
    "cluster": "of the host",
    "before": "the status before it; null where the VM or host was not known",
    "after": "the status after it; null where it was forgotten",
    "changed": "the parts of the state, beside the status, that are not as they were",
    "reason": "why, in words; may be empty",
    "rule": "the rule that decided it",
    "passed": "the statuses between the ends of a sum, 20 at most",
    "passed_over": "how many more there were in the middle",
    "forced": "true: a sum that a bound forced, such as that of what waits to be stored",
    "fleeting": "true: it was not known before the sum either; `before` is how it was last",
    "marks": "what it contains besides its ends, see below",
    "spec": "the names that oVirt's audit log has for its marks",
    "times": "how often it happened, where that is more than once",
    "restart": "true: it happened while vurti was not running",
    "labels": "what chains of the configuration have put on it",
    "observed_at": "when it was decided, RFC 3339 in UTC",
    "committed_at": "when it was stored",
}

OF_A_VM: dict[str, str] = {
    "vm": "its id",
    "name": "its name, as its guest or host calls it",
    "host": "the host that told it",
    "run_on": "the host that holds it since; none where it runs nowhere",
    "migrating_to": "the host that it is being handed to, as far as that is known",
    "pause_status": "why it is paused",
    "exit_status": "how it ended",
    "exit_reason": "why it ended",
    "exit_message": "its host's words for that",
}

OF_A_HOST: dict[str, str] = {
    "host": "its id",
    "non_operational_reason": "why it may not carry VMs",
}

_MOVED = {"from": "the host that had it", "to": "the host that has it"}
_ENDED = {"outcome": "`met`, `failed`, `expired` or `cancelled`"}

ADDED: dict[type[Event], dict[str, str]] = {
    VmMigrated: _MOVED,
    VmTakenOver: _MOVED,
    VmRebooted: {"times": "how many reboots this one line stands for"},
    VmWatchdogFired: {"last_watchdog": "when it fired, in its host's own seconds, where told"},
    VmDevicesChanged: {
        "devices": "how many it has now",
        "plugged": "devices that it had not, or not so: `kind`, `id`, `address`",
        "unplugged": "devices that it has no more, or not so",
    },
    VmExpectationEnded: _ENDED,
    VdsExpectationEnded: _ENDED,
    Counted: {
        "count": "how many events",
        "secs": "in a stretch of so many seconds, up to `observed_at`",
        "by": "the fields and values that these events have in common",
        "others": "true: of values beyond the number that is told apart",
    },
}
"""What a kind has beside the keys of its like."""
