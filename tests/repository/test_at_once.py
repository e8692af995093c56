"""Rows that are read at once are those that are read one by one."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.repository import schema
from vurti.repository.database import Objects, many_rows_of, objects_of, rows_of
from vurti.repository.database import given as place_of
from vurti.repository.database.sqlite.opening import connection_of, open_in_memory

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TIMES = st.floats(allow_nan=False, allow_infinity=False)
PLACES = st.integers(0, 2**63 - 1)
INSERT = (
    "insert into event_log (scope, cursor, committed_at, id, kind, vm, seq_first, seq, reason,"
    " rule, restart, observed_at, body) values ('s', ?, ?, 'x', 'k', ?, 1, ?, '', ?, 1, ?, ?)"
)


@given(
    st.lists(
        st.tuples(PLACES, TIMES, st.none() | TEXT, PLACES, TEXT, TIMES, TEXT),
        max_size=20,
        unique_by=lambda row: row[0],
    ),
    st.sampled_from([None, 3]),
)
def test_rows_at_once_are_those_one_by_one(rows: list[tuple[object, ...]], most: int) -> None:
    database = open_in_memory()
    try:
        connection_of(database).executemany(INSERT, rows)
        log = schema.EventLog
        columns = (
            log.cursor, log.committed_at, log.vm, log.seq, log.rule, log.restart, log.observed_at,
            log.log_time, log.body,
        )  # fmt: skip
        query = log.select(*columns).order_by(log.cursor.desc()).limit(most)
        found = [tuple(row) for row in many_rows_of(query)(database)]
        told = rows_of(query)(database)
        assert [_kinds(row) for row in found] == [_kinds(row) for row in told]
        assert [_close(row) for row in found] == [_close(row) for row in told]
        assert found == told or all(map(_nearly, found, told))
    finally:
        database.close()


def _kinds(row: tuple[object, ...]) -> list[type]:
    """A boolean equals a number, and yet is another thing to who shows it."""
    return [type(one) for one in row]


def _close(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(one for one in row if not isinstance(one, float))


def _nearly(left: tuple[object, ...], right: tuple[object, ...]) -> bool:
    """SQLite of old or of another processor may round the last of 17 digits."""
    return all(
        math.isclose(a, b, rel_tol=1e-15)
        for a, b in zip(left, right, strict=True)
        if isinstance(a, float) and isinstance(b, float)
    )


def test_a_time_is_read_at_once_as_exactly_as_it_was_stored() -> None:
    database = open_in_memory()
    times = [1764150000.123456, 0.1, 1e-300, math.pi, 1795688265.3163838]
    rows = [(place, at, None, 1, "", at, "") for place, at in enumerate(times)]
    connection_of(database).executemany(INSERT, rows)
    log = schema.EventLog
    query = log.select(log.committed_at).order_by(log.cursor)
    found = many_rows_of(query)(database)
    objects = objects_of(Objects(query, {"at": 0}, (0,)), {})(database)
    database.close()
    exactly = pytest.approx(times, rel=1e-15, abs=0)
    assert [at for (at,) in found] == exactly
    assert [at for (at,), _ in objects] == exactly
    assert [msgspec.json.decode(text)["at"] for _, text in objects] == exactly


def test_a_select_is_asked_again_with_other_values() -> None:
    database = open_in_memory()
    log = schema.EventLog
    rows = [(place, 1.0, vm, place, "", 1.0, "") for place, vm in enumerate("abcab")]
    connection_of(database).executemany(INSERT, rows)
    query = (
        log.select(log.seq).where(log.vm == place_of("vm")).where(log.cursor > place_of("after"))
    )
    asked = Objects(query.order_by(log.cursor).limit(place_of("limit")), {"seq": 0}, (0,))
    try:
        for values, found in (
            ({"vm": "a", "after": -1, "limit": 9}, [0, 3]),
            ({"vm": "b", "after": 1, "limit": 9}, [4]),
            ({"limit": 1, "after": -1, "vm": "b"}, [1]),
            ({"vm": "'", "after": -1, "limit": 9}, []),
        ):
            told = objects_of(asked, values)(database)
            assert [seq for (seq,), _ in told] == found
            assert [msgspec.json.decode(text) for _, text in told] == [{"seq": n} for n in found]
    finally:
        database.close()
