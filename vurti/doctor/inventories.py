"""Each inventory, asked once as a run asks it."""

from collections.abc import Iterator

from vurti.clock import Clock
from vurti.config import Config
from vurti.doctor.finding import Finding, bad, note, ok
from vurti.inventory import Listed, source_of
from vurti.model import Host

AREA = "inventories"
FLAWS_SHOWN = 3


def look_at_inventories(config: Config, clock: Clock) -> Iterator[Finding | Host]:
    """What came of it, and the hosts that they tell."""
    for name, settings in config.inventory.named:
        source, worker = source_of(settings, config.entries), clock.worker()
        began = clock.now()
        try:
            outcome = worker.run(source.ask)
        finally:
            worker.close()
            source.close()
        if not isinstance(outcome, Listed):
            reason = getattr(outcome, "reason", "it told nothing")
            yield bad(AREA, name, f"does not answer: {reason}", "docs/inventory.md")
            continue
        told = f"{len(outcome.hosts)} hosts and {len(outcome.vms)} VMs"
        yield ok(AREA, name, f"answers in {clock.now() - began:.1f} s: {told}")
        for flaw in outcome.flaws[:FLAWS_SHOWN]:
            yield note(AREA, name, f"an entry cannot be used: {flaw}")
        yield from outcome.hosts
