"""One text in memory for what many things say in the same words.

Not by `sys.intern`: what Python 3.12 has interned once stays for ever, and hosts and guests say
what they like.
"""

from functools import lru_cache

_SHORT_CHARS_MAX, _SHORT_MAX = 255, 16_384
_LONG_CHARS_MAX, _LONG_MAX = 4096, 256
"""So many are remembered, the last ones that were asked for: 9 MB at most."""


def once(text: str) -> str:
    """The text itself, or an equal one that is kept somewhere already; a very long one as it is."""
    if len(text) <= _SHORT_CHARS_MAX:
        return _short(text)
    return _long(text) if len(text) <= _LONG_CHARS_MAX else text


@lru_cache(maxsize=_SHORT_MAX)
def _short(text: str) -> str:
    return text


@lru_cache(maxsize=_LONG_MAX)
def _long(text: str) -> str:
    return text
