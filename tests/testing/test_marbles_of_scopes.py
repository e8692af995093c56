"""What diagrams can do to a scope: announce, tell facts, and let vurti die and start again."""

import pytest

from vurti.decide import View, decide
from vurti.events import VmAdded, VmStateChanged
from vurti.model import VmFacts
from vurti.testing import intent, known, marbles, own_judge, poll, push, restart, vm
from vurti.testing.scope import Judge

UP, CRASHED = vm("vm1", "Up"), vm("vm1", "Down", exit_status="Error")
RESTARTS = own_judge(intents=("restart_vm",))


def test_facts_are_known_also_after_a_restart() -> None:
    with marbles(judge=RESTARTS) as m:
        heard = m.hot(
            "k-u-r-u-c-|",
            k=known(VmFacts("vm1", ha=True)),
            u=poll(UP),
            r=restart(),
            c=push(CRASHED),
        )
        m.expect(m.stream("intents", heard), "--------i-|", i=intent("restart_vm", "vm1"))


def test_a_restart_in_a_diagram_forgets_what_was_only_remembered_and_waited_for() -> None:
    with marbles() as m:
        heard = m.hot(
            "u-x---r----------|", u=poll(UP, absence="unexplained"), x=poll(absence="unexplained"),
            r=restart(),
        )  # fmt: skip
        m.expect(
            m.stream("vms", heard),
            "a-x--------------|",
            a=VmAdded(after=UP),
            x=VmStateChanged(after=vm("vm1", "Unknown")),
        )


def test_intents_are_off_unless_the_rules_of_the_test_switch_them_on() -> None:
    with marbles() as m:
        heard = m.hot("k-u-c-|", k=known(VmFacts("vm1", ha=True)), u=poll(UP), c=push(CRASHED))
        m.expect(m.stream("intents", heard), "------|")


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (intent("rerun_vm", "vm1"), "expected rerun_vm, got restart_vm"),
        (intent("restart_vm", "vm2"), "expected vm2, got vm1"),
        (intent("restart_vm", "vm1", state="withdrawn"), "expected withdrawn, got open"),
    ],
)
def test_another_intent_than_the_expected_one_fails(expected: object, told: str) -> None:
    def crash_and_expect() -> None:
        with marbles(judge=RESTARTS) as m:
            heard = m.hot("k-u-c-|", k=known(VmFacts("vm1", ha=True)), u=poll(UP), c=push(CRASHED))
            m.expect(m.stream("intents", heard), "----i-|", i=expected)

    with pytest.raises(AssertionError, match=told):
        crash_and_expect()


def test_a_judge_that_cannot_begin_again_says_so() -> None:
    def die() -> None:
        with marbles(judge=Judge(View, decide)) as m:
            m.expect(m.stream("vms", m.hot("u-r|", u=poll(UP), r=restart())), "a--|", a=VmAdded())

    with pytest.raises(ValueError, match="does not say how it begins again"):
        die()
