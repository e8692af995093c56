"""Conditions: what they say of events, and how they say what is wrong with them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.events import Counted, Event, Mark, event
from vurti.model import Guest, VmFacts
from vurti.streams.conditions import FIELDS, Condition, ConditionError, Kind
from vurti.streams.derived import labelled
from vurti.testing import vds, vm

UP = vm("vm1", "Up", name="web-1", run_on="alpha", guest=Guest(ip="10.0.0.1"))
DOWN = vm("vm1", "Down", name="web-1")
ON_BETA = vm("vm1", "Up", name="web-1", run_on="beta")


class Around:
    def facts(self, vm: str) -> VmFacts | None:
        return VmFacts("vm1", ha=True, priority=7, pinned_to="alpha") if vm == "vm1" else None

    def cluster(self, host: str) -> str:
        return {"alpha": "east", "beta": "west"}.get(host, "")


def told(before: Any, after: Any, *marks: Mark, **more: Any) -> Event:
    made = event(before, after, marks, **more)
    assert made is not None
    return made


CRASH = told(UP, DOWN, Mark.CRASHED, reason="lost", rule="7.5 crash", host="alpha", times=2)
MOVE = told(UP, ON_BETA, Mark.MIGRATED)
ADDED = told(None, vm("vm2", "Up", run_on="gamma"))
GONE = told(DOWN, None)
HOST = told(vds("alpha", "Up", cluster="east"), vds("alpha", "NonResponsive", cluster="east"))
MANY = Counted(count=120, secs=60.0, by=(("cluster", "east"),))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("kind == 'VmStateChanged'", [CRASH]),
        ('severity == "error"', [CRASH]),
        ("status == 'Down'", [CRASH, GONE]),
        ("after.status == 'Down'", [CRASH]),
        ("before.status == 'Down'", [GONE]),
        ("before.status != 'Up'", [ADDED, GONE, MANY]),
        ("before.status == none", [ADDED, MANY]),
        ("cluster == 'east'", [CRASH, HOST]),
        ("cluster == 'west'", [MOVE]),
        ("host == 'alpha'", [CRASH, HOST]),
        ("from == 'alpha' and to == 'beta'", [MOVE]),
        ("to != none", [MOVE]),
        ("'crashed' in marks", [CRASH]),
        ("'run_on' in changed", [CRASH, MOVE]),
        ("marks ~ 'm*'", [MOVE]),
        ("name ~ 'web-?'", [CRASH, MOVE, GONE]),
        ("name !~ 'web-*'", [ADDED, HOST, MANY]),
        ("ha", [CRASH, MOVE, GONE]),
        ("not ha", [ADDED, HOST, MANY]),
        ("ha == false and vm != none", [ADDED]),
        ("priority > 5", [CRASH, MOVE, GONE]),
        ("priority <= 5", [ADDED, HOST, MANY]),
        ("memory_mb < 100", []),
        ("memory_mb == none and pinned_to == 'alpha'", [CRASH, MOVE, GONE]),
        ("times >= 2", [CRASH]),
        ("count > 100 and by.cluster == 'east'", [MANY]),
        ("count < 1000", [MANY]),
        ("by.kind == none and count > 0", [MANY]),
        ("before.guest.ip == '10.0.0.1'", [CRASH, MOVE]),
        ("cluster in ['west', 'south'] or host in ['gamma']", [MOVE, ADDED]),
        ("status not in ['Up', 'Down']", [HOST, MANY]),
        ("before.run_on == after.run_on and vm != none", [GONE]),
        ("not (ha or kind == 'Counted') and host != none", [ADDED, HOST]),
        ("ha and status == 'Down' or kind == 'Counted'", [CRASH, GONE, MANY]),
        ("ha and (status == 'Down' or kind == 'Counted')", [CRASH, GONE]),
        ("reason ~ 'lo*' and rule == \"7.5 crash\"", [CRASH]),
        ("restart", []),
        ("reason == 'it\\'s'", []),
    ],
)
def test_what_a_condition_says_is_so_of_just_these(text: str, holds: list[Event]) -> None:
    every = [CRASH, MOVE, ADDED, GONE, HOST, MANY]
    said = Condition(text)
    assert [one for one in every if said.holds(one, Around())] == holds


def test_a_label_can_be_asked_whatever_it_holds() -> None:
    one = labelled(CRASH, {"team": "night", "page": True, "level": 3, "severity": "warning"})
    for text in ("labels.team == 'night'", "labels.page", "labels.level > 2",
                 "severity == 'warning'", "labels.team ~ 'n*'", "labels.x == none"):  # fmt: skip
        assert Condition(text).holds(one)
    for text in ("labels.page == 1", "labels.level == '3'", "labels.team > 3", "labels.x"):
        assert not Condition(text).holds(one)


@pytest.mark.parametrize(
    ("text", "position", "what", "nearest"),
    [
        ("sevrity == 'error'", 1, "there is no field 'sevrity'", "severity"),
        ("ha and stat == 'Up'", 8, "there is no field 'stat'", "status"),
        ("after.statu == 'Up'", 1, "there is no field 'after.statu'", "after.status"),
        ("status == 'Dwn'", 11, "status is never 'Dwn'", "Down"),
        ("kind in ['VmAdded', 'VmMigratd']", 21, "kind is never 'VmMigratd'", "VmMigrated"),
        ("'crashd' in marks", 1, "marks is never 'crashd'", "crashed"),
        ("count >", 8, "expected a field or a value, but it ends", ""),
        ("(ha", 4, "expected `)`, but it ends", ""),
        ("ha)", 3, "expected `and`, `or` or the end, but there is ')'", ""),
        ("count > 1 < 3", 11, "expected `and`, `or` or the end, but there is '<'", ""),
        ("ha == 3", 4, "`==` between a truth and a number: never so", ""),
        ("ha > true", 1, "`>` orders numbers, ha is a truth", ""),
        ("name > 'a'", 1, "`>` orders numbers, name is a text", ""),
        ("marks == 'crashed'", 1, 'marks is a list: write "…" in marks', ""),
        ("name", 1, "name is a text: compare it with something", ""),
        ("none", 1, "none is none: compare it with something", ""),
        ("'x' in name", 8, "name is no list: write [name] or ==", ""),
        ("name in [host]", 10, "a list holds values, host is a field", ""),
        ("name ~ host", 8, '`~` needs a pattern such as "web-*"', ""),
        ("count ~ '1*'", 1, "count is no text to match", ""),
        ("name ~ '*a*a*a*a*a*a*a*a*a*a*a'", 8,
         "a pattern has at most 200 characters and 10 stars", ""),
        ("status = 'Up'", 8, "'=' means nothing here: write == to compare", ""),
        ("ha && restart", 4, "'&' means nothing here: write `and`", ""),
        ("name == 'x", 9, "this text has no end", ""),
        ("", 1, "expected a field or a value, but it ends", ""),
        ("ha " + "or ha " * 400, 2001,
         "a condition has at most 2000 characters, this has 2403", ""),
        ("not " * 20 + "ha", 81, "nested more than 20 deep", ""),
        ("(" * 25 + "ha" + ")" * 25, 21, "nested more than 20 deep", ""),
        ("__import__('os')", 1, "there is no field '__import__'", ""),
        ("after.__class__ == 'x'", 1, "there is no field 'after.__class__'", "after.cluster"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place_and_the_nearest_name(
    text: str, position: int, what: str, nearest: str
) -> None:
    with pytest.raises(ConditionError) as caught:
        Condition(text)
    error = caught.value
    assert (error.position, error.what, error.nearest) == (position, what, nearest)


WORDS = [
    *FIELDS, "and", "or", "not", "in", "(", ")", "[", "]", ",", "==", "<", "~", "'Up'", "3", "true",
    "none", "labels.x",
]  # fmt: skip


@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), st.text(max_size=30)))
def test_whatever_is_written_it_is_a_condition_or_wrong_at_a_place_within(text: str) -> None:
    said = read(text)
    if isinstance(said, ConditionError):
        assert 1 <= said.position <= len(text) + 1
        assert said.what
    else:
        for one in (CRASH, MOVE, ADDED, GONE, HOST, MANY):
            assert said.holds(one, Around()) in (True, False)


def read(text: str) -> Condition | ConditionError:
    try:
        return Condition(text)
    except ConditionError as error:
        return error


def test_every_field_can_be_asked_of_every_event_and_gives_what_it_says() -> None:
    kinds = {Kind.TEXT: str, Kind.NUMBER: int | float, Kind.TRUTH: bool, Kind.TEXTS: tuple}
    for name, field in FIELDS.items():
        for one in (CRASH, MOVE, ADDED, GONE, HOST, MANY):
            value = field.of(one, Around())
            assert value is None or isinstance(value, kinds[field.kind]), name
            if field.choices and isinstance(value, str):
                assert str(value) in field.choices, name
