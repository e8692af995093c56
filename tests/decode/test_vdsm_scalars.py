"""The many ways in which vdsm writes a number, a text, and that it does not know."""

import math

import pytest

from vurti.decode.vdsm.scalars import count, integer, number, positive, text

NOT_KNOWN = ["", "Unknown", "None", None, True, False, [], {}, "nan", "inf", "-inf", math.nan,
             math.inf, "0x10", "1,5", "9" * 5000]  # fmt: skip


@pytest.mark.parametrize("value", [*NOT_KNOWN, -1, "-1", "-1.00", -0.5, 10**400])
def test_what_is_not_known_is_no_number(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.44", 1.44), ("0.00", 0.0), ("12", 12.0), (3, 3.0), (0.5, 0.5), (" 7 ", 7.0), (0, 0.0)],
)
def test_numbers_come_as_text_and_as_numbers(value: object, expected: float) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [*NOT_KNOWN, 2**63, -(2**63) - 1, "9" * 30, 1e30])
def test_what_is_not_known_or_too_big_for_a_column_is_no_integer(value: object) -> None:
    assert integer(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("-1", -1), (-1, -1), ("12.00", 12), (12.9, 12), ("2157483647", 2157483647), ("-1.00", -1)],
)
def test_integers_come_as_text_and_as_numbers_with_and_without_a_fraction(
    value: object, expected: int
) -> None:
    assert integer(value) == expected


def test_below_zero_nothing_is_counted() -> None:
    assert [count(value) for value in ("-1", -1, "-1.00", "0", 5)] == [None, None, None, 0, 5]


def test_zero_memory_is_not_known_memory() -> None:
    assert [positive(value) for value in ("0", 0, "0.00", "-1", "512")] == [None] * 4 + [512]


@pytest.mark.parametrize("value", ["", "Unknown", "a\x1b[31mb\tc\n", "\u202eevil", "ü€😀", "\x7f"])
def test_texts_of_guests_are_kept_as_they_are(value: str) -> None:
    assert text(value) == value


def test_what_no_database_takes_is_replaced() -> None:
    assert text("a\0b") == "a\ufffdb"
    assert text("ü\0") == "ü\ufffd"
    assert text("a\ud800b") == "a\ufffdb"
    assert text("\ud83d\ude00") == "😀"  # halves that fit together are one character


@pytest.mark.parametrize("value", [None, 5, True, ["a"], {"a": "b"}])
def test_what_is_not_text_is_no_text(value: object) -> None:
    assert text(value) is None
