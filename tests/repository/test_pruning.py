"""The log forgets its oldest events, in small steps, and its cursor goes on."""

from vurti.events import event
from vurti.model import Vm
from vurti.model.commit import Commit
from vurti.repository import Retention

DAY = 86400.0


def filled(repository, days: range):
    """A log with ten events a day, committed at that day's beginning."""
    repository.start()
    for number, day in enumerate(days, 1):
        told = tuple(event(None, Vm(f"vm{n}")) for n in range(10))
        repository.commit(Commit(number, number, events=told), day * DAY)
    return repository


def test_events_older_than_the_days_to_keep_are_forgotten(opened) -> None:
    repository = filled(opened(retention=Retention(log_days=7), wall=lambda: 20 * DAY), range(20))
    while repository.prune():
        pass
    assert repository.log_bounds() == (131, 200)
    assert repository.log()[0].committed_at == 13 * DAY


def test_events_beyond_the_rows_to_keep_are_forgotten(opened) -> None:
    repository = filled(
        opened(retention=Retention(log_rows_max=25), wall=lambda: 20 * DAY), range(20)
    )
    while repository.prune():
        pass
    assert repository.log_bounds() == (176, 200)


def test_one_step_is_small(opened) -> None:
    repository = filled(opened(retention=Retention(log_rows_max=1), wall=lambda: 0.0), range(120))
    assert [repository.prune() for _ in range(4)] == [500, 500, 199, 0]


def test_a_log_that_was_forgotten_altogether_goes_on_at_its_cursor(opened) -> None:
    repository = filled(opened(retention=Retention(log_days=1), wall=lambda: 99 * DAY), range(3))
    assert repository.prune() == 30
    assert repository.log_bounds() == (31, 30)
    assert repository.commit(Commit(4, 4, events=(event(None, Vm("v")),))) == 31
