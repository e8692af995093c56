"""How an event reads in one line."""

from hypothesis import example, given
from hypothesis import strategies as st

from vurti.events import Mark, event
from vurti.model import Vm, VmStatus
from vurti.wire import words

UP = Vm("v", "db", VmStatus.UP, "alpha")
DOWN = Vm("v", "db", VmStatus.DOWN)


def test_a_line_says_what_of_what_from_what_to_what_where_why_and_by_which_rule() -> None:
    told = event(UP, DOWN, reason="its QEMU is gone", rule="7.3 ended")
    assert told is not None
    assert words.line(told) == (
        "VmStateChanged   db  Up → Down  on alpha: its QEMU is gone [7.3 ended]"
    )


def test_a_migration_names_both_hosts() -> None:
    there = Vm("v", "db", VmStatus.UP, "beta")
    told = event(UP, there, (Mark.MIGRATED,), reason="m", rule="r")
    assert told is not None
    assert words.line(told) == "VmMigrated       db  Up  alpha ⇒ beta: m [r]"


def test_a_sum_says_how_often_and_one_from_a_restart_that_nobody_watched() -> None:
    told = event(UP, UP, (Mark.REBOOTED,), times=4, restart=True, rule="r")
    assert told is not None
    assert (
        words.line(told)
        == "VmRebooted       db  Up (4 times)  on alpha (while vurti was not running) [r]"
    )


@given(st.text())
def test_contract_18_whatever_a_guest_is_called_its_line_is_one_line_that_nothing_obeys(
    name: str,
) -> None:
    told = event(None, Vm("v", name, VmStatus.UP, "alpha"))
    assert told is not None
    assert words.line(told).isprintable()


@given(st.text() | st.text(st.characters(max_codepoint=127)))
@example("a\x1b[2J\n\x7f")
def test_text_is_printable_and_what_was_is_as_it_was(text: str) -> None:
    told = words.printable(text)
    assert told.isprintable()
    assert told == text or not text.isprintable()
