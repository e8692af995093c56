"""JSON that carries what is no text: bytes that are not UTF-8, halves of surrogate pairs. Guests
may name themselves so, and one name must not make a whole answer unreadable."""

import re

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair, which is well
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|.)",
    re.DOTALL,
)


def mended(body: bytes) -> bytes:
    """The same JSON with U+FFFD for all that cannot be text; the very same bytes where there is
    nothing to mend. For what a strict decoder has refused: it costs a walk over the text."""
    text = body.decode("utf-8", "replace").encode()
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], text)
