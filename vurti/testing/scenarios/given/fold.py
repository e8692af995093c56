"""A monitor that has started some time ago, and to which what is given was recorded just now.

It is not given at the start itself, since a start judges what it finds (R1), and is followed by a
time in which nobody is fenced (3.A).
"""

from vurti.decide.view import VdsMemo
from vurti.model import Row, Vds
from vurti.testing.fold import Fold
from vurti.testing.scenarios.clock import NAMED_AT, wall_at_zero
from vurti.testing.scenarios.given import hosts, vms
from vurti.testing.scenarios.given.clusters import clusters
from vurti.testing.scenarios.given.promises import expectations
from vurti.testing.scenarios.given.rules import rules
from vurti.testing.scenarios.words import Given, Scenario

STARTED_SECS_AGO = 600.0


def begun(scenario: Scenario) -> Fold:
    """The fold just before the first step. Raises ValueError for what cannot be given."""
    given, first = scenario.given, scenario.steps[0].at
    at = NAMED_AT if first is None else first
    named = given.named()
    fold = Fold(
        hosts=[Vds(host, of.cluster or "") for host, of in named.items()],
        rules=rules(given.settings),
        at=at - STARTED_SECS_AGO,
        wall=wall_at_zero(given.settings.wall_clock),
        watched=[hosts.watched(host, of) for host, of in named.items()],
        facts=[vms.facts(vm, of) for vm, of in given.vms.items()],
        clusters=clusters(given),
        expectations=expectations(given, at, wall_at_zero(given.settings.wall_clock)),
    )
    fold.wait(STARTED_SECS_AGO)
    _record(fold, given)
    return fold


def _record(fold: Fold, given: Given) -> None:
    seqs = {host: row.seq for host, row in fold.view.vdss.items()}
    rows = [
        *[Row(hosts.vds(host, of), seqs[host]) for host, of in given.named().items()],
        *[Row(vms.vm(vm, of), changed=of.last_changed or 0.0) for vm, of in given.vms.items()],
    ]
    memory: list[object] = []
    for host, of in given.named().items():
        heard = hosts.heard(of, fold.at, given.host_seen)
        memory += [VdsMemo(host, heard), *hosts.memory(host, of, fold.at)]
    for vm, known in given.vms.items():
        memory += vms.memory(vm, known, fold.at)
    fold.record(rows, memory)
