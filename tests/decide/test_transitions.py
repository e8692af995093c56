"""The table of 7.2: each row stands under the field without whose change it does not hold."""

from collections.abc import Iterator
from itertools import product

from msgspec.structs import replace

from vurti.decide.vm.transitions import BY_WEIGHT, TABLE, holding, marks, why
from vurti.events import Mark
from vurti.model import Guest, PauseStatus, Vm, VmStatus

GUESTS = [Guest(client_ip=ip) for ip in (None, "", "10.0.0.1", "10.0.0.2")]
VMS = [
    *[Vm("v", status=status, pause_status=why) for status, why in product(VmStatus, PauseStatus)],
    *[Vm("v", guest=guest, last_watchdog=at) for guest, at in product(GUESTS, (None, 1.0, 2.0))],
]


def changes() -> Iterator[tuple[Vm, Vm]]:
    return product(VMS, VMS)


def test_no_row_holds_where_its_field_is_as_it_was() -> None:
    for before, after in changes():
        wrong = [
            row.rule
            for field, rows in TABLE.items()
            for row in rows
            if row.when(before, after) and getattr(before, field) == getattr(after, field)
        ]
        assert not wrong, (before, after)


def test_all_rows_that_hold_are_found_in_their_order() -> None:
    rows = [row for of_field in TABLE.values() for row in of_field]
    for before, after in changes():
        assert holding(before, after) == [row for row in rows if row.when(before, after)]


def test_each_row_holds_of_some_change() -> None:
    found = {row for before, after in changes() for row in holding(before, after)}
    assert found == {row for rows in TABLE.values() for row in rows}


def test_what_can_speak_for_a_change_is_in_the_table() -> None:
    assert set(BY_WEIGHT) <= {row for rows in TABLE.values() for row in rows}


def test_what_holds_at_once_is_marked_in_the_order_of_the_table_and_the_weightiest_speaks() -> None:
    before = Vm("v", status=VmStatus.UP, guest=Guest(client_ip=""))
    seen = Guest(client_ip="10.0.0.1")
    paused = replace(before, status=VmStatus.PAUSED, pause_status=PauseStatus.EIO)
    after = replace(paused, guest=seen, last_watchdog=1.0)
    rows = holding(before, after)
    told = (Mark.WATCHDOG, Mark.CONSOLE_CONNECTED, Mark.PAUSED, Mark.PAUSED_EIO)
    assert marks(rows) == told
    assert why(rows, before, after) == ("7.2 paused", "paused by an I/O error (EIO)")
    assert why(rows[:2], before, after) == ("7.2 watchdog", "its watchdog fired")
