"""A column of values arrives at the server as it is, whatever is in it."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.repository.stores import ServerStore
from vurti.repository.database.postgresql.arrays import array
from vurti.repository.database.statement import Kind

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

BIGGEST = 2**63 - 1
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.sampled_from(
    (
        "",
        "null",
        "NULL",
        '"',
        "\\",
        '\\"',
        "\\n",
        "{}",
        ",",
        "a\x1fb",
        "\x1e",
        "\x1e\x1f",
        "\n",
        " ",
    )
)
COLUMNS: dict[Kind, st.SearchStrategy[Any]] = {
    "bigint": st.integers(-BIGGEST, BIGGEST),
    "double precision": st.floats() | st.integers(-(2**53), 2**53),
    "text": TEXTS,
    "boolean": st.booleans(),
}


@pytest.fixture
def connection(server_store: ServerStore) -> Iterator[Any]:
    with psycopg.connect(server_store.url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_arrives_as_it_is(connection: Any, kind: Kind) -> None:
    @given(st.lists(st.none() | COLUMNS[kind], min_size=1))
    def arrives(column: list[Any]) -> None:
        sql = f"select %s::{kind}[]"
        ((found,),) = connection.execute(sql, (array(kind, tuple(column)),)).fetchall()
        assert len(found) == len(column)
        for told, given_ in zip(found, column, strict=True):
            assert told == given_ or (math.isnan(told) and math.isnan(given_))

    arrives()


@pytest.mark.parametrize("text", ["a\x1fb", "\x1f", "\x1e", "\\", '"', "null", ""])
@pytest.mark.parametrize("beside", [(), (None,), ("b",), (None, "b")])
def test_a_text_with_what_stands_between_texts_or_for_none_arrives_as_it_is(
    connection: Any, text: str, beside: tuple[str | None, ...]
) -> None:
    column = (text, *beside)
    ((found,),) = connection.execute("select %s::text[]", (array("text", column),)).fetchall()
    assert found == list(column)


@pytest.mark.parametrize(
    ("kind", "absurd"), [("bigint", 2**63), ("bigint", -(2**63)), ("double precision", 10**400)]
)
def test_a_number_that_no_column_takes_is_refused_before_anything_is_sent(
    kind: Kind, absurd: int
) -> None:
    with pytest.raises(OverflowError):
        array(kind, (1, None, absurd))
