"""A stream of lines, such as NDJSON, cut where it is cut: pure, incremental, limited."""

from collections.abc import Iterator

from vurti.wire.error import WireError


class Lines:
    """Gathers bytes into lines, without their ends. Empty lines are given as such: they say that
    somebody is there. A line that is longer than `bytes_max` is a WireError, and then nothing more
    can be read: `feed` raises it again."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._pieces: list[bytes] = []
        self._held = 0
        self._broken: WireError | None = None

    @property
    def held_bytes(self) -> int:
        """So many bytes wait for the end of their line."""
        return self._held

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that end in `data`. Raises WireError behind those that are good."""
        if self._broken is not None:
            raise WireError(str(self._broken))
        *ended, rest = data.split(b"\n")
        for part in ended:
            self._hold(part)
            line = b"".join(self._pieces)
            self._pieces, self._held = [], 0
            yield line.removesuffix(b"\r")
        self._hold(rest)

    def _hold(self, part: bytes) -> None:
        self._held += len(part)
        if self._held > self._bytes_max:
            self._pieces, self._held = [], 0
            self._broken = WireError(f"a line of more than {self._bytes_max} bytes")
            raise self._broken
        if part:
            self._pieces.append(part)
