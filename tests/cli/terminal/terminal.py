"""`vurti top` in a real terminal: a pty, and what a terminal would show of what it writes."""

import fcntl
import os
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
OURS = frozenset({"NO_COLOR", "COLUMNS", "LINES", "COLORFGBG"})
"""What the environment says of the terminal of the tests is not true of this one."""


class Terminal:
    """Of so many columns and lines; the program in it is ended by SIGKILL at the latest."""

    def __init__(self, *words: str, width: int = 120, height: int = 36, **env: str) -> None:
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        mine = {name: value for name, value in os.environ.items() if name not in OURS}
        environment = {
            **mine, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLORTERM": "truecolor",
            **env,
        }  # fmt: skip
        self._ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.set_blocking(self._ours, False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vurti", "top", *words], env=environment, stdin=theirs,
            stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def read(self) -> None:
        """What it has written since; nothing more once it has closed its side."""
        with suppress(OSError):
            while piece := os.read(self._ours, 65536):
                self.raw += piece
                self._stream.feed(piece)

    def lines(self) -> list[str]:
        self.read()
        return list(self.screen.display)

    def text(self) -> str:
        return "\n".join(self.lines())

    def shows(self, words: str, secs: float = 30.0) -> None:
        """Waits until they are on the screen."""
        wait_for(lambda: words in self.text(), repr(words), secs, but=lambda: f"\n{self.text()}")

    def shows_no(self, words: str, secs: float = 30.0) -> None:
        wait_for(
            lambda: words not in self.text(), f"no {words!r}", secs, but=lambda: f"\n{self.text()}"
        )

    def colours(self) -> set[str]:
        """Of everything that is written, but for the colour that the terminal has by itself."""
        self.read()
        cells = (cell for row in self.screen.buffer.values() for cell in row.values())
        return {cell.fg for cell in cells if cell.data.strip()} - {"default"}

    def ended(self) -> int:
        """Its exit code, once it has ended."""
        wait_for(lambda: self.read() or self.process.poll() is not None, "its end")
        self.read()
        return self.process.wait()
