"""What is wrong with a condition, and where."""


class ConditionError(ValueError):
    """`position` counts the characters of the text from 1; `nearest` is a name that would do."""

    def __init__(self, position: int, what: str, nearest: str = "") -> None:
        super().__init__(f"at character {position}: {what}")
        self.position, self.what, self.nearest = position, what, nearest
