"""The scanner against tomllib: the same tree, and each key where it stands."""

import tomllib
from typing import Any

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from vurti.settings import Path, positions


def paths(value: Any, path: Path = ()) -> set[Path]:
    """Every path of a tree."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {
        inner
        for key, item in items
        for inner in (
            {(*path, key)} | (paths(item, (*path, key)) if isinstance(item, dict | list) else set())
        )
    }


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8) | st.sampled_from(
    ["#", '"', "'''", '"""', "]", "}", "a = 1", "[x]", "\\", "a\nb", "a\r\nb", "=", ",", ""]
)
LEAVES = (
    TEXTS | st.integers(-(2**60), 2**60) | st.floats() | st.booleans() | st.datetimes() | st.dates()
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_the_scanner_sees_the_very_tree_that_tomllib_sees(data: Any, multiline: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline)
    assert set(positions(text)) == paths(tomllib.loads(text))


EVERYTHING = '''# 1
title = "a # no comment"  # 2
[a.b]  # 3
dotted . "quo ted".x = 1 # 4
multi = """  # 5
[not.a.table]
key = "neither" \\
"""  # 8
literal = \'\'\'
= ]] }
\'\'\'\'\' # 11
[[hosts]] # 12
id = 'one'
disks = [ # 14
  { id = "d]", sizes = [1, 2] }, # 15
  { id = "e}" },
  # a comment

  "last", # 19
]
[[hosts]] # 21
[hosts.inner] # 22
when = 1979-05-27 07:32:00
[[hosts.inner.deep]] # 24
[[hosts.inner.deep]] # 25
"\\u0041" = true # 26
[a] # 27
late = +inf # 28
'''


def test_each_key_has_the_line_on_which_it_is_first_named() -> None:
    found = positions(EVERYTHING)
    expected: dict[Path, int] = {
        ("title",): 2, ("a",): 3, ("a", "b"): 3, ("a", "b", "dotted"): 4,
        ("a", "b", "dotted", "quo ted"): 4, ("a", "b", "dotted", "quo ted", "x"): 4,
        ("a", "b", "multi"): 5, ("a", "b", "literal"): 9,
        ("hosts",): 12, ("hosts", 0): 12, ("hosts", 0, "id"): 13, ("hosts", 0, "disks"): 14,
        ("hosts", 0, "disks", 0): 15, ("hosts", 0, "disks", 0, "id"): 15,
        ("hosts", 0, "disks", 0, "sizes"): 15, ("hosts", 0, "disks", 0, "sizes", 0): 15,
        ("hosts", 0, "disks", 0, "sizes", 1): 15,
        ("hosts", 0, "disks", 1): 16, ("hosts", 0, "disks", 1, "id"): 16,
        ("hosts", 0, "disks", 2): 19,
        ("hosts", 1): 21, ("hosts", 1, "inner"): 22, ("hosts", 1, "inner", "when"): 23,
        ("hosts", 1, "inner", "deep"): 24, ("hosts", 1, "inner", "deep", 0): 24,
        ("hosts", 1, "inner", "deep", 1): 25, ("hosts", 1, "inner", "deep", 1, "A"): 26,
        ("a", "late"): 28,
    }  # fmt: skip
    assert found == expected
    assert set(found) == paths(tomllib.loads(EVERYTHING))


@given(st.text(st.sampled_from("[]{}=.,\"'#\\ \nab1"), max_size=40))
def test_what_is_no_toml_ends_too(text: str) -> None:
    assert len(positions(text)) <= len(text) ** 2


@given(st.text(st.sampled_from("[]{}=.,\"'#\\ \nab1"), max_size=40))
def test_odd_but_valid_toml_gives_the_same_tree(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(positions(text)) == paths(data)
