"""A file, or stdout: one JSON object a line (docs/events.md)."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, TextIO

from pydantic import Field

from vurti.sinks.errors import told
from vurti.streams.sink import Item, Later, Outcome, Over, Sink, SinkKind, SinkSettings, Taken

_TAIL_BYTES = 1 << 20


class NdjsonSettings(SinkSettings):
    """Lines are appended. A file that was moved away or removed, as log rotation does, is made
    anew; a line that was cut off by the death of vurti is removed at the next start."""

    kind: Literal["ndjson"] = "ndjson"
    """What kind of sink it is."""

    path: Path | None = None
    """The file; not set: stdout."""

    fsync: Literal["batch", "never"] = "batch"
    """Whether each batch is on the disk before it counts as told. Without it a power cut may take
    lines that will not come again; the death of vurti alone takes none."""

    permissions: int = Field(0o640, ge=0, le=0o777)
    """Those of a file that it makes; in TOML written as 0o640."""

    batch_max: int = Field(500, ge=1, le=10_000)
    """So many at once at most."""


class FileSink:
    """Appends to a file. A batch that could not be written whole is taken back."""

    def __init__(self, path: Path, settings: NdjsonSettings) -> None:
        self._path, self._settings = path, settings
        self._file = -1

    def send(self, items: Sequence[Item]) -> Outcome:
        data = "".join(item.line + "\n" for item in items).encode()
        try:
            self._open()
            self._append(data)
        except OSError as error:
            self.close()
            return Later(f"{self._path}: {error.strerror or error}")
        return Taken()

    def abort(self) -> None:
        """A disk cannot be hurried."""

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        """The file that has the name now: it may be another than before."""
        if self._file >= 0 and not self._is_there():
            self.close()
        if self._file < 0:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._file = os.open(self._path, flags, self._settings.permissions)
            self._mend()

    def _is_there(self) -> bool:
        try:
            there, open_ = self._path.stat(), os.fstat(self._file)
        except FileNotFoundError:
            return False
        return (there.st_dev, there.st_ino) == (open_.st_dev, open_.st_ino)

    def _mend(self) -> None:
        """Cut off what stands behind the last whole line: it will be told again."""
        size = os.fstat(self._file).st_size
        start = max(0, size - _TAIL_BYTES)
        tail = os.pread(self._file, size - start, start)
        if not tail or tail.endswith(b"\n"):
            return
        whole = tail.rfind(b"\n") + 1
        if whole or not start:  # else it is no line of ours
            os.ftruncate(self._file, start + whole)

    def _append(self, data: bytes) -> None:
        before = os.fstat(self._file).st_size
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
            if self._settings.fsync == "batch":
                os.fsync(self._file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, before)
            raise


class StreamSink:
    """Writes to a stream that is open already, and stays open; it ends where nobody reads it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def send(self, items: Sequence[Item]) -> Outcome:
        try:
            self._stream.write("".join(item.line + "\n" for item in items))
            self._stream.flush()
        except (BrokenPipeError, ValueError) as error:  # closed by its reader, or by ourselves
            return Over(told(error))
        except OSError as error:
            return Later(told(error))
        return Taken()

    def abort(self) -> None:
        """Whoever reads it will go on, or close it."""

    def close(self) -> None: ...


def _open(_name: str, settings: NdjsonSettings) -> Sink:
    return StreamSink(sys.stdout) if settings.path is None else FileSink(settings.path, settings)


SINK = SinkKind("ndjson", NdjsonSettings, _open)
