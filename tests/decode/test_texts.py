"""One text in memory for what many say in the same words, and no more of them than a bound."""

import gc
import weakref

import pytest

from vurti.model.texts import once


def said(text: str) -> str:
    """The same, as another object, as it comes from a wire."""
    return "".join(list(text))


@pytest.mark.parametrize("chars", [2, 255, 256, 4096])
def test_what_is_said_again_is_the_same_object(chars: int) -> None:
    first, again = said("é" * chars), said("é" * chars)
    assert first is not again
    assert once(again) is once(first)
    assert once(first) == first


def test_a_very_long_text_is_not_kept() -> None:
    first, again = said("x" * 4097), said("x" * 4097)
    assert once(first) is first
    assert once(again) is again


class Said(str):
    """A text of which can be told whether it is still in memory."""


@pytest.mark.parametrize(("chars", "more"), [(20, 16_384), (1000, 256)])
def test_whoever_says_ever_other_things_fills_no_memory(chars: int, more: int) -> None:
    first = Said("a" * chars)
    gone = weakref.ref(first)
    once(first)
    del first
    for number in range(more):
        once(f"{number:0{chars}}")
    gc.collect()
    assert gone() is None
