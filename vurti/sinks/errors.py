"""What went wrong, in a few words that hold no secret."""


def told(error: BaseException) -> str:
    """The kind of an error, and what it says where that is the system's own word."""
    name = type(error).__name__
    strerror = getattr(error, "strerror", None)
    return f"{name}: {strerror}" if strerror else name
