"""What the operator does, as a picture, and that it keeps the rules of all operators."""

from functools import partial

from vurti_operator_example import FIRST_OF, FirstOfSettings, first_of

from vurti.events import event
from vurti.testing import marbles, vm
from vurti.testing.tck import check_entry

UP, DOWN, PAUSED = vm("vm1", "Up"), vm("vm1", "Down"), vm("vm1", "Paused")


def test_only_the_first_of_several_troubles_is_told_and_that_it_is_well_again() -> None:
    letters = {"d": event(UP, DOWN), "p": event(DOWN, PAUSED), "u": event(PAUSED, UP)}
    with marbles() as m:
        told = m.hot("-d-p-u-d-|", **letters).pipe(first_of(["Down", "Paused"]))
        m.expect(told, "-d---u-d-|", **letters)


def test_it_keeps_the_rules_of_vurtis_kit() -> None:
    check_entry(FIRST_OF, examples=50)


def test_each_subscriber_has_troubles_of_its_own() -> None:
    made = partial(FIRST_OF.operator, FirstOfSettings(statuses=("Down",)))
    with marbles() as m:
        told = m.hot("-d-|", d=event(UP, DOWN)).pipe(made())
        m.expect(told, "-d-|", d=event(UP, DOWN))
        m.expect(told, "-d-|", d=event(UP, DOWN))
