"""The life of a host is one table, and the page draws that one."""

import ast
from pathlib import Path

import pytest

from vurti.decide.vds import life
from vurti.decide.vds.life import COMING_BACK, NOT_MONITORED, TABLE, Trigger, move
from vurti.decide.vds.reference import page
from vurti.model import VdsStatus

S = VdsStatus
ROOT = Path(__file__).parents[3]


def test_the_page_of_hosts_is_current() -> None:
    advice = "make it anew: python -m vurti.decide.vds.reference > docs/hosts.md"
    assert (ROOT / "docs" / "hosts.md").read_text(encoding="utf-8") == page(), advice


def test_no_rule_sets_a_status_of_a_host_past_the_table() -> None:
    """But for the start, where what is loaded is judged."""
    setters = set()
    for file in sorted((ROOT / "vurti" / "decide").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "status":
                if "VdsStatus" in ast.unparse(node.value) or "move" in ast.unparse(node.value):
                    setters.add(file.name)
                if "found.to" in ast.unparse(node.value):
                    setters.add(file.name)
    assert setters <= {"moves.py", "reload.py"}


def test_every_trigger_leads_somewhere_and_from_no_status_twice() -> None:
    assert {trigger for _, trigger in TABLE} == set(Trigger)
    pairs = [(status, trigger) for trigger, statuses, _, _ in life._ROWS for status in statuses]
    assert len(pairs) == len(set(pairs)) == len(TABLE)


@pytest.mark.parametrize("trigger", [Trigger.SILENT, Trigger.GRACE_OVER, Trigger.MISMATCH])
@pytest.mark.parametrize("status", sorted(NOT_MONITORED))
def test_what_is_missed_of_a_host_that_is_not_monitored_leads_nowhere(
    status: VdsStatus, trigger: Trigger
) -> None:
    assert move(status, trigger) is None


@pytest.mark.parametrize(
    ("status", "trigger", "to"),
    [
        (S.UP, Trigger.SILENT, S.CONNECTING),
        (S.NON_OPERATIONAL, Trigger.SILENT, S.CONNECTING),
        (S.PREPARING_FOR_MAINTENANCE, Trigger.SILENT, None),
        (S.PREPARING_FOR_MAINTENANCE, Trigger.GRACE_OVER, S.NON_RESPONSIVE),
        (S.NON_OPERATIONAL, Trigger.RECOVERING, None),
        (S.NON_OPERATIONAL, Trigger.WELL, None),
        (S.NON_OPERATIONAL, Trigger.RECOVERED, S.UP),
        (S.MAINTENANCE, Trigger.ACTIVATE, S.UNASSIGNED),
        (S.UP, Trigger.ACTIVATE, None),
        (S.MAINTENANCE, Trigger.REBOOT, None),
    ],
)
def test_where_some_triggers_lead(
    status: VdsStatus, trigger: Trigger, to: VdsStatus | None
) -> None:
    found = move(status, trigger)
    assert (found.to if found is not None else None) is to


def test_from_every_status_there_is_a_way_to_up() -> None:
    ways: dict[VdsStatus, set[VdsStatus]] = {}
    for (status, _), to in TABLE.items():
        ways.setdefault(status, set()).add(to.to)
    reached, more = {S.UP}, True
    while more:
        near = {status for status, to in ways.items() if to & reached} | reached
        more, reached = near != reached, near
    assert reached == set(VdsStatus)
    assert COMING_BACK.isdisjoint(NOT_MONITORED)
