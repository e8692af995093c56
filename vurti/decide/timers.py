"""What `decide` waits for, in words: each kind of timer, and what happens when it comes due."""

AWAITING = {
    "grace": "NonResponsive, and its VMs Unknown, unless it answers before",
    "recovery": "NonOperational, unless its agent has recovered before",
    "capabilities": "asked again what it is made of",
    "nic_down": "NonOperational, if its interface is down still",
    "reboot_window": "judged as any host again, if it has not come back from its reboot",
    "maintenance": "its maintenance is over",
    "auto_recovery": "NonOperational hosts are tried again",
    "watchdog": "hosts that are neither heard nor missed are told of",
    "vanished": "Down, unless some host tells of it before",
    "left": "Unknown and on no host, unless the host that it migrated to tells of it before",
    "reboots": "the guest's further reboots are told as one event, if there were any",
    "forget": "forgotten, unless it runs again or some host still lists it",
    "held": "closed as it ended, unless its TPM and NVRAM data were fetched before",
    "expectation": "an expectation of it expires",
    "intent": "an intent about it expires",
}
"""What each timer of a VM or host would do to it."""

OF_SCOPE = frozenset({"auto_recovery", "watchdog"})
"""These look after all hosts, and are of none."""

OF_PROMISES = frozenset({"expectation", "intent"})
"""These are named by the id of an expectation or intent, not by that of a VM or host."""


ENDED_BY_ANSWERS = frozenset({"vanished", "left", "expectation"})
"""These wait for what any host may tell: who asks hosts less often than usual makes them come due
for want of an answer."""


def awaiting(kind: str) -> str:
    """What a timer of this kind would do."""
    return AWAITING.get(kind, f"it is looked at again ({kind})")
