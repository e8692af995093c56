"""What every reader of bytes raises."""

from vurti.errors import VurtiError


class WireError(VurtiError):
    """Bytes that are not what the protocol allows; the text says what was wrong with them."""
