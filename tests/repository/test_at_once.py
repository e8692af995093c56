"""Rows that are read at once are those that are read one by one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.repository import schema
from vurti.repository.database import many_rows_of, rows_of
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
    found = many_rows_of(log.select(log.committed_at).order_by(log.cursor))(database)
    database.close()
    assert [at for (at,) in found] == pytest.approx(times, rel=1e-15)
